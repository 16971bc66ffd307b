"""Why a call is denied: the first broken link of its chain, and the line of the declaration that would mend it."""

from collections.abc import Iterator, Mapping
from typing import Any

from featureshare.access.atoms import matches
from featureshare.access.contract import Contract
from featureshare.access.copies import copies
from featureshare.access.explanation import Explanation, Link
from featureshare.access.explore import Explorer
from featureshare.access.model import Actor, Model, Role
from featureshare.access.on_purpose import not_copied, of_a_copy, of_an_action, of_athena, of_results
from featureshare.access.pasted import Pasted
from featureshare.access.purposes import KIND_OF_VERB, VERBS, Need
from featureshare.errors import BadInput, Problem
from featureshare.iam import Decision, decide
from featureshare.iam.context import Context, called_via


class Explainer:
    """Explains requests against one environment's documents and declaration."""

    def __init__(
        self, normal: Mapping[str, Any], model: Model, by_tag: Mapping[tuple[str, str, str], str] | None = None
    ) -> None:
        """`by_tag` has the file and line of every (team, group, verb) that a tag gives and not the owner's file."""
        self.normal = normal
        self._by_tag = by_tag or {}
        self.model = model
        self.contract = Contract(normal, model)
        self._explorer = Explorer(model, self.contract)
        self._central = {group for group, it in normal["feature_groups"].items() if it["store"] == "central"}

    def explain(self, principal: str, action: str, resource: str) -> Explanation:
        """Walk the chain of a request. `principal` is an ARN (a session's too) or team/principal."""
        role, actor = self._who(principal)
        resource = self._key_of(actor, action, resource)
        found = Explanation(actor.source, action, resource)
        uses = list(self._meant(action.lower(), resource))
        team, name = self._declared(role, actor)
        if team in self.normal["replicas"] and (self._shared(uses) or ":feature-group/" in resource):
            self._from_replica(found, role, team, name)
        elif team and name and uses and self._shared(uses):
            self._from_principal(found, role, actor, team, name, uses)
        elif role is not None and role.team and role.kind in KIND_OF_VERB.values():
            self._from_access_role(found, role, action, resource)
        else:
            self._directly(found, actor, action, resource)
        if not found.allowed and not found.advice and team in self.normal["replicas"]:
            found.on_purpose, found.advice = True, not_copied(self.model, team)
        principals = self.normal["teams"].get(team, {}).get("principals", {})
        verbs = principals.get(name, {}).get("verbs", [])
        reader = role is not None and role.kind == KIND_OF_VERB["read-offline"]
        reader |= "read-offline" in verbs and "manage" not in verbs
        if not found.allowed and (reader or not uses):
            advice = of_athena(self.normal, self.model, (role.team if role else "") or team, action, resource)
            if advice:
                found.on_purpose, found.advice = True, advice
        return found

    # who ------------------------------------------------------------------------------------------------------------
    def _who(self, principal: str) -> tuple[Role | None, Actor]:
        if "/" in principal and not principal.startswith("arn:"):
            principal = self._arn_of(*principal.split("/", 1))
        parts = principal.split(":", 5)
        if len(parts) == 6 and parts[5].startswith("assumed-role/"):
            name = parts[5].split("/")[1]
            known = (one for one in self.model.roles.values() if (one.account, one.name) == (parts[4], name))
            role = next(known, None)
            source = role.arn if role else f"arn:{parts[1]}:iam::{parts[4]}:role/{name}"
        else:
            role, source = self.model.roles.get(principal), principal
        if role is not None:
            return role, self.model.role_actor(role)
        if source == self.model.platform:
            return None, self.model.platform_actor()
        if source in self.model.brought:
            return None, self.model.brought_actor(source)
        return None, self.model.adversary(source) if source.startswith("arn:") else Actor(source, source, "")

    def _arn_of(self, team: str, name: str) -> str:
        """The ARN of team/principal, or of replica/reader."""
        if name in self.normal["teams"].get(team, {}).get("principals", {}):
            return self.contract.principal_arns(team, name)[0]
        if name in self.normal["replicas"].get(team, {}).get("readers", ()):
            return self.contract.reader_arn(team, name)
        known = sorted(self.contract.sources.values())
        fix = f"name an ARN or one of these: {', '.join(known)}."
        raise BadInput([Problem("--principal", "", f"{team}/{name} is in no declaration.", fix)])

    def _declared(self, role: Role | None, actor: Actor) -> tuple[str, str]:
        for source, name in self.contract.sources.items():
            if matches(source, actor.source):
                team, _, principal = name.partition("/")
                return team, principal
        return (role.team or "", role.principal or "") if role is not None and role.kind == "execution" else ("", "")

    # what it is part of ---------------------------------------------------------------------------------------------
    def _meant(self, action: str, resource: str) -> Iterator[tuple[str, str]]:
        """The verbs and groups that a request could be part of."""
        for group in self.model.render["feature_groups"].values():
            for verb in VERBS:
                for need in self.contract.purposes.verb(verb, group, self.model.central, None):
                    check = need.check
                    same = check.resource == resource or matches(check.resource, resource) or resource == group["name"]
                    if check.action.lower() == action and same and not _common(need):
                        yield verb, group["name"]
                        break

    def _shared(self, uses: list[tuple[str, str]]) -> bool:
        return any(group in self._central for _, group in uses)

    def _granted(self, team: str, group: str) -> set[str]:
        it = self.normal["feature_groups"].get(group, {})
        return {*it.get("shared_with", {}).get(team, ()), *(["write"] if it.get("owner") == team else [])}

    # chains ---------------------------------------------------------------------------------------------------------
    def _from_principal(
        self, found: Explanation, role: Role | None, actor: Actor, team: str, name: str, uses: list[tuple[str, str]]
    ) -> None:
        verbs = self.normal["teams"][team]["principals"][name]["verbs"]
        verb, group = min(uses, key=lambda use: (use[0] not in verbs, use[0] not in self._granted(team, use[1])))
        found.links.append(Link("execution role", True, f"{team}/{name} is declared ({actor.source})"))
        if not self._grants(found, team, group, verb):
            return
        if verb not in verbs:
            text = f"{team}/{name} declares {', '.join(verbs) or 'no verb'}, not {verb}"
            found.links.append(Link("declaration", False, text))
            found.advice = f"environments/{self.model.name}/teams/{team}.yaml: principals.{name}.verbs: add {verb}"
            return
        needs = self.contract.direct_needs(team, group) if verb == "read-offline" else ()
        # What a direct read does not do (describing the group) is the access role's all the same.
        if role is not None and any(_is_of(need, found.action, found.resource) for need in needs):
            catalog = self.model.render["data_catalogs"][team]["name"]
            text = f"{team} reads {group} through {catalog}, without an access role"
            found.links.append(Link("data catalog", True, text))
            if all(self._need(found, role, need) for need in needs):
                found.allowed = True
                found.advice = f"It works as {role.arn} itself, in the team's own workgroup: name tables by {catalog}."
            return
        target = self.model.access_role(team, KIND_OF_VERB[verb], group)
        if target is None:
            found.links.append(
                Link("access role", False, f"{team} has no {KIND_OF_VERB[verb]} role: apply central-team")
            )
            found.advice = f"featureshare apply {self.model.name} --team {team}"
            return
        context = self.model.context(actor, target.arn, target.account) | {"sts:RoleSessionName": "session"}
        if not self._ask(found, "trust", actor, "sts:AssumeRole", target.arn, target.account, context):
            found.advice = f"featureshare apply {self.model.name}: the documents say otherwise than the declaration"
            return
        needs = self._needs(team, verb, group)
        if all(self._need(found, target, need) for need in needs):
            found.allowed = True
            found.advice = (
                f"It works as {target.arn}: assume that role first, the execution role itself holds no right."
            )

    def _from_replica(self, found: Explanation, role: Role | None, replica: str, reader: str) -> None:
        """The reader of a replica, asked about a group: it reaches the copy of one, and is to reach no more."""
        copied = ", ".join(self.normal["replicas"][replica]["feature_groups"])
        found.links.append(Link("reader", True, f"{reader} reads the replica {replica} ({found.principal})"))
        group = found.resource.rpartition("/")[2]
        one = next((it for it in copies(self.model) if (it.replica, it.group) == (replica, group)), None)
        needs = () if one is None else one.needs(self.contract.purposes)
        asked = [need for need in needs if need.check.action.lower() == found.action.lower()]
        if role is not None and asked:
            if all(self._need(found, role, need) for need in asked):
                found.allowed = True
                found.advice = f"It works on the copy, as {role.arn} itself, in the replica's account and Region."
            return
        found.links.append(Link("replica", False, f"{replica} holds copies of {copied}, and its readers reach no more"))
        found.on_purpose, found.advice = True, not_copied(self.model, replica)

    def _grants(self, found: Explanation, team: str, group: str, verb: str) -> bool:
        if verb in self._granted(team, group):
            origin = self._by_tag.get((team, group, verb))
            how = f" by tag, {origin}" if origin else ""
            found.links.append(Link("feature group", True, f"{group} is shared with {team} for {verb}{how}"))
            return True
        owner = self.normal["feature_groups"][group]["owner"]
        found.links.append(Link("feature group", False, f"{group} is not shared with {team} for {verb}"))
        file = f"environments/{self.model.name}/feature-groups/{group}.yaml"
        found.advice = f"{file}: shared_with: {{{team}: [{verb}]}} (its owner {owner} approves)"
        return False

    def _from_access_role(self, found: Explanation, role: Role, action: str, resource: str) -> None:
        verb = next(verb for verb, kind in KIND_OF_VERB.items() if kind == role.kind)
        found.links.append(Link("access role", True, f"{role.name} is for {verb} of {role.team}"))
        if action.lower() == "s3:listbucket":  # a message names no prefix, so no group is meant
            self._directly(found, self.model.role_actor(role), action, resource)
            if found.advice.startswith(_AS_ASKED):
                found.advice += _NO_OBJECT
            return
        groups = [group for one, group in self._meant(action.lower(), resource) if one == verb]
        if not groups:
            self._directly(found, self.model.role_actor(role), action, resource)
            others = sorted({one for one, _ in self._meant(action.lower(), resource)})
            if not found.allowed and others:
                found.advice = f"{role.name} is for {verb}; {action} belongs to {', '.join(others)}: assume that role."
            return
        group = min(groups, key=lambda one: verb not in self._granted(str(role.team), one))
        if not self._grants(found, str(role.team), group, verb):
            return
        serving = self.model.access_role(str(role.team), role.kind, group)
        if serving is not None and serving.arn != role.arn:
            found.links.append(Link("access role", False, f"{role.team} reads {group} as {serving.name}"))
            found.advice = (
                f"Offline grants of {role.team} are spread over several roles: assume {serving.arn} for {group}. What "
                "lies in two roles is brought together in results, as connect().dataset() does by itself."
            )
            return
        if all(self._need(found, role, need) for need in self._needs(str(role.team), verb, group)):
            found.allowed = True

    def _needs(self, team: str, verb: str, group: str) -> tuple[Need, ...]:
        it = next(one for one in self.model.render["feature_groups"].values() if one["name"] == group)
        workgroups = self.model.render["workgroups"].values()
        mine = (one for one in workgroups if one["team"] == team and one["account"] == it["account"])
        return self.contract.purposes.verb(verb, it, it["account"], next(mine, None), team)

    def _need(self, found: Explanation, role: Role, need: Need) -> bool:
        check = need.check
        holder = self.model.roles.get(check.as_role) if check.as_role else role
        if holder is None:
            found.links.append(Link("offline store role", False, f"there is no {check.as_role}"))
            return False
        actor = self.model.role_actor(holder)
        context = self.model.context(actor, check.resource, check.account, check.action)
        context |= {**called_via(check.via), **check.context}
        name = _LINKS.get(check.action.partition(":")[0], "call")
        bucket = self.model.buckets.get(check.resource.split(":", 5)[-1].partition("/")[0])
        if bucket is not None and bucket.kind == "results":
            name = "results bucket"
        ok = self._ask(found, name, actor, check.action, check.resource, check.account, context)
        if not ok:
            found.advice = f"featureshare apply {self.model.name}: the documents say otherwise than the declaration"
        return ok

    def _key_of(self, actor: Actor, action: str, resource: str) -> str:
        """The key of ours behind a key id, which no declaration knows: the one that the actor has to do with.

        A message about a ciphertext names no key at all.
        """
        if not action.lower().startswith("kms:") or resource in self.model.keys or ":alias/" in resource:
            return resource
        owner = resource.split(":")[4] if ":key/" in resource else None
        keys = [key.arn for key in self.model.keys.values() if owner in (None, key.account)]
        rules = self.contract.rules_of(actor, action.lower())
        mine = [arn for arn in keys if any(rule.covers(arn, self.model.keys[arn].account) for rule in rules)]
        return next(iter((*mine, *keys)), resource)

    def _directly(self, found: Explanation, actor: Actor, action: str, resource: str) -> None:
        owner = self._explorer.owners(resource, actor.account)[0]
        context = self.model.context(actor, resource, owner)
        if resource in self.model.keys:
            context["kms:ResourceAliases"] = self.model.key_aliases(resource)
        found.allowed = self._ask(found, "request", actor, action, resource, owner, context)
        if found.allowed:
            return
        if wanted := self._declared_way(actor, action, resource, owner):
            found.links.pop()  # what stops the request as it is meant says more
            if self._ask(found, "request", actor, action, resource, owner, context | wanted):
                found.links.pop()
                self._ask(found, "request", actor, action, resource, owner, context)
                found.on_purpose = True
                way = ", ".join(f"{key} = {value}" for key, value in sorted(wanted.items()))
                found.advice = f"{_AS_ASKED}; allowed with {way}. Called in any other way it is denied on purpose."
            else:
                found.advice = f"featureshare apply {self.model.name}: the documents say otherwise than the declaration"
            return
        if any(rule.covers(resource, owner) for rule in self.contract.rules_of(actor, action.lower())):
            found.advice = f"featureshare apply {self.model.name}: the documents say otherwise than the declaration"
            return
        places = [one.resource for one in self.contract.rules_of(actor, action.lower())]
        if advice := of_a_copy(self.model, resource) or of_results(self.model, places, resource):
            found.on_purpose, found.advice = True, advice
            return
        if actor.adversary:
            found.advice = f"{actor.source} is in no declaration: use a declared principal, or declare this one."
        if not self.contract.rules_of(actor, action.lower()):
            found.on_purpose, found.advice = True, found.advice or of_an_action(action)

    def _declared_way(self, actor: Actor, action: str, resource: str, owner: str) -> Context:
        """What a declared request of this kind carries, such as the service that it comes through."""
        for rule in self.contract.rules_of(actor, action.lower()):
            if rule.conditions and rule.covers(resource, owner):
                return {one.key: one.values[0].replace("*", "x") for one in rule.conditions}
        return {}

    def _ask(
        self, found: Explanation, name: str, actor: Actor, action: str, resource: str, owner: str, context: Context
    ) -> bool:
        world = self.model.world(actor, action, resource, owner)
        decision = decide(self.model.request(actor, action, resource, owner, context, resource == "*"), world)
        if decision.allowed and found.links and found.links[-1].name == name:
            return True
        found.links.append(_link(name, decision, f"{action} on {resource}"))
        return decision.allowed


