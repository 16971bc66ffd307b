"""moto's prefix lists: a change keeps the name that it does not give, replaces an entry in place, may change the size.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyManagedPrefixList.html
"""

from typing import Any

from moto.ec2.models.managed_prefixes import ManagedPrefixListBackend
from moto.ec2.responses.vpcs import VPCs

from featureshare.localaws.invocation import ServiceError

_answer = VPCs.modify_managed_prefix_list


def apply() -> None:
    def modify(
        self: Any,
        add_entry: list[dict[str, str]],
        remove_entry: list[dict[str, str]],
        prefix_list_id: str | None = None,
        current_version: str | None = None,
        prefix_list_name: str | None = None,
    ) -> Any:
        found = self.managed_prefix_lists.get(prefix_list_id)
        if found is None:
            raise ServiceError("InvalidPrefixListID.NotFound", f"The prefix list ID '{prefix_list_id}' does not exist")
        if prefix_list_name:
            found.prefix_list_name = prefix_list_name
        if add_entry or remove_entry:
            entries = {entry["Cidr"]: entry for entry in found.entries.get(found.version) or ()}
            for entry in remove_entry or ():
                entries.pop(entry["Cidr"], None)
            entries |= {entry["Cidr"]: entry for entry in add_entry or ()}
            found.version += 1
            found.entries[found.version] = list(entries.values())
        found.state = "modify-complete"
        return found

    def answer(self: Any) -> Any:
        size, name = self._get_param("MaxEntries"), self._get_param("PrefixListId")
        found = self.ec2_backend.managed_prefix_lists.get(name)
        if size is not None and found is not None:
            if len(found.entries.get(found.version) or ()) > int(size):
                raise ServiceError("InvalidParameterValue", f"The prefix list has more than {size} entries.")
            found.max_entries = size
        return _answer(self)

    ManagedPrefixListBackend.modify_managed_prefix_list = modify  # type: ignore[method-assign]
    VPCs.modify_managed_prefix_list = answer  # type: ignore[method-assign]
