"""Notes on what is left alone because the desired state does not speak of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from diffapply.catalog.ignored_queries import is_object
from diffapply.database.reading import rows
from diffapply.ddl.kinds import KINDS
from diffapply.model.ignoring import Ignoring
from diffapply.model.listing import some_of
from diffapply.queries import query
from diffapply.tenants.shapes import Reader

_LEFT = query("planning/notes", "left_in")


@dataclass(frozen=True, slots=True)
class _Left:
    """Something that is left alone, how many tenants have it, and one of these."""

    kind: str
    name: str
    table: str | None
    count: int
    example: str


def notes(reader: Reader, groups: Sequence[Sequence[str]]) -> Iterator[str]:
    """What the desired state leaves alone, told once.

    It is no part of a shape: so what most of it is, is counted in all tenants, and told where only
    some have it.

    Args:
        groups: the tenants of each shape.
    """
    if not reader.scope.unspoken or not groups:
        return
    found = _objects(reader, [names[0] for names in groups])
    tenants = [name for names in groups for name in names]
    left = _left_in(reader, tenants)
    for one in left:
        found.setdefault(one.kind, set()).add(one.name)
    if found:
        listed = "; ".join(_told(kind, sorted(found[kind])) for kind in KINDS if kind in found)
        yield f"left alone, because the desired state does not speak of it: {listed}"
    some = [
        f"{its.kind} {its.name} in {its.count} ({its.example})"
        for its in left
        if its.count < len(tenants)
    ]
    if some:
        yield f"of that, not all of {len(tenants)} tenants have {some_of(some)}"


def _left_in(reader: Reader, tenants: Sequence[str]) -> list[_Left]:
    unspoken, others = _patterns(reader)
    given = {"schemas": [*tenants]}
    found = [_Left(*row) for row in rows(reader.database.connection, _LEFT, given, tenants)]
    return sorted(
        (
            its
            for its in found
            if unspoken.names(its.kind, its.name)
            and not others.names(its.kind, its.name)
            and not (its.table and others.names("table", its.table))
        ),
        key=lambda its: (its.kind, its.name),
    )


def _patterns(reader: Reader) -> tuple[Ignoring, Ignoring]:
    """Those for what the desired state does not speak of, and all others."""
    scope = reader.scope
    others = tuple(texts for texts in scope.ignoring.lists if texts != scope.unspoken)
    return Ignoring((scope.unspoken,)), Ignoring(others)


def _objects(reader: Reader, names: Sequence[str]) -> dict[str, set[str]]:
    """Kind → the names of what is there, but not managed, in one tenant of each shape."""
    unspoken, others = _patterns(reader)
    found: dict[str, set[str]] = {}
    for catalog in reader.ignoring(others).tenants(names).values():
        for kind, name in catalog.facts:
            told = is_object(kind) or KINDS[kind].left_alone_as
            if told and unspoken.names(kind, name):
                found.setdefault(kind, set()).add(name)
    return found


def _told(kind: str, names: Sequence[str]) -> str:
    return f"{kind} {some_of(names)}"
