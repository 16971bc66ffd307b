"""moto's security group rules: one that names a group or a prefix list shows its description as one of a range does."""

from typing import Any

from moto.ec2.models.security_groups import SecurityGroupRule

_GIVEN = "featureshare_description"
_PREFIXES_AT = 7
_born = SecurityGroupRule.__init__
_of_a_range: Any = vars(SecurityGroupRule)["description"]


def apply() -> None:
    def init(self: Any, *given: Any, **named: Any) -> None:
        _born(self, *given, **named)
        # moto keeps no more of a prefix list than its id.
        prefixes = named.get("prefix_list_id") or dict(enumerate(given)).get(_PREFIXES_AT)
        self.__dict__[_GIVEN] = (prefixes or {}).get("Description")

    def description(self: Any) -> str | None:
        # A later description is written to the range, of whatever kind the rule is.
        found = _of_a_range.fget(self) or self.source_group.get("Description") or self.__dict__.get(_GIVEN)
        return None if found is None else str(found)

    SecurityGroupRule.__init__ = init  # type: ignore[method-assign]
    SecurityGroupRule.description = property(description)  # type: ignore[assignment, method-assign]
