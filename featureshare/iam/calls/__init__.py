"""What a call needs: for every API call of Terraform, journeys and clients, the IAM checks that AWS makes.

Said once, here: local AWS enforces exactly it, the access engine and the documentation read it. Pure, and without the
engine that decides.
"""

from featureshare.iam.calls.checks import checks_for, operations, source_of
from featureshare.iam.calls.model import (
    BucketFacts,
    Call,
    Check,
    ContextValue,
    Estate,
    FeatureGroupFacts,
    KeyFacts,
    QueryFacts,
    RoleFacts,
    TableFacts,
    Unmapped,
    WorkgroupFacts,
)

__all__ = [
    "BucketFacts",
    "Call",
    "Check",
    "ContextValue",
    "Estate",
    "FeatureGroupFacts",
    "KeyFacts",
    "QueryFacts",
    "RoleFacts",
    "TableFacts",
    "Unmapped",
    "WorkgroupFacts",
    "checks_for",
    "operations",
    "source_of",
]
