"""Athena SQL: what kind of statement a text is, which tables it reads, and the same query for DuckDB. Pure.

Queries are parsed and translated by sqlglot; only what sqlglot understands as a query ever reaches DuckDB.
"""

import base64
import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import traverse_scope

# sqlglot warns about statements it keeps as text (UNLOAD, SHOW); those are read here.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

CATALOG = "awsdatacatalog"
_QUERY = (exp.Select, exp.SetOperation, exp.Subquery, exp.Values)
_NAME = r'(?:`[^`]+`|"[^"]+"|[\w-]+)'
_QUALIFIED = rf"{_NAME}(?:\.{_NAME}){{0,2}}"
_UNLOAD = re.compile(
    r"UNLOAD\s*\((?P<query>.*)\)\s*TO\s*'(?P<uri>[^']+)'\s*(?:WITH\s*\((?P<options>.*)\))?\s*", re.I | re.S
)
_SIMPLE = (
    ("SHOW_DATABASES", re.compile(r"SHOW\s+(?:DATABASES|SCHEMAS)\s*", re.I)),
    (
        "SHOW_TABLES",
        re.compile(rf"SHOW\s+TABLES(?:\s+(?:IN|FROM)\s+(?P<name>{_NAME}))?(?:\s+'(?P<like>[^']*)')?\s*", re.I),
    ),
    ("SHOW_PARTITIONS", re.compile(rf"SHOW\s+PARTITIONS\s+(?P<name>{_QUALIFIED})\s*", re.I)),
    ("SHOW_COLUMNS", re.compile(rf"SHOW\s+COLUMNS\s+(?:IN|FROM)\s+(?P<name>{_QUALIFIED})\s*", re.I)),
    ("DESCRIBE", re.compile(rf"DESC(?:RIBE)?\s+(?:FORMATTED\s+|EXTENDED\s+)?(?P<name>{_QUALIFIED})\s*", re.I)),
    ("MSCK", re.compile(rf"MSCK\s+REPAIR\s+TABLE\s+(?P<name>{_QUALIFIED})\s*", re.I)),
    ("DROP_TABLE", re.compile(rf"DROP\s+TABLE\s+(?P<exists>IF\s+EXISTS\s+)?(?P<name>{_QUALIFIED})\s*", re.I)),
    ("DROP_VIEW", re.compile(rf"DROP\s+VIEW\s+(?P<exists>IF\s+EXISTS\s+)?(?P<name>{_QUALIFIED})\s*", re.I)),
    (
        "CREATE_DATABASE",
        re.compile(
            rf"CREATE\s+(?:DATABASE|SCHEMA)\s+(?P<exists>IF\s+NOT\s+EXISTS\s+)?(?P<name>{_NAME})"
            r"(?:\s+COMMENT\s+'(?P<comment>(?:[^'\\]|\\.)*)')?(?:\s+LOCATION\s+'(?P<uri>[^']+)')?"
            r"(?:\s+WITH\s+DBPROPERTIES\s*\((?P<properties>(?:\s*'[^']*'\s*=\s*'[^']*'\s*,?)*)\))?\s*",
            re.I,
        ),
    ),
    (
        "DROP_DATABASE",
        re.compile(
            rf"DROP\s+(?:DATABASE|SCHEMA)\s+(?P<exists>IF\s+EXISTS\s+)?(?P<name>{_NAME})"
            r"(?:\s+(?:RESTRICT|(?P<cascade>CASCADE)))?\s*",
            re.I,
        ),
    ),
)
_COMMENT = re.compile(r"\s*(?:--[^\n]*\n|/\*.*?\*/)", re.S)
_VIEW = re.compile(r"/\* Presto View: (?P<data>\S+) \*/")
# Joda patterns of format_datetime and parse_datetime as strftime.
_JODA = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S", "SSS": "%g", "yy": "%y", "EEE": "%a"}


class SyntaxProblemError(Exception):
    """The text is no statement that Athena takes."""


class QueryFailedError(Exception):
    """The statement cannot be carried out; the message is the StateChangeReason."""


