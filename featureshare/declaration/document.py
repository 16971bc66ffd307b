"""One YAML file as plain values with the line of every key, refusing what two YAML readers would read differently.

Python reads YAML 1.2; Terraform's yamldecode is a YAML 1.1 reader in part: `yes` becomes true, `2024-01-01` a
timestamp, a second key of the same name silently wins. Whatever the two could take differently is refused here.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from featureshare.errors import Problem

KeyPath = tuple[str | int, ...]

_YAML_11_BOOLEAN = re.compile(r"y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF")
_DECIMAL = re.compile(r"0|[1-9][0-9]*")
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = ("str", "int", "float", "bool", "null", "timestamp")


@dataclass(frozen=True)
class Document:
    """What a file says: how messages name it, its root mapping, and the line (from 1) of each path in it."""

    file: str
    value: dict[str, Any]
    lines: Mapping[KeyPath, int]

    def problem(self, path: KeyPath, rule: str, fix: str) -> Problem:
        """A problem at `path`, with its line (or that of the nearest parent that is there)."""
        return Problem(self.file, dotted(path), _with_line(rule, self._line(path)), fix)

    def _line(self, path: KeyPath) -> int | None:
        for end in range(len(path), 0, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return None


def dotted(path: KeyPath) -> str:
    """`features[2].type` for ("features", 2, "type")."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def read_document(path: Path, file: str) -> tuple[Document | None, list[Problem]]:
    """The document in `path`, or None when it cannot be read at all, and everything wrong with it as YAML."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None, [Problem(file, "", "the file is missing.", "add it")]
    except (OSError, UnicodeDecodeError) as error:
        return None, [Problem(file, "", f"the file cannot be read as UTF-8 text ({error}).", "save it as UTF-8")]
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        rule = _with_line(f"is not YAML: {error.problem or error.context}.", mark.line + 1 if mark else None)
        return None, [Problem(file, "", rule, "indent with spaces, quote text that holds `: ` or ` #`")]
    except (YAMLError, ValueError) as error:
        return None, [Problem(file, "", f"is not YAML: {error}.", "mend the syntax")]
    if not isinstance(root, MappingNode):
        return None, [Problem(file, "", "must be a mapping of keys to values.", "write `key: value` lines")]
    reader = _Reader(file)
    value = reader.mapping(root, ())
    return Document(file, value, reader.lines), reader.problems


def _tags(node: Node) -> tuple[str, ...]:
    """The tags that a node has when none is written."""
    if isinstance(node, MappingNode):
        return ("map",)
    if isinstance(node, SequenceNode):
        return ("seq",)
    return ("str",) if _quoted(node) else _PLAIN_TAGS


def _quoted(node: Node) -> bool:
    return isinstance(node, ScalarNode) and bool(node.style)


def _with_line(rule: str, line: int | None) -> str:
    return rule if line is None else f"{rule.removesuffix('.')} (line {line})."


class _Reader:
    """Turns ruamel's nodes into values; ruamel's own constructors would hide what was written."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[KeyPath, int] = {}
        self.problems: list[Problem] = []
        self.seen: set[int] = set()

    def refuse(self, node: Node, path: KeyPath, rule: str, fix: str) -> None:
        self.problems.append(Problem(self.file, dotted(path), _with_line(rule, node.start_mark.line + 1), fix))

    def mapping(self, node: MappingNode, path: KeyPath) -> dict[str, Any]:
        value: dict[str, Any] = {}
        for key, item, name in self._entries(node, path):
            here = (*path, name)
            if name in value:
                first = self.lines[here]
                self.refuse(key, here, f"is there twice, first in line {first}.", "keep one of the two")
                continue
            self.lines[here] = key.start_mark.line + 1
            value[name] = self.value(item, here)
        return value

    def _entries(self, node: MappingNode, path: KeyPath) -> Iterator[tuple[Node, Node, str]]:
        for key, item in node.value:
            if not isinstance(key, ScalarNode):
                self.refuse(key, path, "a key must be text.", "write a plain name")
                continue
            name = unicodedata.normalize("NFC", str(key.value))
            if name == "<<" and not key.style:
                self.refuse(key, path, "merge keys (`<<`) are not allowed.", "write the keys out")
                continue
            if not key.style:
                self._plain(key, (*path, name), "key")
            yield key, item, name

    def value(self, node: Node, path: KeyPath) -> Any:
        if node.anchor or id(node) in self.seen:
            self.refuse(node, path, "anchors and aliases are not allowed.", "write the value out")
        if id(node) in self.seen:
            return None
        self.seen.add(id(node))
        if str(node.tag).removeprefix(_TAG) not in _tags(node):
            self.refuse(node, path, f"tags ({node.tag}) are not allowed.", "write the plain value")
            return None
        if isinstance(node, MappingNode):
            return self.mapping(node, path)
        if isinstance(node, SequenceNode):
            items = []
            for index, item in enumerate(node.value):
                self.lines[(*path, index)] = item.start_mark.line + 1
                items.append(self.value(item, (*path, index)))
            return items
        return self._scalar(node, path)

    def _scalar(self, node: Node, path: KeyPath) -> Any:
        if _HALF_CHARACTER.search(str(node.value)):
            self.refuse(node, path, "half a character: an escape of a surrogate.", "write the character itself")
            return None
        if _quoted(node):
            return unicodedata.normalize("NFC", str(node.value))
        return self._plain(node, path, "value")

    def _plain(self, node: Node, path: KeyPath, what: str) -> Any:
        """A scalar without quotes: only text, true, false and decimal numbers mean the same to every reader."""
        text = unicodedata.normalize("NFC", str(node.value))
        kind = str(node.tag).removeprefix(_TAG)
        if what == "value" and kind == "bool" and text in ("true", "false"):
            return text == "true"
        if what == "value" and kind == "int" and _DECIMAL.fullmatch(text):
            return int(text)
        if kind == "null":
            self.refuse(node, path, f"the {what} is empty.", "give it a value, or leave the key out")
            return None
        if kind == "str" and not _YAML_11_BOOLEAN.fullmatch(text):
            return text
        meant = "true or false" if _YAML_11_BOOLEAN.fullmatch(text) or kind == "bool" else "a number or a time"
        self.refuse(
            node,
            path,
            f"the {what} {text} has no quotes, and some YAML readers (Terraform's among them) take it for {meant}.",
            f'write "{text}" if it is text' + (", true or false if it is that" if meant == "true or false" else ""),
        )
        return None
