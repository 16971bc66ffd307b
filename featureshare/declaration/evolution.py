"""What changed between the features that are applied and the features that are declared."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


class _Feature(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...


@dataclass(frozen=True)
class SchemaChange:
    """One difference. Only `added` can be applied to a feature group that exists; the others need a new group."""

    kind: Literal["added", "removed", "retyped", "reordered"]
    feature: str
    detail: str


def schema_changes(old_features: Sequence[_Feature], new_features: Sequence[_Feature]) -> list[SchemaChange]:
    """Differences between two ordered lists of features, in the order removed, retyped, reordered, added.

    SageMaker adds features at the end and can neither remove, retype nor move one (UpdateFeatureGroup,
    FeatureAdditions). A feature added before others therefore makes those `reordered`, as they would have to move.
    """
    old = {feature.name: feature.type for feature in old_features}
    new = {feature.name: feature.type for feature in new_features}
    changes = [SchemaChange("removed", name, f"was {kind}") for name, kind in old.items() if name not in new]
    changes += [
        SchemaChange("retyped", name, f"from {kind} to {new[name]}")
        for name, kind in old.items()
        if name in new and new[name] != kind
    ]
    kept = [name for name in old if name in new]
    reached = list(new)[: len(kept)]
    changes += [
        SchemaChange("reordered", name, f"from place {list(old).index(name) + 1} to {list(new).index(name) + 1}")
        for name, there in zip(kept, reached, strict=True)
        if name != there
    ]
    changes += [SchemaChange("added", name, kind) for name, kind in new.items() if name not in old]
    return changes
