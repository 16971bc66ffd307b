"""The landing zone's own door, /_featureshare/: guarded by a bearer token, spoken by `featureshare.localaws.control`.

It plays what stands outside this product: the organization, the services that hand sessions to compute, the clock.
"""

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qs

from featureshare.iam.calls import Check
from featureshare.localaws.gateway.authorize import service_actor
from featureshare.localaws.gateway.errors import denied
from featureshare.localaws.gateway.http import HttpRequest, HttpResponse
from featureshare.localaws.gateway.inventory import inventory
from featureshare.localaws.gateway.landing import LandingZone, LandingZoneError
from featureshare.localaws.gateway.server import PREFIX, Gateway
from featureshare.localaws.gateway.sts import keys_of
from featureshare.localaws.invocation import ServiceError
from featureshare.localaws.services import configure, offline

Route = Callable[[Mapping[str, Any], Mapping[str, list[str]]], Any]


class Admin:
    """Answers /_featureshare/ for `gateway`. `platform_role`: the one role whose session the token itself is worth."""

    def __init__(self, gateway: Gateway, token: str, *, environment: str = "") -> None:
        self._gateway = gateway
        self._token = token
        self._environment = environment
        self._landing = LandingZone()
        self.platform_role: str | None = None
        self._routes: dict[tuple[str, str], Route] = {
            ("GET", "health"): self._health,
            ("GET", "log"): self._log,
            ("GET", "inventory"): self._inventory,
            ("POST", "sessions"): self._sessions,
            ("POST", "landing-zone"): self._land,
            ("POST", "clock"): self._clock,
            ("POST", "settings"): self._settings,
            ("POST", "flush"): self._flush,
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """JSON for JSON; 401 without the token, 404 for an unknown path, 400 or 403 with {"code", "message"}."""
        given = request.header("authorization").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            return _answer(401, {"code": "Unauthorized", "message": "the token of localaws.json is needed"})
        route = self._routes.get((request.method, request.path.removeprefix(PREFIX)))
        if route is None:
            return _answer(404, {"code": "NotFound", "message": f"no such path: {request.method} {request.path}"})
        try:
            body = json.loads(request.body) if request.body else {}
            return _answer(200, route(body, parse_qs(request.query)))
        except ServiceError as error:
            return _answer(error.status, {"code": error.code, "message": error.message})
        except (LandingZoneError, ValueError, KeyError, TypeError) as error:
            return _answer(400, {"code": "BadRequest", "message": f"{type(error).__name__}: {error}"})

    def _health(self, body: Mapping[str, Any], query: Mapping[str, list[str]]) -> Any:
        return {"status": "ok", "environment": self._environment, "region": self._gateway.region}

    def _log(self, body: Mapping[str, Any], query: Mapping[str, list[str]]) -> Any:
        since = int(query.get("since", ["0"])[0])
        return {"entries": self._gateway.log.since(since)}

    def _inventory(self, body: Mapping[str, Any], query: Mapping[str, list[str]]) -> Any:
        return inventory(self._landing.arns)

    def _land(self, body: Mapping[str, Any], query: Mapping[str, list[str]]) -> Any:
        try:
            made = self._landing.play(body)
        finally:
            self._gateway.versions.policies_changed()
        if body.get("platform_role"):
            self.platform_role = str(body["platform_role"])
        return made

    def _clock(self, body: Mapping[str, Any], query: Mapping[str, list[str]]) -> Any:
        self._gateway.clock.advance(float(body.get("advance", 0)))
        return {"now": self._gateway.clock.now().isoformat()}

    def _settings(self, body: Mapping[str, Any], query: Mapping[str, list[str]]) -> Any:
        changes = dict(body)
        settings = self._gateway.settings
        if "secure_transport" in changes:
            settings.secure_transport = bool(changes.pop("secure_transport"))
        if "ram_data_plane" in changes:
            settings.ram_data_plane = bool(changes.pop("ram_data_plane"))
        if "alias_delay" in changes:
            self._gateway.estate.delay_aliases(float(changes.pop("alias_delay")))
        told = {}
        if "services" in changes:
            told["services"] = asdict(configure(**changes.pop("services")))
        if changes:
            raise ValueError(f"unknown settings: {sorted(changes)}")
        return {
            "secure_transport": settings.secure_transport,
            "ram_data_plane": settings.ram_data_plane,
            "alias_delay": self._gateway.estate.alias_delay,
            **told,
        }

    def _flush(self, body: Mapping[str, Any], query: Mapping[str, list[str]]) -> Any:
        offline.writer.flush()
        return {}

    def _sessions(self, body: Mapping[str, Any], query: Mapping[str, list[str]]) -> Any:
        role_arn = str(body["role_arn"])
        service = body.get("service")
        tags = {str(key): str(value) for key, value in (body.get("tags") or {}).items()}
        identity = body.get("source_identity")
        if service is None:
            if role_arn != self.platform_role:
                raise ServiceError(
                    "AccessDenied", f"only the platform role is handed out without a service, not {role_arn}", 403
                )
        else:
            self._ask_trust(role_arn, str(service), tags, identity, body.get("source_arn"))
        credential = self._gateway.sts.mint(
            role_arn,
            session_name=str(body.get("session_name") or "local"),
            duration=int(body.get("duration") or 3600),
            tags=tags,
            source_identity=identity,
        )
        keys = keys_of(credential)
        return {**keys, "Expiration": keys["Expiration"].isoformat(), "Arn": credential.arn}

    def _ask_trust(
        self, role_arn: str, service: str, tags: Mapping[str, str], identity: str | None, source_arn: str | None
    ) -> None:
        """Whether the role's trust policy lets the service have it. Raises ServiceError AccessDenied."""
        parts = role_arn.split(":", 5)
        if len(parts) != 6 or self._gateway.estate.role(role_arn) is None:
            raise ServiceError("NoSuchEntity", f"There is no role {role_arn}.", 404)
        account, region, name = parts[4], self._gateway.region, service.split(".", 1)[0]
        context: dict[str, Any] = {
            "aws:SourceAccount": account,
            "aws:SourceArn": source_arn or f"arn:{parts[1]}:{name}:{region}:{account}:{_source(name)}",
        }
        organization = self._gateway.organizations.membership(account)
        if organization is not None:
            context["aws:SourceOrgID"] = organization.organization
        checks = [Check("sts:AssumeRole", role_arn, account, context)]
        if tags:
            tagged = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
            checks.append(Check("sts:TagSession", role_arn, account, {**context, **tagged, "aws:TagKeys": tuple(tags)}))
        if identity:
            checks.append(
                Check("sts:SetSourceIdentity", role_arn, account, {**context, "sts:SourceIdentity": identity})
            )
        entry = self._gateway.log.open(f"session-of-{service}")
        entry.principal, entry.service, entry.operation = service, "sts", "AssumeRole"
        entry.resource_account = account
        try:
            for check in checks:
                who, decision = self._gateway.authorizer.decide(service_actor(service), check, region)
                entry.decided.append((check, decision))
                if not decision.allowed:
                    entry.result = "Denied"
                    error = denied(decision, who.caller.arn, check.action, role_arn, "sts")
                    entry.error, entry.message = error.code, error.message
                    raise error
        finally:
            self._gateway.log.close(entry)


_SOURCES = {
    "lambda": "function:local",
    "sagemaker": "notebook-instance/local",
    "ecs-tasks": "task/local",
    "ec2": "instance/i-0local",
}


def _source(service: str) -> str:
    return _SOURCES.get(service, "local")


def _answer(status: int, content: Any) -> HttpResponse:
    return HttpResponse(status, json.dumps(content, default=str).encode(), [("Content-Type", "application/json")])
