"""The query for objects with an owner, which other queries begin with."""

from diffapply.queries import query

OWNED = query("catalog", "owned")
"""Common table expressions; use `owned`. A `schema` (oid, nspname) must come before them. They
change the search path, because PostgreSQL writes names accordingly."""

_RELATIONS = ("table", "view", "materialized view", "foreign table")
_ROUTINES = ("function", "procedure", "aggregate")
_CLASSES = {
    **dict.fromkeys(_RELATIONS, "relation"),
    **dict.fromkeys(_ROUTINES, "routine"),
    "domain": "type",
    "statistics": "statistics object",
}


def class_of(kind: str) -> str:
    """The class of a kind of object; objects of one class can replace each other."""
    return _CLASSES.get(kind, kind)