@dataclass(frozen=True, order=True)
class TableName:
    """A table in a Glue catalog, lower-case as Glue keeps names; `account` is set for another account's catalog."""

    database: str
    table: str
    account: str | None = None


@dataclass(frozen=True)
class Statement:
    """A statement: `kind` SELECT, UNLOAD, CTAS, INSERT, CREATE_TABLE, CREATE_VIEW, ALTER, EXPLAIN or one of _SIMPLE.

    `query` is what it reads, `target` the table or (alone in `database`) the database it is about; `options` are the
    flags and literals of the statement (`uri`, `exists`, `like`, `format`...).
    """

    kind: str
    query: exp.Expression | None = None
    target: TableName | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    tree: exp.Expression | None = None

    @property
    def statement_type(self) -> str:
        if self.kind in ("SELECT", "UNLOAD", "INSERT"):
            return "DML"
        return "UTILITY" if self.kind in ("EXPLAIN", "DESCRIBE") or self.kind.startswith("SHOW") else "DDL"


def parse(sql: str, database: str) -> Statement:
    """Reads one statement; unqualified names belong to `database`. Raises SyntaxProblemError or QueryFailedError."""
    text = sql.strip()
    while match := _COMMENT.match(text):
        text = text[match.end() :]
    text = text.strip().rstrip(";").rstrip()
    if match := _UNLOAD.fullmatch(text):
        options = {"uri": match["uri"], **_with_options(match["options"] or "")}
        return Statement("UNLOAD", _query(match["query"]), options=options)
    for kind, pattern in _SIMPLE:
        if match := pattern.fullmatch(text):
            found = {key: value for key, value in match.groupdict().items() if value}
            name = found.pop("name", "")
            if "DATABASE" in kind or kind == "SHOW_TABLES":
                target = TableName(_plain(name or database), "")
            else:
                target = _table_name(name, database)
            return Statement(kind, target=target, options=found)
    if match := re.match(r"EXPLAIN\s+(?:\([^)]*\)\s*)?(?:ANALYZE\s+)?", text, re.I):
        return Statement("EXPLAIN", _query(text[match.end() :]))
    tree = _parse_one(text)
    if isinstance(tree, _QUERY):
        return Statement("SELECT", tree)
    if isinstance(tree, exp.Create) and tree.kind in ("TABLE", "VIEW"):
        return _create(tree, database)
    if isinstance(tree, exp.Insert) and isinstance(tree.expression, _QUERY):
        node = tree.find(exp.Table)
        assert node is not None
        return Statement("INSERT", tree.expression, name_of(node, database), tree=tree)
    if isinstance(tree, exp.Alter) and tree.this is not None:
        return Statement("ALTER", target=name_of(tree.this, database), tree=tree)
    raise SyntaxProblemError(f"line 1:1: mismatched input '{text.split(None, 1)[0]}'. This statement is not supported")


def bind(query: exp.Expression, values: Sequence[str]) -> exp.Expression:
    """Fills `?` placeholders with the literals in `values`. Raises QueryFailedError when their numbers differ."""
    query = query.copy()
    holes = [node for node in query.find_all(exp.Placeholder, bfs=False) if not node.name or node.name == "?"]
    if len(holes) != len(values):
        raise QueryFailedError(
            f"INVALID_PARAMETER_USAGE: line 1:1: Incorrect number of parameters: expected {len(holes)} but found "
            f"{len(values)}"
        )
    for hole, value in zip(holes, values, strict=True):
        literal = _parse_one(f"SELECT {value}").expressions[0]
        if literal.find(exp.Query, exp.Column, exp.Table) is not None:
            raise QueryFailedError(f"INVALID_PARAMETER_USAGE: parameter {value} is no literal")
        hole.replace(literal)
    return query