def elsewhere(pasted: Pasted, found: Explanation) -> str:
    """What to say when AWS denied a call that the documents of the environment allow."""
    if not found.allowed or not pasted.layer:
        return ""
    return (
        f"AWS names a {pasted.layer}, and the documents of this environment allow the call: what is applied is older "
        "than the declaration (apply it), the policy is not ours, or a change has not spread yet (try again)."
    )


_LINKS = {"athena": "workgroup", "glue": "Glue", "kms": "KMS", "s3": "S3", "sagemaker": "feature group", "iam": "role"}


_AS_ASKED = "Denied as asked"
# API_HeadObject, API_GetObject: 404 with s3:ListBucket, else 403. No prefix is asked for then.
_NO_OBJECT = (
    " S3 asks this also of who reads a name that has no object, such as a folder's: list it and read the paths."
)


def _common(need: Need) -> bool:
    """Whether a check says nothing of the group: the catalog, a key, listing."""
    return (
        need.check.resource == "*" or need.check.action.startswith("kms:") or need.check.resource.endswith(":catalog")
    )


def _link(name: str, decision: Decision, what: str) -> Link:
    reasons = [one for one in decision.reasons if "FullAWSAccess" not in one.document or not decision.allowed]
    if not decision.allowed:
        # A statement that came near says more than that none was found.
        reasons.sort(key=lambda one: not one.document)
    first = reasons[0] if reasons else None
    if first is None:
        return Link(name, decision.allowed, what)
    said = "allowed" if decision.allowed else decision.result
    return Link(name, decision.allowed, f"{what}: {said}; {first.layer}: {first.text}", first.document, first.sid)


def _is_of(need: Need, action: str, resource: str) -> bool:
    """Whether a request is of the kind that a need is: its action, in its account where the resource names one."""
    return need.check.action.lower() == action.lower() and resource.split(":")[4:5] in ([""], [need.check.account])
