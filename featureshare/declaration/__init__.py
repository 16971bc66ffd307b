"""The declaration of an environment: read, judged, and written in the normal form that Terraform must agree with."""

from featureshare.declaration.evolution import SchemaChange, schema_changes
from featureshare.declaration.load import load
from featureshare.declaration.model import (
    Environment,
    Feature,
    FeatureGroup,
    OfflineStore,
    OnlineStore,
    Principal,
    Team,
    Ttl,
)
from featureshare.declaration.normal import Declaration, Grant, encode
from featureshare.declaration.schema import schemas

__all__ = [
    "Declaration",
    "Environment",
    "Feature",
    "FeatureGroup",
    "Grant",
    "OfflineStore",
    "OnlineStore",
    "Principal",
    "SchemaChange",
    "Team",
    "Ttl",
    "encode",
    "load",
    "schema_changes",
    "schemas",
]
