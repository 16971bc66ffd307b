"""Whether S3 takes a bucket policy for public, which block public access refuses or restricts.

Amazon S3 User Guide, "The meaning of public" (access-control-block-public-access): a policy starts out as public, and
is not if everything it allows is for fixed values, without wildcards or variables, of principals or of certain keys.
"""

from featureshare.iam.conditions import Clause
from featureshare.iam.document import Policy, Statement
from featureshare.iam.values import network

_KEYS = frozenset(
    key.lower()
    for key in (
        *("aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalOrgID", "aws:SourceAccount", "aws:SourceArn"),
        *("aws:SourceIp", "aws:SourceOwner", "aws:SourceVpc", "aws:SourceVpce", "aws:userid"),
        *("s3:DataAccessPointAccount", "s3:DataAccessPointArn", "s3:x-amz-server-side-encryption-aws-kms-key-id"),
    )
)
_FAMILIES = frozenset({"string", "string-ignore-case", "string-like", "arn", "ip"})


def is_public(policy: Policy) -> bool:
    """Whether some statement allows something to whoever it may be."""
    return any(_public(statement) for statement in policy.statements if not statement.deny)


def _public(statement: Statement) -> bool:
    everybody = statement.principals is None or statement.not_principal or statement.principals.everybody
    return everybody and not any(_narrows(clause) for clause in statement.clauses)


def _narrows(clause: Clause) -> bool:
    """Whether a condition holds for fixed values alone. One that also holds for a missing key does not."""
    if clause.key not in _KEYS or clause.kind.family not in _FAMILIES:
        return False
    if clause.kind.negated or clause.if_exists or clause.quantifier == "ForAllValues":
        return False
    if clause.kind.family == "ip":
        nets = [network(value) for value in clause.values]
        return all(net is not None and net.prefixlen > 0 for net in nets)
    return not any(mark in value for value in clause.values for mark in ("*", "?", "${"))
