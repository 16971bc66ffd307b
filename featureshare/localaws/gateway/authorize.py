"""Deciding: from a caller and a check to the engine's question, with the documents and facts of this moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from featureshare.iam import Decision, Policy, Request, World, decide
from featureshare.iam.calls import Check
from featureshare.iam.context import Context, Place, Requester, Way, request_context
from featureshare.iam.sts import principal_tags
from featureshare.localaws.gateway.clock import Clock
from featureshare.localaws.gateway.credentials import Credential
from featureshare.localaws.gateway.documents import Documents, Identity, compiled
from featureshare.localaws.gateway.errors import denied
from featureshare.localaws.gateway.estate import MotoEstate
from featureshare.localaws.gateway.log import Entry
from featureshare.localaws.gateway.organization import Membership, Organizations
from featureshare.localaws.gateway.protocol import ParsedCall
from featureshare.localaws.invocation import Caller, ServiceError

_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Actor:
    """Whoever a check is evaluated for: the caller, plus what the session was made with."""

    caller: Caller
    issued: datetime | None = None
    session: tuple[Policy, ...] | None = None
    chained: bool = False
    transitive: Mapping[str, str] = field(default_factory=dict)


_ANYTHING = Policy.parse(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}, name="anything"
)
ANONYMOUS = Actor(Caller(arn="anonymous", account="anonymous", kind="anonymous"))


@dataclass
class Settings:
    """Switches of the local AWS. `enforce` False is for measuring only and can be set by the server's flag alone.

    `ram_data_plane`: whether a RAM share of a feature group reaches its records. AWS's own pages disagree, so by
    default it reaches the control plane only.
    """

    secure_transport: bool = True
    ram_data_plane: bool = False
    enforce: bool = True


class Authorizer:
    """Evaluates checks and writes them to the decision log."""

    def __init__(
        self,
        estate: MotoEstate,
        documents: Documents,
        organizations: Organizations,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._estate = estate
        self._documents = documents
        self._organizations = organizations
        self._clock = clock
        self._settings = settings
        self._known: tuple[tuple[int, int], dict[tuple[Any, ...], Decision]] = ((0, 0), {})

    def actor(self, credential: Credential) -> Actor:
        """The caller behind a credential, with the tags in force now: the role's, overridden by the session's."""
        source = credential.role_arn or credential.arn
        identity = self._documents.identity(source)
        tags = principal_tags(identity.tags, credential.tags)
        caller = Caller(
            arn=credential.arn,
            account=credential.account,
            kind=credential.kind,
            role_arn=credential.role_arn,
            user_id=credential.user_id,
            access_key=credential.access_key,
            tags=tags,
            source_identity=credential.source_identity,
            expires=credential.expires,
        )
        session = credential.policies
        return Actor(
            caller,
            issued=credential.issued,
            session=None if session is None else tuple(compiled(text, name) for name, text in session),
            chained=credential.kind == "session",
            transitive={key: tags[key] for key in credential.transitive if key in tags},
        )

    def service_role(self, role_arn: str, session_name: str = "SageMaker") -> Actor:
        """A session that a service holds of its service role."""
        parts = role_arn.split(":", 5)
        identity = self._documents.identity(role_arn)
        name = role_arn.rsplit("/", 1)[-1]
        return Actor(
            Caller(
                arn=f"arn:{parts[1]}:sts::{parts[4]}:assumed-role/{name}/{session_name}",
                account=parts[4],
                kind="session",
                role_arn=role_arn,
                user_id=f"{identity.unique_id}:{session_name}",
                tags=dict(identity.tags),
            ),
            issued=self._clock.now(),
        )

    def require(self, actor: Actor, checks: Sequence[Check], *, service: str, region: str, entry: Entry | None) -> None:
        """Decides every check; the first that is denied ends the call with ServiceError in the service's words."""
        if not self._settings.enforce:
            return
        for check in checks:
            who, decision = self.decide(actor, check, region)
            if entry is not None:
                entry.secure_transport = self._settings.secure_transport
                entry.decided.append((check, decision))
            if not decision.allowed:
                raise denied(decision, who.caller.arn, check.action, check.resource, service)

    def check_lockout(self, actor: Actor, call: ParsedCall, region: str) -> None:
        """KMS refuses a key policy that would not let its writer change it again. Raises ServiceError.

        https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html (lockout safety check). Whether
        identity policies count there is not documented: only the key policy is asked.
        """
        if call.service != "kms" or call.operation not in ("CreateKey", "PutKeyPolicy"):
            return
        text = call.params.get("Policy")
        if not text or call.params.get("BypassPolicyLockoutSafetyCheck"):
            return
        account = actor.caller.account
        # A new key's id is not known before there is one; the policy of one there is may name it.
        key = str(call.params.get("KeyId") or "new").rpartition("key/")[2]
        check = Check("kms:PutKeyPolicy", f"arn:aws:kms:{region}:{account}:key/{key}", account)
        membership = self._organizations.membership(account)
        request = Request(
            principal=actor.caller.arn,
            action=check.action,
            resource=check.resource,
            account=account,
            context=self._context(actor, check, region, membership, membership, self._clock.now()),
        )
        if not decide(request, World(identity=(_ANYTHING,), resource=compiled(str(text), "new key policy", True))):
            raise ServiceError(
                "MalformedPolicyDocumentException",
                "The new key policy will not allow you to update the key policy in the future.",
            )

    def decide(self, actor: Actor, check: Check, region: str) -> tuple[Actor, Decision]:
        """The decision on one check, and the actor it was taken for."""
        who = actor
        if check.as_role is not None:
            who = (
                _service(check.as_role)
                if check.as_role.endswith(".amazonaws.com")
                else self.service_role(check.as_role)
            )
        caller, now = who.caller, self._clock.now()
        known = self._decisions(now)  # before the documents are read: what a change overtakes is not remembered for it
        mine = self._organizations.membership(caller.account)
        theirs = self._organizations.membership(check.account)
        world = self._world(who, check, self._identity(caller), mine, theirs)
        # The same question within one second, on the same documents, has the same answer: time counts in seconds here.
        key = (
            caller.arn, caller.access_key, caller.source_identity, tuple(caller.tags.items()), who.issued, who.session,
            check.action, check.resource, check.account, check.as_role, check.via, check.wildcard_only,
            tuple(check.context.items()), region, self._settings.secure_transport,
            world.resource, world.grants, world.aws_managed_key, world.object_owner, world.acls,
            world.ram_data_plane,
        )  # fmt: skip
        decision = known.get(key)
        if decision is None:
            request = Request(
                principal=caller.arn,
                action=check.action,
                resource=check.resource,
                account=check.account,
                context=self._context(who, check, region, mine, theirs, now),
                wildcard_only=check.wildcard_only,
            )
            decision = known[key] = decide(request, world)
        return who, decision

    def _decisions(self, now: datetime) -> dict[tuple[Any, ...], Decision]:
        """What was decided in this second, since identity policies and the organization last changed."""
        moment = (int(now.timestamp()), self._documents.version)
        known = self._known
        if known[0] != moment:
            known = self._known = (moment, {})
        return known[1]

    def _identity(self, caller: Caller) -> Identity:
        if caller.kind in ("service", "anonymous"):
            return Identity(exists=False)
        return self._documents.identity(caller.role_arn or caller.arn)

    def _world(
        self, who: Actor, check: Check, identity: Identity, mine: Membership | None, theirs: Membership | None
    ) -> World:
        resource = self._documents.resource_policy(check, who.caller.account)
        grants = self._documents.grants(check, who.caller.account)
        object_owner, acls = self._documents.ownership(check, who.caller.account)
        managed = (mine if mine is not None and mine.management else theirs) or None
        return World(
            identity=identity.policies,
            resource=resource,
            scps=() if mine is None or identity.service_linked else mine.scps,
            rcps=() if theirs is None or identity.service_linked else theirs.rcps,
            boundary=identity.boundary,
            session=who.session,
            grants=grants,
            management_account=managed.management_account if managed is not None else None,
            aws_managed_key=self._documents.is_aws_managed(check),
            object_owner=object_owner,
            acls=acls,
            ram_data_plane=self._settings.ram_data_plane or not grants,
        )

    def _context(
        self, who: Actor, check: Check, region: str, mine: Place | None, theirs: Place | None, now: datetime
    ) -> Context:
        caller = who.caller
        by_service = check.as_role is None and (bool(check.via) or check.context.get("aws:ViaAWSService") == "true")
        own = caller.kind != "service" and check.as_role is None
        context = request_context(
            Requester(
                arn=caller.arn,
                source=caller.role_arn or caller.arn,
                account=caller.account if caller.kind not in ("service", "anonymous") else "",
                place=mine,
                user_id=caller.user_id,
                tags=caller.tags,
                source_identity=caller.source_identity,
                issued=who.issued,
            ),
            Way(
                at=now,
                region=region,
                secure=self._settings.secure_transport,
                address=_LOOPBACK if own else None,
                by_service=by_service,
                via=check.via,
            ),
            check.resource,
            check.account,
            theirs,
            check.action,
        )
        context.update(check.context)
        return context


def _service(name: str) -> Actor:
    return Actor(Caller(arn=name, account=name, kind="service"))


def service_actor(name: str) -> Actor:
    """An AWS service acting for itself, as when it takes a service role."""
    return _service(name)


def with_context(checks: Sequence[Check], extra: Mapping[str, Any]) -> tuple[Check, ...]:
    """The checks with further request keys."""
    return tuple(replace(check, context={**check.context, **extra}) for check in checks)
