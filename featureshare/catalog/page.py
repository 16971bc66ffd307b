"""The catalogue as one static page: no server, no request to anywhere, readable without scripts."""

import hashlib
from base64 import b64encode
from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from featureshare.catalog.entries import Entry
from featureshare.catalog.search import text_of

_TEMPLATES = Environment(
    loader=PackageLoader("featureshare.catalog", "templates"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(environment: str, found: Sequence[Entry]) -> str:
    """The whole page as HTML. The same entries give the same bytes.

    Its content security policy admits its own style and script by their hash and nothing else, so that a description
    or a link in somebody's declaration can never run or fetch anything.
    """
    style, script = (_source(name) for name in ("page.css", "page.js"))
    return _TEMPLATES.get_template("page.html.j2").render(
        environment=environment,
        entries=found,
        text_of=text_of,
        owners=sorted({entry.owner for entry in found}),
        classes=[name for name in _CLASSES if any(entry.classification == name for entry in found)],
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


_CLASSES = ("public", "internal", "confidential", "restricted")


def _source(name: str) -> str:
    assert _TEMPLATES.loader is not None
    return _TEMPLATES.loader.get_source(_TEMPLATES, name)[0]


def _hash(text: str) -> str:
    """As the Content Security Policy writes it (W3C CSP Level 3, section 2.3.1)."""
    return "sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode()
