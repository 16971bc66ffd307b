"""The gateway itself: authenticate, parse, find the checks, decide each, then let a service answer."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from featureshare.iam.calls import Call, Check, Unmapped, checks_for
from featureshare.localaws.gateway import (
    addressing,
    checksums,
    ciphertexts,
    destinations,
    emulator,
    errors,
    gaps,
    keystates,
    leftovers,
    protocol,
    regions,
    routing,
    simulation,
    users,
)
from featureshare.localaws.gateway.auth import Authenticator, AuthError, AuthFailure, Scope, scope_of
from featureshare.localaws.gateway.authorize import ANONYMOUS, Actor, Authorizer, Settings
from featureshare.localaws.gateway.clock import Clock
from featureshare.localaws.gateway.credentials import Credential, CredentialStore
from featureshare.localaws.gateway.documents import Documents, Versions
from featureshare.localaws.gateway.estate import MotoEstate
from featureshare.localaws.gateway.http import HttpRequest, HttpResponse
from featureshare.localaws.gateway.log import DecisionLog, Entry
from featureshare.localaws.gateway.malformed import check_documents, refuse_public_policy
from featureshare.localaws.gateway.organization import Organizations
from featureshare.localaws.gateway.protocol import ParsedCall, UnknownCallError
from featureshare.localaws.gateway.replay import Replays, key_of
from featureshare.localaws.gateway.sts import Sts
from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.logfile import MOST_BYTES
from featureshare.localaws.services import acls, grouprules

PREFIX = "/_featureshare/"
_READS_ONE = frozenset({"GetObject", "HeadObject", "GetObjectAttributes"})


@dataclass(frozen=True)
class _Arrived:
    """An authenticated, parsed request."""

    request: HttpRequest
    call: ParsedCall
    actor: Actor
    region: str
    signing_name: str
    lands_in: str
    request_id: str


class Gateway:
    """One local AWS. `handle` answers every HTTP request; `admin` answers those under /_featureshare/."""

    def __init__(
        self,
        *,
        region: str,
        partition: str = "aws",
        log_path: Path | None = None,
        log_bytes: int = MOST_BYTES,
        enforce: bool = True,
        handlers: Mapping[tuple[str, str], Handler] | None = None,
    ) -> None:
        self.region = region
        self.partition = partition
        self.clock = Clock()
        self.settings = Settings(enforce=enforce)
        self.versions = Versions()
        self.estate = MotoEstate(region, partition)
        self.documents = Documents(self.estate, self.versions)
        self.organizations = Organizations(self.versions)
        self.credentials = CredentialStore()
        self.log = DecisionLog(log_path, log_bytes)
        self.authorizer = Authorizer(self.estate, self.documents, self.organizations, self.clock, self.settings)
        self.sts = Sts(self.credentials, self.estate, self.documents, self.clock)
        self.admin: Callable[[HttpRequest], HttpResponse] | None = None
        self._authenticator = Authenticator(self._credential, self.clock)
        self._emulator = emulator.Emulator()
        self._replays = Replays()
        self._handlers = dict(handlers or {})

    def _credential(self, access_key: str) -> Credential | None:
        return self.credentials.get(access_key) or users.credential(access_key)

    def handle(self, request: HttpRequest) -> HttpResponse:
        """The answer to one request; every way it can end is an entry in the decision log."""
        met = addressing.arrived(request)
        if isinstance(met, HttpResponse):
            return met
        request = met
        if request.path.startswith(PREFIX) and self.admin is not None:
            return self.admin(request)
        request_id = str(uuid.uuid4())
        entry = self.log.open(request_id)
        service = "s3"
        try:
            scope = scope_of(request)
            try:
                service = protocol.service_of(request, None if scope is None else scope.service)
            except UnknownCallError as error:
                service = error.service
                raise
            response = self._answer(request, scope, service, entry)
        except AuthError as error:
            entry.result = "Refused"
            failure = errors.auth_error(error, service)
            response = self._failed(failure, service, entry, request, detail=error.failure.value)
        except UnknownCallError as error:
            entry.result = "Unmapped"
            failure = ServiceError("AccessDenied", f"{error}: the local AWS denies what it does not know")
            response = self._failed(failure, service, entry, request)
        except Unmapped as error:
            entry.result = "Unmapped"
            failure = ServiceError("AccessDenied", f"Denied by the local AWS: {error}")
            response = self._failed(failure, service, entry, request)
        except ServiceError as error:
            if error.code.startswith(("AccessDenied", "Unauthorized")):
                entry.result = "Denied"
            response = self._failed(error, service, entry, request)
        except Exception as error:
            failure = ServiceError("InternalFailure", f"local AWS failed: {type(error).__name__}: {error}", 500)
            response = self._failed(failure, service, entry, request)
        entry.status = response.status
        self.log.close(entry)
        return response

    def _failed(
        self, error: ServiceError, service: str, entry: Entry, request: HttpRequest, detail: str = ""
    ) -> HttpResponse:
        entry.service = entry.service or service
        entry.error = error.code
        entry.message = f"{error.message} [{detail}]" if detail else error.message
        return errors.render(error, service, entry.request_id, protocol.is_query(request))

    def _answer(self, request: HttpRequest, scope: Scope | None, service: str, entry: Entry) -> HttpResponse:
        if scope is None:
            if service != "s3":
                raise AuthError(AuthFailure.MISSING)
            actor, region, signing_name = ANONYMOUS, self.region, "s3"
            plain = request
        else:
            credential = self._authenticator.authenticate(request, scope)
            actor = self.authorizer.actor(credential)
            plain = self._authenticator.plain(request, scope, credential)
            region, signing_name = scope.region, scope.service
        caller = actor.caller
        entry.principal, entry.role_arn, entry.account = caller.arn, caller.role_arn, caller.account
        in_chunks = plain is not request  # and what they said of themselves is verified
        request = addressing.plain(plain, service)
        call = protocol.parse(request, service)
        entry.service, entry.operation = call.service, call.operation
        call = ciphertexts.named(call, caller.account, region)
        lands_in = routing.landing_account(call, caller.account, self.estate)
        entry.resource_account = lands_in
        if scope is not None:
            regions.check_region(call, region, self.estate)
        arrived = _Arrived(request, call, actor, region, signing_name, lands_in, entry.request_id)
        checks = self._authorize(arrived, entry)
        ciphertexts.verify(call, caller.account, region, self.estate)
        keystates.verify(call, checks, caller.account, region, self.estate)
        if self.settings.enforce:
            destinations.verify(
                call, self.estate, lambda check: self.authorizer.decide(actor, check, region)[1].allowed
            )
        if service == "s3" and not in_chunks:
            checksums.verify(call.operation, request)
        key = key_of(request, caller.access_key, call.operation)
        if key is None:
            return self._do(arrived, entry, checks)
        response, entry.replayed = self._replays.answer(key, lambda: self._do(arrived, entry, checks))
        return response

    def _authorize(self, arrived: _Arrived, entry: Entry) -> Sequence[Check]:
        call, caller = arrived.call, arrived.actor.caller
        params: Mapping[str, Any] = call.params
        if (call.service, call.operation) == ("sts", "AssumeRole"):
            self.sts.check_parameters(arrived.actor, params)
            params = self.sts.chain_params(arrived.actor, params)
        question = Call(
            service=call.service,
            operation=call.operation,
            params=params,
            account=caller.account,
            region=arrived.region,
            principal_arn=caller.role_arn or caller.arn,
            partition=self.partition,
        )
        if not self.settings.enforce:
            return ()
        found = checks_for(question, self.estate.at(arrived.region))
        checks = keystates.of_absent(call, found, caller.account, self.estate)
        routing.check_asked(caller.account, arrived.lands_in, checks)
        try:
            self.authorizer.require(arrived.actor, checks, service=call.service, region=arrived.region, entry=entry)
        except ServiceError as error:
            entry.result = "Denied"
            raise self._worded(error, call, entry) from error
        routing.check_expected_owner(call, self.estate)
        check_documents(call)
        refuse_public_policy(call, self.estate, caller.arn)
        self.authorizer.check_lockout(arrived.actor, call, arrived.region)
        return checks

    def _worded(self, error: ServiceError, call: ParsedCall, entry: Entry) -> ServiceError:
        """A denial in the words that the caller gets: what a role may not do is not always its own AccessDenied."""
        denied = entry.decided[-1][0]
        if denied.as_role and (call.service, call.operation) == ("sagemaker", "CreateFeatureGroup"):
            return grouprules.invalid_uri(call.params, error.message)
        return error

    def _do(self, arrived: _Arrived, entry: Entry, checks: Sequence[Check]) -> HttpResponse:
        """Lets the service answer. Errors become responses here, so that a retry gets the same ones."""
        call = arrived.call
        try:
            own = self._own(arrived, entry)
            if own is not None:
                leftovers.forget(call, checks, arrived.lands_in, arrived.region)
                return protocol.serialize(call, own, arrived.request_id)
            writer = arrived.actor.caller.account
            with acls.writing(acls.admit(call.operation, call.params, writer) if call.service == "s3" else None):
                response = self._emulator.call(
                    arrived.request,
                    call,
                    account=arrived.lands_in,
                    region=arrived.region,
                    signing_name=arrived.signing_name,
                )
            if call.service == "s3" and call.operation.startswith("List"):
                response.body = acls.with_owner(response.body, arrived.lands_in)
            if response.status >= 400:
                entry.error = f"HTTP {response.status}"
            else:
                leftovers.forget(call, checks, arrived.lands_in, arrived.region)
            if response.status == 404 and self.settings.enforce:
                self._hide_absence(arrived, entry)
            return response
        except ServiceError as error:
            if error.code.startswith("AccessDenied"):
                entry.result = "Denied"
            return self._failed(error, call.service, entry, arrived.request)
        finally:
            if routing.changes_policies(call):
                self.versions.policies_changed()
            if call.service == "kms":
                self.estate.note_aliases()

    def _hide_absence(self, arrived: _Arrived, entry: Entry) -> None:
        """That an object is not there S3 tells only to whoever may list the bucket. Raises ServiceError AccessDenied.

        API_GetObject, API_HeadObject, API_GetObjectAttributes: 404 with s3:ListBucket, else 403.
        """
        call = arrived.call
        if call.service != "s3" or call.operation not in _READS_ONE or "Key" not in call.params:
            return
        name = str(call.params.get("Bucket"))
        if self.estate.bucket(name) is None:
            return
        source = f"https://docs.aws.amazon.com/AmazonS3/latest/API/API_{call.operation}.html"
        listing = Check("s3:ListBucket", f"arn:{self.partition}:s3:::{name}", arrived.lands_in, source=source)
        self.authorizer.require(arrived.actor, (listing,), service="s3", region=arrived.region, entry=entry)

    def _own(self, arrived: _Arrived, entry: Entry) -> Mapping[str, Any] | None:
        call = arrived.call
        if call.service == "sts":
            if call.operation == "AssumeRole":
                return self.sts.assume_role(arrived.actor, call.params)
            if call.operation == "GetCallerIdentity":
                return self.sts.caller_identity(arrived.actor)
            raise ServiceError("AccessDenied", f"sts:{call.operation} is not offered by the local AWS", 403)
        if (call.service, call.operation) == ("iam", "SimulatePrincipalPolicy"):
            return simulation.simulate(call, self.documents, self.organizations)
        handler = self._handlers.get((call.service, call.operation))
        if handler is None:
            return gaps.answer(call, self.estate)

        def authorize(checks: Sequence[Check]) -> None:
            with self.log.following(entry) as its:
                self.authorizer.require(arrived.actor, checks, service=call.service, region=arrived.region, entry=its)

        return handler(
            Invocation(
                service=call.service,
                operation=call.operation,
                params=call.params,
                account=arrived.lands_in,
                region=arrived.region,
                caller=arrived.actor.caller,
                authorize=authorize,
                request_id=arrived.request_id,
            )
        )

    def authorize_background(self, checks: Sequence[Check]) -> None:
        """Decides the checks of work that no request is waiting for, as the roles they name. Raises ServiceError."""
        entry = self.log.open(str(uuid.uuid4()))
        entry.service, entry.operation = "sagemaker", "_Background"
        entry.role_arn = next((check.as_role for check in checks if check.as_role), None)
        entry.principal = entry.role_arn or "anonymous"
        try:
            self.authorizer.require(ANONYMOUS, checks, service="sagemaker", region=self.region, entry=entry)
        except ServiceError as error:
            entry.result, entry.error, entry.message = "Denied", error.code, error.message
            raise
        finally:
            self.log.close(entry)
