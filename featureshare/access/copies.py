"""The copies of feature groups that replicas hold: where each lies, and what reading it takes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from featureshare.access.model import Model
from featureshare.access.purposes import Need, Purposes

_READ = "read-offline"


@dataclass(frozen=True)
class Copy:
    """A group's copy in a replica; `owner` is the group's.

    `place` is what the calls of a verb want of a group: a table and its files, and no ARN, since a copy is no group.
    """

    replica: str
    group: str
    owner: str
    region: str
    place: Mapping[str, Any]
    workgroup: Mapping[str, Any] | None

    @property
    def name(self) -> str:
        """What stands for it beside names of groups, and is none: those hold no space."""
        return str(self.place["name"])

    def needs(self, purposes: Purposes) -> tuple[Need, ...]:
        """What reading it needs, in the replica's Region, from a session of its account."""
        return purposes.in_region(self.region).verb(_READ, self.place, self.place["account"], self.workgroup)

    def holds(self, resource: str) -> bool:
        """Whether the ARN of a resource is that of its table, or of its objects."""
        folder, table = self.place["s3_uri"].removeprefix("s3://"), self.place["table"]
        return f":s3:::{folder}/" in resource or resource.endswith(f":table/{self.place['database']}/{table}")


def place_of(known: Mapping[str, Any], group: str, account: str) -> Mapping[str, Any]:
    """The table and files of a group's copy, by the render's facts of a replica."""
    return {
        "account": account,
        "database": known["database"],
        "table": known["groups"][group]["table"],
        "s3_uri": f"s3://{known['bucket']}/{group}",
    }


def copies(model: Model) -> Iterator[Copy]:
    """Every copy of every replica."""
    owners = {one["name"]: one["owner"] for one in model.shown}
    workgroups = model.render["workgroups"]
    for name, known in model.render["replicas"].items():
        account = known["account"]
        workgroup = workgroups.get(f"{account}/{known['workgroup']}")
        for group in known["groups"]:
            place = {"name": f"{group} in {name}", **place_of(known, group, account)}
            yield Copy(name, group, owners.get(group, ""), known["region"], place, workgroup)


def readers(model: Model) -> dict[str, tuple[str, str]]:
    """The (replica, reader) of every role that reads one: those made for it, declared or not, and those brought."""
    made = {
        role.arn: (role.path.strip("/").rsplit("/", 1)[-1], role.principal or role.name)
        for role in model.roles.values()
        if role.kind == "replica-reader"
    }
    told = ((name, *one) for name, known in model.render["replicas"].items() for one in known["readers"].items())
    return {arn: (name, reader) for name, reader, arn in told} | made
