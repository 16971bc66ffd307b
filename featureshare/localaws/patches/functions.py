"""moto's functions: settings that it forgets at birth or in an update are kept, and a new one replaces the old."""

from collections.abc import Mapping
from typing import Any

from moto.awslambda.models import LambdaBackend, LambdaFunction

_KEPT = "featureshare_settings"
_FORGOTTEN = ("DeadLetterConfig", "FileSystemConfigs", "LoggingConfig", "SnapStart")
_UPDATED = {"EphemeralStorage": "ephemeral_storage", "KMSKeyArn": "kms_key_arn", "TracingConfig": "tracing_config"}
_born = LambdaFunction.__init__
_update = LambdaFunction.update_configuration
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

    LambdaBackend.put_function_event_invoke_config = configure_events  # type: ignore[method-assign]
    LambdaFunction.__init__ = init  # type: ignore[method-assign]
    LambdaFunction.update_configuration = update_configuration  # type: ignore[method-assign]
    LambdaFunction.get_configuration = get_configuration  # type: ignore[method-assign]