def read_tables(
    query: exp.Expression, database: str, catalogs: Mapping[str, str | None], default_account: str | None = None
) -> dict[TableName, list[exp.Table]]:
    """The tables of the catalog that a query reads, with the nodes that name them; names of CTEs are none.

    `catalogs` maps the lower-case names of known data catalogs to the account behind them, None for the caller's own;
    `default_account` is that of the catalog the query runs in.
    """
    found: dict[int, exp.Table] = {}
    for scope in traverse_scope(query):
        for source in scope.sources.values():
            if isinstance(source, exp.Table):
                found[id(source)] = source
    named: dict[TableName, list[exp.Table]] = {}
    for node in found.values():
        named.setdefault(name_of(node, database, catalogs, default_account), []).append(node)
    return named


def named_catalogs(tables: Mapping[TableName, Sequence[exp.Table]]) -> list[str]:
    """The registered data catalogs that the nodes of a query name, lower-case."""
    names = {node.catalog.lower() for nodes in tables.values() for node in nodes if node.catalog}
    return sorted(names - {CATALOG})


def name_of(
    node: exp.Expression,
    database: str,
    catalogs: Mapping[str, str | None] | None = None,
    default_account: str | None = None,
) -> TableName:
    """The catalog table a node names. Raises QueryFailedError for table functions and catalogs that are not known."""
    if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
        called = node.this.name if isinstance(node, exp.Table) else node.sql(dialect="athena")
        raise QueryFailedError(f"FUNCTION_NOT_FOUND: line 1:15: Table function '{called}' not registered")
    known = {CATALOG: None} if catalogs is None else catalogs
    account = default_account
    if node.catalog:
        if node.catalog.lower() not in known:
            raise QueryFailedError(f"CATALOG_NOT_FOUND: line 1:15: Catalog '{node.catalog}' not found")
        account = known[node.catalog.lower()]
    return TableName((node.db or database).lower(), node.name.lower(), account)


def replace_table(node: exp.Table, replacement: exp.Expression) -> None:
    """Puts `replacement` (a table or subquery) where `node` stands, under the name by which the query knows it."""
    known_as = node.alias or node.name
    alias = node.args.get("alias")
    columns = alias.args.get("columns") if alias is not None else None
    replacement.set(
        "alias",
        exp.TableAlias(this=exp.to_identifier(known_as, quoted=True), columns=[c.copy() for c in columns or ()]),
    )
    for name in ("joins", "sample", "pivots"):
        if node.args.get(name):
            replacement.set(name, node.args[name])
    node.replace(replacement)


def names_in(query: exp.Expression) -> frozenset[str] | None:
    """Every name in a query, lower-case, those of its columns among them; None where it asks for all columns."""
    everything = (node for node in query.find_all(exp.Star) if not isinstance(node.parent, exp.Count))
    natural = (node for node in query.find_all(exp.Join) if node.method == "NATURAL")
    if any(True for found in (everything, natural) for _ in found):
        return None
    return frozenset(node.name.lower() for node in query.find_all(exp.Identifier))


def to_duckdb(query: exp.Expression) -> str:
    """The query in DuckDB's dialect. Columns are known by their table's name alone: databases are gone by then."""
    query = query.copy()
    for column in query.find_all(exp.Column):
        column.set("db", None)
        column.set("catalog", None)
    for call in list(query.find_all(exp.Anonymous)):
        if call.name.lower() in ("format_datetime", "parse_datetime") and len(call.expressions) == 2:
            pattern = call.expressions[1]
            function = "strftime" if call.name.lower() == "format_datetime" else "strptime"
            if isinstance(pattern, exp.Literal):
                call.replace(exp.func(function, call.expressions[0], exp.Literal.string(_strftime(pattern.name))))
    return query.sql(dialect="duckdb")


def view_text(sql: str, database: str, columns: Sequence[tuple[str, str]]) -> str:
    """ViewOriginalText of a view, as Athena keeps it in Glue."""
    data = {
        "originalSql": sql,
        "catalog": CATALOG,
        "schema": database,
        "columns": [{"name": name, "type": kind} for name, kind in columns],
    }
    return f"/* Presto View: {base64.b64encode(json.dumps(data).encode()).decode()} */"


