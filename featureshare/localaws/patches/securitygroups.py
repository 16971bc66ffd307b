"""moto's security group rules: one that names a group or a prefix list shows its description as one of a range does.

It is changed as such too, and a protocol without ports is changed without them.
"""

from typing import Any

from moto.ec2.models.security_groups import SecurityGroupBackend, SecurityGroupRule

_GIVEN = "featureshare_description"
_PREFIXES_AT = 7
_WITH_PORTS = ("6", "17", "tcp", "udp")
_modify = SecurityGroupBackend.modify_security_group_rules
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

    def modify(self: Any, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
        group = self.get_security_group_by_name_or_id(group_id)
        known = {name: group.get_rule(name) for name in rules} if group is not None else {}
        portless = {name for name, rule in rules.items() if str(rule.get("IpProtocol")) not in _WITH_PORTS}
        # moto wants ports of every protocol; for -1 EC2 takes none and shows -1.
        given = {
            name: {"FromPort": -1, "ToPort": -1, **rule} if name in portless else rule for name, rule in rules.items()
        }
        ports = {name: (rule.from_port, rule.to_port) for name, rule in known.items() if rule is not None}
        _modify(self, group_id, given)
        for name, rule in rules.items():
            if name in portless and "FromPort" not in rule:
                known[name].from_port, known[name].to_port = ports[name]
            if prefixes := rule.get("PrefixListId"):
                known[name].prefix_list_id = prefixes
            if other := rule.get("ReferencedGroupId"):
                known[name].source_group = {**known[name].source_group, "GroupId": other}

    SecurityGroupBackend.modify_security_group_rules = modify  # type: ignore[method-assign]
    SecurityGroupRule.__init__ = init  # type: ignore[method-assign]
    SecurityGroupRule.description = property(description)  # type: ignore[assignment, method-assign]
