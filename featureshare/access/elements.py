"""Policy documents as parsed JSON: an element may stand alone or in a list."""

import json
from collections.abc import Mapping
from typing import Any


def documents(text: Any) -> list[Mapping[str, Any]]:
    """The statements of a document, as parsed JSON."""
    document = json.loads(text) if isinstance(text, str) else text
    statements = document["Statement"]
    return [statements] if isinstance(statements, Mapping) else list(statements)


def listed(value: Any) -> list[Any]:
    """A value that may stand alone or in a list."""
    return list(value) if isinstance(value, list | tuple) else [value]
