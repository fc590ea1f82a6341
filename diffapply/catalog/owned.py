"""What has an owner: the query that others begin with."""

from diffapply.queries import query

OWNED = query("catalog", "owned")
"""Common table expressions, of which `owned` is the one to use; a `schema` (oid, nspname) must
stand before them. PostgreSQL writes names by the search path: it is another one afterwards."""

_RELATIONS = ("table", "view", "materialized view", "foreign table")
_ROUTINES = ("function", "procedure", "aggregate")
_CLASSES = {
    **dict.fromkeys(_RELATIONS, "relation"),
    **dict.fromkeys(_ROUTINES, "routine"),
    "domain": "type",
    "statistics": "statistics object",
}


def class_of(kind: str) -> str:
    """The class of a kind of object; those of one class can take each other's place."""
    return _CLASSES.get(kind, kind)
