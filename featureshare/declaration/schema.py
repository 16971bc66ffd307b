"""JSON Schema of the declaration's files, for editors."""

from typing import Any

from featureshare.declaration.model import Environment, FeatureGroup, Team


def schemas() -> dict[str, dict[str, Any]]:
    """A schema for each kind of file, by the path it is meant for (`teams/*.yaml`)."""
    return {
        "environment.yaml": _schema(Environment),
        "feature-groups/*.yaml": _schema(FeatureGroup),
        "teams/*.yaml": _schema(Team),
    }


def _schema(model: type[Environment] | type[Team] | type[FeatureGroup]) -> dict[str, Any]:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | model.model_json_schema()
