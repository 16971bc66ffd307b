"""moto's functions: settings that it forgets at birth or in an update are kept, and a new one replaces the old; what
has tags beside functions is found when they are asked for; a stream's consumer is a source of events."""

from collections.abc import Mapping
from typing import Any

from moto.awslambda.models import EventSourceMapping, FunctionUrlConfig, LambdaBackend, LambdaFunction, LayerVersion
from moto.awslambda.policy import Policy
from moto.kinesis.models import kinesis_backends

_KEPT = "featureshare_settings"
_QUALIFIED = 7  # colons of a function's ARN with a version or an alias
_FORGOTTEN = ("DeadLetterConfig", "FileSystemConfigs", "LoggingConfig", "SnapStart")
_UPDATED = {"EphemeralStorage": "ephemeral_storage", "KMSKeyArn": "kms_key_arn", "TracingConfig": "tracing_config"}
SIGNING_TAGS = "featureshare-signing-tags"
"""Where the tags of code signing configurations, which moto lacks, are kept by ARN on its backend."""

# https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html, and API_AddPermission of the API reference
_CONDITIONS = {"FunctionUrlAuthType": "lambda:FunctionUrlAuthType", "PrincipalOrgID": "aws:PrincipalOrgID"}
_decode = Policy.decode_policy
_principal = Policy.principal_formatter
_Mapping: Any = EventSourceMapping
_map = LambdaBackend.create_event_source_mapping
_remap = LambdaBackend.update_event_source_mapping
_tagged = LambdaBackend._get_resource_by_arn
_born = LambdaFunction.__init__
_update = LambdaFunction.update_configuration
_coded = LambdaFunction.update_function_code
_address = FunctionUrlConfig.update
_show = LambdaFunction.get_configuration
_configure_events = LambdaBackend.put_function_event_invoke_config


def apply() -> None:
    def init(self: Any, *given: Any, **named: Any) -> None:
        _born(self, *given, **named)
        spec: Mapping[str, Any] = named["spec"] if "spec" in named else given[1]
        self.__dict__[_KEPT] = {name: spec[name] for name in _FORGOTTEN if spec.get(name)}

    def update_configuration(self: Any, config_updates: dict[str, Any]) -> dict[str, Any]:
        _update(self, config_updates)
        kept = {name: config_updates[name] for name in _FORGOTTEN if name in config_updates}
        # A published version shares nothing with what is changed later.
        self.__dict__[_KEPT] = {**self.__dict__.get(_KEPT, {}), **kept}
        for name, attribute in _UPDATED.items():
            if name in config_updates:
                value = config_updates[name]
                setattr(self, attribute, value["Size"] if name == "EphemeralStorage" else value)
        return self.get_configuration()  # type: ignore[no-any-return]

    def update_code(self: Any, given: dict[str, Any]) -> dict[str, Any]:
        if given.get("Architectures"):
            self.architectures = list(given["Architectures"])
        return _coded(self, given)

    def update_url(self: Any, given: dict[str, Any]) -> None:
        _address(self, given)
        if given.get("Cors") == {}:
            self.config.pop("Cors", None)
        if given.get("InvokeMode"):
            self.config["InvokeMode"] = given["InvokeMode"]

    def get_configuration(self: Any, on_create: bool = False) -> dict[str, Any]:
        shown = _show(self, on_create)
        kept = {name: value for name, value in self.__dict__.get(_KEPT, {}).items() if value}
        logging = {
            "LogFormat": "Text",
            "LogGroup": f"/aws/lambda/{self.function_name}",
            **kept.get("LoggingConfig", {}),
        }
        snap = {**shown["SnapStart"], **kept.get("SnapStart", {})}
        return {**shown, **kept, "LoggingConfig": logging, "SnapStart": snap}

    def configure_events(self: Any, function_name: str, config: dict[str, Any]) -> dict[str, Any]:
        self.get_function(function_name).event_invoke_config.clear()
        return _configure_events(self, function_name, config)

    def tagged(self: Any, arn: str) -> Any:
        return self.__dict__.get(SIGNING_TAGS, {}).get(arn) or _tagged(self, arn)

    def create_mapping(self: Any, spec: dict[str, Any]) -> Any:
        """moto's own, and for a consumer of a stream, which it takes for no source at all."""
        source = str(spec.get("EventSourceArn") or "")
        stream_arn, reads, _ = source.partition("/consumer/")
        streams = kinesis_backends[self.account_id][self.region_name].streams.values()
        stream = next((one for one in streams if one.arn == stream_arn), None) if reads else None
        if stream is None or stream.get_consumer_by_arn(source) is None:
            return _aimed(_map(self, spec), spec)
        function = self._lambdas.get_function_by_name_or_arn_with_qualifier(spec.get("FunctionName", ""))
        where = {"RegionName": self.region_name, "AccountId": self.account_id, "FunctionArn": function.function_arn}
        made: Any = _Mapping({**spec, **where})
        self._event_source_mappings[made.uuid] = made
        return _aimed(made, spec)

    def update_mapping(self: Any, uuid: str, spec: dict[str, Any]) -> Any:
        return _aimed(_remap(self, uuid, spec), spec)

    def decode(self: Any, given: dict[str, Any]) -> Any:
        """A statement whose conditions are all conditions; moto writes some as members, and some over each other."""
        equal = {key: given.pop(name) for name, key in _CONDITIONS.items() if name in given}
        by_url = given.pop("InvokedViaFunctionUrl", None)
        policy = _decode(self, given)
        condition = policy.statements[0].setdefault("Condition", {})
        if equal:
            condition["StringEquals"] = {**condition.get("StringEquals", {}), **equal}
        if by_url is not None:
            condition["Bool"] = {"lambda:InvokedViaFunctionUrl": str(by_url).lower()}
        if not condition:
            del policy.statements[0]["Condition"]
        return policy

    def principal(self: Any, given: Any) -> Any:
        """An account that may have a layer is shown as its root; moto shows the number, which says nobody."""
        if isinstance(self.parent, LayerVersion) and str(given).isdigit():
            return {"AWS": f"arn:aws:iam::{given}:root"}
        return _principal(self, given)

    Policy.principal_formatter = principal  # type: ignore[assignment, method-assign]
    Policy.decode_policy = decode  # type: ignore[assignment, method-assign]
    LambdaBackend.update_event_source_mapping = update_mapping  # type: ignore[method-assign]
    LambdaBackend.create_event_source_mapping = create_mapping  # type: ignore[method-assign]
    LambdaBackend._get_resource_by_arn = tagged  # type: ignore[method-assign]
    LambdaBackend.put_function_event_invoke_config = configure_events  # type: ignore[method-assign]
    LambdaFunction.__init__ = init  # type: ignore[method-assign]
    LambdaFunction.update_configuration = update_configuration  # type: ignore[method-assign]
    LambdaFunction.update_function_code = update_code  # type: ignore[assignment, method-assign]
    FunctionUrlConfig.update = update_url  # type: ignore[assignment, method-assign]
    LambdaFunction.get_configuration = get_configuration  # type: ignore[method-assign]


def _aimed(mapping: Any, spec: Mapping[str, Any]) -> Any:
    """A mapping that names the alias it was given; moto names the version behind it."""
    given = str(spec.get("FunctionName") or "")
    if mapping is not None and given.startswith("arn:") and given.count(":") == _QUALIFIED:
        mapping.function_arn = given
    return mapping