def view_query(text: str) -> tuple[exp.Expression, str]:
    """(query, default database) of a view's ViewOriginalText. Raises QueryFailedError."""
    match = _VIEW.fullmatch(text.strip())
    if not match:
        raise QueryFailedError("INVALID_VIEW: the view's definition cannot be read")
    data = json.loads(base64.b64decode(match["data"]))
    return _query(data["originalSql"]), str(data.get("schema") or "default")


def _strftime(joda: str) -> str:
    text = joda.replace("%", "%%").replace("'", "")
    return re.sub("|".join(sorted(_JODA, key=len, reverse=True)), lambda match: _JODA[match[0]], text)


def _parse_one(text: str) -> Any:
    try:
        trees = [tree for tree in sqlglot.parse(text, read="athena") if tree is not None]
    except SqlglotError as error:
        details = getattr(error, "errors", None) or [{}]
        line, column = details[0].get("line") or 1, details[0].get("col") or 1
        near = details[0].get("highlight") or text[:20]
        raise SyntaxProblemError(f"line {line}:{column}: mismatched input '{near}'") from None
    if len(trees) != 1:
        raise SyntaxProblemError(f"Only one sql statement is allowed. Got: {text[:200]}")
    return trees[0]


def _query(text: str) -> exp.Expression:
    tree = _parse_one(text.strip())
    if not isinstance(tree, _QUERY):
        raise SyntaxProblemError("line 1:1: mismatched input. Expecting: a query")
    return tree


def _create(tree: exp.Create, database: str) -> Statement:
    node = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    target = name_of(node, database)
    options = {"exists": "yes"} if tree.args.get("exists") else {}
    if tree.kind == "VIEW":
        if not isinstance(tree.expression, _QUERY):
            raise SyntaxProblemError("line 1:1: a view needs a query")
        return Statement(
            "CREATE_VIEW",
            tree.expression,
            target,
            {**options, "replace": "yes"} if tree.args.get("replace") else options,
        )
    if isinstance(tree.expression, _QUERY):
        return Statement("CTAS", tree.expression, target, {**options, **_properties(tree)}, tree)
    if not isinstance(tree.this, exp.Schema):
        raise SyntaxProblemError("line 1:1: a table needs columns or a query")
    return Statement("CREATE_TABLE", None, target, options, tree)


def _properties(tree: exp.Create) -> dict[str, str]:
    """The WITH (...) properties of a CTAS as text; lists are comma-separated."""
    found: dict[str, str] = {}
    properties = tree.args.get("properties")
    for item in properties.expressions if properties is not None else ():
        if isinstance(item, exp.FileFormatProperty):
            found["format"] = item.this.name
        elif isinstance(item, exp.PartitionedByProperty):
            found["partitioned_by"] = ",".join(part.name for part in item.this.expressions)
        elif type(item) is exp.Property:  # its subclasses are properties of other kinds
            value = item.args.get("value")
            found[item.name.lower()] = (
                ",".join(part.name for part in value.expressions)
                if isinstance(value, exp.Array)
                else value.name
                if value is not None
                else ""
            )
    return found


def _with_options(text: str) -> dict[str, str]:
    """`name = 'value'` and `name = ARRAY['a', 'b']` pairs; lists become comma-separated."""
    found = {}
    for name, single, several in re.findall(r"(\w+)\s*=\s*(?:'([^']*)'|ARRAY\s*\[([^\]]*)\])", text, re.I):
        found[name.lower()] = single or ",".join(re.findall(r"'([^']*)'", several))
    return found


def _plain(name: str) -> str:
    return name.strip('`"').lower()


def _table_name(text: str, database: str) -> TableName:
    parts = [_plain(part) for part in re.findall(_NAME, text)]
    if len(parts) == 3 and parts[0] != CATALOG:
        raise QueryFailedError(f"CATALOG_NOT_FOUND: line 1:15: Catalog '{parts[0]}' not found")
    return TableName(parts[-2] if len(parts) > 1 else database.lower(), parts[-1])
