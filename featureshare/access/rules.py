"""Rules of a contract: an action on a class of resources, under conditions that a request must meet."""

from collections.abc import Mapping
from dataclasses import dataclass

from featureshare.access.atoms import is_glob, matches
from featureshare.access.model import Model
from featureshare.iam.calls import Check
from featureshare.iam.context import Context

ORGANIZATION = "aws:PrincipalOrgID"

# Keys of a call that the contract insists on: without them the same action reaches more than the declaration gives.
_EXACT = (
    "aws:RequestTag/classification",
    "aws:RequestTag/owner",
    "iam:PassedToService",
    "kms:ViaService",
    "sagemaker:FeatureGroupOfflineStoreS3Uri",
    "sagemaker:TaggingAction",
)
_UPDATE, _UPDATED = "sagemaker:IsUpdateRecord", "sagemaker:UpdatableFeatures"
# Tags that list the teams that read a group online. Policies go by them, so the deploy role alone may set them.
READERS = "feature-share-readers-"
_TAGGING = ("sagemaker:AddTags", "sagemaker:CreateFeatureGroup")
TAG_CHANGES = frozenset({"sagemaker:addtags", "sagemaker:createfeaturegroup", "sagemaker:deletetags"})

_KEY_ARNS = ("sagemaker:FeatureGroupOfflineStoreKmsKeyArn", "sagemaker:FeatureGroupOnlineStoreKmsKeyArn")


@dataclass(frozen=True)
class Condition:
    """A key that a request must carry with a value like one of the patterns.

    `unlike`: no value may be like one, nor need there be any. `every`: each value must be like one.
    """

    key: str
    values: tuple[str, ...]
    unlike: bool = False
    every: bool = False

    def holds(self, context: Mapping[str, str | tuple[str, ...]]) -> bool:
        """Whether the context carries it."""
        given = context.get(self.key)
        if given is None:
            return self.unlike
        items = (given,) if isinstance(given, str) else given
        if self.unlike:
            return not any(matches(pattern, item) for item in items for pattern in self.values)
        if self.every:
            return bool(items) and all(any(matches(pattern, item) for pattern in self.values) for item in items)
        return bool(items) and any(matches(pattern, item) for item in items for pattern in self.values)


@dataclass(frozen=True)
class Rule:
    """`actions` (lower case) on resources of a pattern that `owner` owns (None: whoever), under conditions."""

    actions: frozenset[str]
    resource: str
    owner: str | None
    conditions: tuple[Condition, ...]
    why: str

    def covers(self, resource: str, owner: str) -> bool:
        """Whether a resource is of the rule's class."""
        if self.owner is not None and self.owner != owner:
            return False
        return self.resource == resource or (is_glob(self.resource) and matches(self.resource, resource))

    def holds(self, context: Context) -> bool:
        """Whether a request's context meets every condition."""
        return all(condition.holds(context) for condition in self.conditions)


def rule_of(check: Check, model: Model, why: str, extra: tuple[Condition, ...]) -> Rule:
    """The rule that makes a check of a declared call permitted, and as little besides as can be said."""
    conditions = list(extra)
    for key in _EXACT:
        if key in check.context:
            conditions.append(Condition(key, (str(check.context[key]),)))
    for key in _KEY_ARNS:
        if key in check.context:
            conditions.append(Condition(key, (f"arn:{model.partition}:kms:{model.region}:{check.account}:key/*",)))
    if check.context.get(_UPDATE) == "true":
        # Whoever writes records may also update them; whoever may only update them, those features alone.
        names = check.context.get(_UPDATED, ())
        conditions.append(Condition(_UPDATE, ("true",)))
        conditions.append(Condition(_UPDATED, (names,) if isinstance(names, str) else tuple(names), every=True))
    if check.action in _TAGGING:
        own = {"classification", "contact", "feature-share", "owner", "stack", *model.render["environment"]["tags"]}
        conditions.append(Condition("aws:TagKeys", tuple(sorted(own)), every=True))
    resource = check.resource
    if check.action.startswith("s3:"):
        bucket = model.buckets.get(resource.split(":", 5)[-1].partition("/")[0])
        if "s3:prefix" in check.context and bucket is not None:
            conditions.append(Condition("s3:prefix", (f"{check.context['s3:prefix']}*",)))
    return Rule(frozenset({check.action.lower()}), resource, check.account, tuple(conditions), why)
