"""The parts of the queries over facts that leave out what is ignored.

An object that is ignored is found by its oid, so that all that belongs to it goes, too; of other
kinds, such as comments, the fact alone is left out. What nobody ignores costs nothing: kinds that
no pattern is about are not asked.
"""

import re
from functools import cache

from diffapply.catalog.naming import with_names
from diffapply.model.ignoring import NOTHING, Ignoring, Pattern
from diffapply.model.own_name import Naming
from diffapply.queries import query

_PART = re.compile(r"^-- of (?P<kind>.+)\n(?P<text>(?:(?!union all$).+\n)+)", re.MULTILINE)
_STANDS = re.compile(r"is_managed\(([\w.]+), ([\w.]+)(?:, ([\w.]+))?\)")


@cache
def _parts() -> dict[str, str]:
    """Kind → the query for the objects of that kind, by the names of their facts."""
    found = _PART.finditer(query("catalog/sql", "_ignored"))
    return {its["kind"]: its["text"] for its in found}


def is_object(kind: str) -> bool:
    """Whether facts of this kind stand for objects that others can belong to."""
    return kind in _parts()


def condition(ignoring: Ignoring, kind: str, name: str) -> str:
    """The SQL condition that a fact of this kind is ignored by its name; empty if none can be.

    Args:
        name: the expression for its name.
    """
    bare = f"""replace({name}, '"', '')"""
    lists = [_decided(patterns, bare) for patterns in ignoring.of_kind(kind)]
    return " or ".join(f"({its})" for its in lists)


def _decided(patterns: tuple[Pattern, ...], name: str) -> str:
    decided = "false"
    for pattern in patterns:
        like = f"{name} like {_constant(pattern.like)}"
        if pattern.takes_back:
            decided = f"({decided}) and not {like}"
        else:
            decided = like if decided == "false" else f"{decided} or {like}"
    return decided


def _constant(text: str) -> str:
    r"""A string constant; without ``$``, which would look like a parameter of the query."""
    escaped = text.replace("\\", "\\\\").replace("'", "''").replace("$", "\\x24")
    return f"e'{escaped}'"


def _named(ignoring: Ignoring) -> list[str]:
    parts = []
    for kind, text in _parts().items():
        if ignored := condition(ignoring, kind, "k.name"):
            columns = "k.schema, k.classid, k.objid, k.objsubid"
            named = "k (schema, classid, objid, objsubid, name)"
            parts.append(f"select {columns}\nfrom (\n{text}) {named}\nwhere {ignored}")
    return parts


def ignored_members(ignoring: Ignoring) -> str:
    """The common table expressions that find ignored objects; empty if none can be.

    They use `every_member`, and need WITH RECURSIVE; use `ignored`.
    """
    parts = _named(ignoring)
    if not parts:
        return ""
    return query("catalog/sql", "_ignoring").replace("{named}", "\nunion all\n".join(parts))


def ignored_of(ignoring: Ignoring) -> str:
    """The common table expressions for ignored objects of schemas $1, which may have none."""
    found = ignored_members(ignoring) or query("catalog/sql", "_ignoring_nothing")
    return with_names(query("catalog/sql", "_every_member") + found, Naming.OWN)


def with_ignored(text: str, ignoring: Ignoring = NOTHING) -> str:
    """The query with conditions in place of ``is_managed(catalog, oid)``.

    With a third argument it is about the column of that number.
    """
    if not ignored_members(ignoring):
        return _STANDS.sub("true", text)
    return with_conditions(text)


def with_conditions(text: str) -> str:
    """The query with these conditions, whatever is ignored; it needs `ignored`."""

    def written(found: re.Match[str]) -> str:
        catalog, oid, number = found.groups()
        class_ = catalog if "." in catalog else f"'{catalog}'::regclass"
        listed = "select i.classid, i.objid, i.objsubid from ignored i"
        return f"({class_}, {oid}, {number or 0}) not in ({listed})"

    return _STANDS.sub(written, text)


def leaf_condition(ignoring: Ignoring, kind: str) -> str:
    """The condition that a row `k` of a kind's query is not ignored; empty if none can be."""
    if is_object(kind):  # found by its oid
        return ""
    ignored = condition(ignoring, kind, "k.name")
    return f"\nwhere not ({ignored})" if ignored else ""
