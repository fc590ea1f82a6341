"""The kinds of fact, in the order in which their objects are created.

Adding a kind is one line here, one file in `sql/` of the same name (spaces become underscores)
that says how the fact is read, and one entry in `diffapply.planning.ddl` that says how it is
created, altered and dropped.
"""

from importlib.resources import files

KINDS: tuple[str, ...] = (
    "collation",
    "enum",
    "composite type",
    "domain",
    "domain default",
    "domain not null",
    "domain constraint",
    "range type",
    "sequence",
    "routine",
    "base type",
    "aggregate",
    "operator",
    "operator family",
    "operator class",
    "operator family member",
    "cast",
    "transform",
    "conversion",
    "text search parser",
    "text search template",
    "text search dictionary",
    "text search configuration",
    "text search mapping",
    "table",
    "inherits",
    "column",
    "default",
    "not null",
    "identity",
    "of type",
    "sequence owner",
    "column storage",
    "column compression",
    "column statistics",
    "column options",
    "foreign column options",
    "storage parameters",
    "partition",
    "constraint",
    "view",
    "materialized view",
    "unpopulated",
    "index",
    "index attachment",
    "index validity",
    "index statistics",
    "tablespace",
    "cluster",
    "replica identity",
    "extended statistics",
    "extended statistics target",
    "rule",
    "rule state",
    "trigger",
    "trigger state",
    "row security",
    "forced row security",
    "policy",
    "extension dependency",
    "comment",
    "other",
)

PRIVILEGES: tuple[str, ...] = ("owner", "privilege", "column privilege", "default privilege")
"""The kinds that are read only where owners and grants count."""

RANK = {kind: rank for rank, kind in enumerate(KINDS + PRIVILEGES)}
"""Kind → its place in the order of creation."""

_SQL = files("diffapply.catalog") / "sql"


def members_query() -> str:
    """The common table expressions that every kind's query starts from."""
    return (_SQL / "_members.sql").read_text(encoding="utf-8")


def facts_query(kind: str) -> str:
    """The query of a kind: rows of (schema oid, name, owner, definition, position)."""
    return (_SQL / f"{kind.replace(' ', '_')}.sql").read_text(encoding="utf-8")
