"""What a rule is and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]

# identity: attached to a role or user. trust: AssumeRolePolicyDocument. s3, kms, glue: resource policies.
# boundary: the most a role may ever hold, it grants nothing. administration: the policies of the deploy role and of the
# platform principal, which the proof's residual list names. organization: an SCP. attachment: {"PolicyArn": [...]}.
Kind = Literal["identity", "trust", "s3", "kms", "glue", "boundary", "administration", "organization", "attachment"]
LOOSE_KINDS: tuple[Kind, ...] = ("identity", "trust", "s3", "kms", "glue")
RESOURCE_KINDS: tuple[Kind, ...] = ("s3", "kms", "glue")
ALL_KINDS: tuple[Kind, ...] = (*LOOSE_KINDS, "boundary", "administration", "organization")

Example = tuple[Kind, Mapping[str, Any]]
"""A document and its kind, written for the accounts of EXAMPLE_CONTEXT."""


@dataclass(frozen=True)
class Context:
    """Whose documents these are.

    `owner_account` owns the resources and access roles, `consumer_account` uses them, `unrelated_account` must appear
    nowhere. `accounts` are further accounts of the environment. An empty `org_id` means that no organization is known.
    """

    owner_account: str
    consumer_account: str = ""
    unrelated_account: str = ""
    org_id: str = ""
    region: str = ""
    accounts: frozenset[str] = field(default=frozenset())

    @property
    def known(self) -> frozenset[str]:
        """Every account that a document may name."""
        named = {self.owner_account, self.consumer_account} | self.accounts
        return frozenset(account for account in named if account) - {self.unrelated_account}


EXAMPLE_CONTEXT = Context(
    owner_account="222222222222",
    consumer_account="555555555555",
    unrelated_account="888888888888",
    org_id="o-featureshar",
    region="eu-west-1",
)


@dataclass(frozen=True)
class Finding:
    """One thing wrong with one statement; `statement` is its Sid, or its place when it has none ("" = the document)."""

    rule: str
    severity: Severity
    message: str
    statement: str
