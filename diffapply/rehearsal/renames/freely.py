"""Renames that nobody declares, of what holds nothing: its name alone differs, or is in the way."""

from collections import defaultdict, deque
from collections.abc import Collection

from diffapply.ddl.kinds import KINDS
from diffapply.ddl.kinds.new_table import constraint_place
from diffapply.ddl.statements import Drafts
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.rehearsal.renames.moves import Move, in_turn
from diffapply.values import Constraint
from diffapply.values.grammar import IDENTIFIER, Regex


def displaced(ends: Ends, built_in: Collection[str]) -> Drafts:
    """Drafts that rename objects that go, if the goal means something else by their names.

    As long as such an object is there, the goal's definitions would mean it.

    Args:
        built_in: names of PostgreSQL's own types.
    """
    named = (f.name for f in ends.goal.facts.values() if KINDS[f.kind].namespace in _NAMES_OF_TYPES)
    taken = {*built_in, *named}
    return tuple(
        draft
        for fact in ends.live.facts.values()
        if (put_aside := KINDS[fact.kind].put_aside)
        and fact.key not in ends.goal.facts
        and fact.name in taken
        for draft in put_aside(fact)
    )


_NAMES_OF_TYPES = ("relation", "index", "type")
"""The namespaces of names that a type, or a table, cannot have as well."""


def nameless(ends: Ends) -> Drafts:
    """Drafts that rename objects without data, if only their names differ."""
    moves = []
    for kind in KINDS.values():
        if not kind.renamed_freely:
            continue
        extra: dict[_Content, deque[Fact]] = defaultdict(deque)
        for fact in _unlike(ends.live, ends.goal, kind.name):
            extra[_content(fact)].append(fact)
        for new in sorted(_unlike(ends.goal, ends.live, kind.name), key=_as_one_reads):
            if same := extra.get(_content(new)):
                # For a sequence the definition names the column that owns it.
                old = same.popleft()
                moves.append(Move(kind.renamed_freely, new.object, old.part, new.part))
    return in_turn(moves)


def _as_one_reads(fact: Fact) -> tuple[str, int, str]:
    """By table; keys before checks, and these before foreign keys."""
    place = constraint_place(Constraint.of(fact)) if fact.kind == "constraint" else fact.position
    return fact.object, place, fact.name


def _unlike(one: Catalog, other: Catalog, kind: str) -> list[Fact]:
    """The facts of a kind that the other catalog lacks, or defines in another way."""
    return [
        fact
        for fact in one.by_kind.get(kind, ())
        if (its := other.facts.get(fact.key)) is None
        or (its.definition != fact.definition and _content(its) != _content(fact))
    ]


_Content = tuple[str, str]


def _content(fact: Fact) -> _Content:
    """What it says beside its name; a constraint trigger says that in its constraint as well."""
    return fact.object, _CREATED.sub(r"\1", fact.definition)


_CREATED = Regex(rf"^(CREATE (?:TRIGGER|RULE)) {IDENTIFIER}")
