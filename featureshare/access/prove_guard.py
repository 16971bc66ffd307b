"""The organization's guard: what administrators cannot touch, and that it takes no more from them."""

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from featureshare.access.adversaries import adversaries
from featureshare.access.atoms import segments
from featureshare.access.contract import ALIAS_CHANGES, ROLE_CHANGES
from featureshare.access.elements import documents, listed
from featureshare.access.explore import Pool, patterns_of
from featureshare.access.proof import Part, Step
from featureshare.access.rules import TAG_CHANGES


class GuardPart(Part):
    """The service control policies of ours."""

    def organization(self) -> Iterator[Step]:
        """Administrators of member accounts cannot touch roles under our paths nor our aliases."""
        model = self.model
        if model.organization is None or not self._within("guard"):
            return
        texts = ((model.render.get("organization") or {}).get("scps") or {}).values()
        statements = [statement for text in texts for statement in documents(text)]
        for account in self._guarded_accounts(statements):
            yield partial(self._guards, account, statements)
            yield partial(self._spared, account)

    def _guards(self, account: str, statements: list[Mapping[str, Any]]) -> None:
        model = self.model
        deploy = f"arn:{model.partition}:iam::{model.central}:role/{model.prefix}/deploy/*"
        stem = f"arn:{model.partition}:iam::{account}:role/{model.prefix}/"
        roles = {kind: f"{stem}{kind}/undeclared/undeclared" for kind in ("execution", "reader-offline", "undeclared")}
        real = [role.arn for role in model.roles.values() if role.account == account]
        alias = f"arn:{model.partition}:kms:{model.region}:{account}:alias/{model.prefix}-undeclared"
        for actor in adversaries(model, self.contract, statements, account, [deploy]):
            if actor.account != account or actor.source.endswith(f":role/{model.prefix}/deploy/{model.prefix}-deploy"):
                continue
            for action in sorted(ROLE_CHANGES):
                for resource in (*roles.values(), *real[:1]):
                    if self._try(actor, action, resource, account, ()):
                        break
            for group in [arn for arn in model.groups if arn.split(":")[4] == account][:1]:
                for action in sorted(TAG_CHANGES):
                    self._try(actor, action, group, account, ())
            for action in sorted(ALIAS_CHANGES):
                self._try(actor, action, alias, account, ())

    def _guarded_accounts(self, statements: list[Mapping[str, Any]]) -> list[str]:
        """The accounts that the guard can tell apart: all of them where it names any, else the central and one more."""
        accounts = sorted({role.account for role in self.model.roles.values()})
        text = json.dumps(statements)
        if any(account in text for account in accounts) or not statements:
            return accounts
        named = [one for statement in statements for one in listed(statement.get("Resource", "*"))]
        if any(segments(str(one))[4] != "*" for one in named):
            return accounts
        others = [account for account in accounts if account != self.model.central]
        return [self.model.central, *others[:1]]

    def _spared(self, account: str) -> None:
        """The guard takes from administrators what it must and nothing else."""
        model = self.model
        policies = [policy for level in model.scps for policy in level.policies]
        statements = [s for policy in policies for s in policy.statements if s.deny]
        actor = model.adversary(
            f"arn:{model.partition}:iam::{account}:role/undeclared", f"role/undeclared of {account}"
        )
        pool = Pool(model, patterns_of(policies), (account,))
        for action in self.explorer.actions_of(statements):
            about = [s for s in statements if s.actions.matches(action)]
            patterns = [pattern.text for s in about for pattern in s.resources]
            for resource in self.explorer.resources(action, patterns, pool, account) if about else ():
                if account in self.explorer.owners(resource, account) and ":key/" not in resource:
                    self._try(actor, action, resource, account, (), exactly=True)
