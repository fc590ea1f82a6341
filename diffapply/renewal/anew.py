"""Finds what a transition makes anew: the name is the same as before, the object is a new one.

A new object gets a new owner and default grants, so each tenant's old ones are given back. This
module finds out for which objects. It compares oids, and numbers of columns: before the statements,
after those that rename, and at the end.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from diffapply.catalog.owned import OWNED, class_of
from diffapply.model.affected import Owned, Renewed
from diffapply.queries import query
from diffapply.renewal.namesakes import namesakes
from diffapply.scratch.sandbox import Sandbox
from diffapply.values.grammar import before as up_to

_STANDING = query("renewal", "standing").replace("{owned}", OWNED)

_Key = tuple[str, str]
"""Class and name; see `owned.sql`."""


@dataclass(frozen=True, slots=True)
class StandingObject:
    """The object with a name.

    Attributes:
        number: of a column, in the relation that `oid` is of; else 0.
    """

    kind: str
    oid: int
    number: int


Standing = Mapping[_Key, StandingObject]
"""All objects of a schema at one moment."""


def standing(sandbox: Sandbox) -> Standing:
    """All objects of a sandbox now."""
    rows = sandbox.rows(_STANDING, {"schema": sandbox.scope.schema})
    return {(its_class, name): StandingObject(*known) for its_class, name, *known in rows}


def earlier_names(before: Standing, renamed: Standing) -> dict[str, str]:
    """Relation → its name before the renames, if it had another one."""
    had = _by_identity(before)
    return {
        key[1]: had[known][1]
        for known, key in _by_identity(renamed).items()
        if key[0] == "relation" and known in had and had[known] != key
    }


def made_anew(
    before: Standing,
    renamed: Standing,
    after: Standing,
    routines: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {}),
) -> tuple[Renewed, ...]:
    """Names that stand for another object at the end than before.

    Args:
        renamed: after the declared renames, before anything else.
        routines: name → definition, before and at the end, as far as known.
    """
    gone, come = (
        {key[1]: known.get(key[1], "") for key in these.keys() - others if key[0] == "routine"}
        for these, others, known in zip((before, after), (after, before), routines, strict=True)
    )
    places = namesakes(gone, come)
    had = _by_identity(before)
    then = {key: had[known] for known, key in _by_identity(renamed).items() if known in had}
    remains = {had[known] for known in _by_identity(after) if known in had}
    found = {}
    for key, stands in after.items():
        was = had.get((key[0], stands.oid, stands.number))
        # A partition that becomes its table takes the place of the one that had the name.
        old = key if key in before and key not in remains else then.get(key)
        if old is None and key in before:
            old = key
        if was is not None and old in {was, None}:
            continue
        if old is None and key[0] == "routine" and key[1] in places:
            old = ("routine", places[key[1]])
        if old is not None:
            found[key] = old
    return tuple(
        Renewed(after[key].kind, old[1], key[1])
        for key, old in sorted(found.items())
        if not _implied(key, old, found)
    )


def come_and_gone(
    before: Standing, after: Standing, anew: Iterable[Renewed]
) -> tuple[tuple[Owned, ...], tuple[Owned, ...]]:
    """Objects that exist only at the end, and objects that existed only before.

    Args:
        anew: objects made anew; they count as neither.
    """
    places = [(class_of(its.kind), its.old, its.new) for its in anew]
    new = {(its_class, name): (its_class, old) for its_class, old, name in places}
    return (
        _without_counterpart(after, before, new),
        _without_counterpart(before, after, {old: key for key, old in new.items()}),
    )


def _without_counterpart(
    these: Standing, others: Standing, counterparts: Mapping[_Key, _Key]
) -> tuple[Owned, ...]:
    known = _by_identity(others)
    alone = {
        key
        for key, its in these.items()
        if (key[0], its.oid, its.number) not in known and key not in counterparts
    }

    def goes_with_relation(key: _Key) -> bool:
        relation = ("relation", up_to(key[1], "."))
        if key[0] != "column" or relation in alone:
            return key[0] == "column"
        other = counterparts.get(relation)
        return other is not None and ("column", other[1] + key[1][len(relation[1]) :]) in others

    return tuple(
        Owned(these[key].kind, key[1]) for key in sorted(alone) if not goes_with_relation(key)
    )


def _by_identity(objects: Standing) -> dict[tuple[str, int, int], _Key]:
    return {(key[0], its.oid, its.number): key for key, its in objects.items()}


def _implied(key: _Key, old: _Key, found: Mapping[_Key, _Key]) -> bool:
    """Whether it is a column with the same name as before, of a relation that is made anew."""
    if key[0] != "column":
        return False
    relation, old_relation = (up_to(name, ".") for _, name in (key, old))
    same_name = key[1][len(relation) :] == old[1][len(old_relation) :]
    return same_name and found.get(("relation", relation)) == ("relation", old_relation)
