"""Renames: those that are declared, and those that can be guessed without losing anything.

A rename that nobody declares is a drop and an add, and loses the data between them. So tables and
columns are renamed only when the desired state says so; indexes, constraints and sequences, whose
names hold nothing, also when only the name differs.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from diffapply.ddl.kinds import KINDS
from diffapply.ddl.kinds.attaching import detach
from diffapply.ddl.kinds.new_table import constraint_place
from diffapply.ddl.statements import Draft, Drafts, aside, drafts
from diffapply.ddl.structure.detaching import references
from diffapply.ddl.structure.partitions import is_partitioned, tables_above
from diffapply.model.catalog import Catalog, Ends, Fact, FactKey
from diffapply.model.plan import Rename, RenameKind
from diffapply.rehearsal.renames.moves import WHOLE, Move, circles, in_turn, named
from diffapply.values import Constraint, Exclude, Key, Partition
from diffapply.values.grammar import IDENTIFIER, Regex

DECLARED: tuple[RenameKind, ...] = get_args(RenameKind)
"""Kinds whose renames are declared, in the order in which they are done."""


def inverse(renames: Iterable[Rename]) -> tuple[Rename, ...]:
    """The renames that take these back; of two steps of one item, both at once as well."""
    renames = tuple(renames)
    wholes: dict[FactKey, list[str]] = defaultdict(list)
    for rename in renames:
        wholes[rename.kind, rename.new].append(rename.old)
    back = [
        replace(rename, table=whole, old=rename.new, new=rename.old)
        for rename in reversed(renames)
        for whole in (
            wholes.get((WHOLE[rename.kind], rename.table), [rename.table])
            if rename.kind in WHOLE
            else [rename.old]
        )
    ]
    both = [
        replace(second, old=first.old)
        for number, first in enumerate(back)
        for second in back[number + 1 :]
        if (second.kind, second.table, second.old) == (first.kind, first.table, first.new)
        and second.new != first.old
    ]
    return (*back, *both)


@dataclass(frozen=True, slots=True)
class Declared:
    """Declared renames of one kind that may not be done yet.

    Attributes:
        plain: what renames.
        exchanges: the drafts of each exchange of names. Both names are there before and after;
            only the objects tell whether it was done.
    """

    plain: Drafts
    exchanges: tuple[Drafts, ...]


def declared(renames: Iterable[Rename], kind: RenameKind, ends: Ends) -> Declared:
    """The declared renames of a kind that are yet to be done; none once they are.

    Args:
        ends: from what there is when the renames of the kinds before this one are done.
    """
    moves = [Move.of(its) for its in renames if its.kind == kind]
    moves = applicable(moves, ends) if moves else []
    exchanges = circles(moves)
    going_round = {move for circle in exchanges for move in circle}
    return Declared(
        in_turn(move for move in moves if move not in going_round),
        tuple(in_turn(circle) for circle in exchanges),
    )


def applicable(moves: Iterable[Move], ends: Ends) -> list[Move]:
    """The moves from a name that goes to one that comes."""
    there, wanted = named(ends.live), named(ends.goal)
    # Of several earlier names, the last one that is there counts.
    arriving = {move.after: move for move in moves if move.before in there and move.after in wanted}
    left = {move.before: move for move in arriving.values()}
    while True:
        coming = {move.after for move in left.values()}
        kept = {
            before: move
            for before, move in left.items()
            if (move.after not in there or move.after in left)
            and (before not in wanted or before in coming)
        }
        if len(kept) == len(left):
            return [*kept.values()]
        left = kept


def repartitioned(ends: Ends) -> Drafts:
    """Drafts for tables that become partitioned, or cease to be, that keep their rows.

    A table becomes its own first partition: the default one, or the only one. The other way
    round, that partition becomes the table. One that is a partition itself is detached before.
    """
    statements: list[str | Draft] = []
    for table, first in _partitioned(ends.live, ends.goal):
        statements += [*_leaving(table, ends), f"ALTER TABLE {table} RENAME TO {first}"]
    for table, first in _partitioned(ends.goal, ends.live):
        statements += [
            *_leaving(table, ends),
            detach(ends.live.facts["partition", first]),
            f"ALTER TABLE {table} RENAME TO {aside(table)}",
            *_names_freed(table, ends),
            f"ALTER TABLE {first} RENAME TO {table}",
        ]
    return drafts(*statements)


def _leaving(table: str, ends: Ends) -> Drafts:
    partition = ends.live.facts.get(("partition", table))
    return (detach(partition),) if partition else ()


def _names_freed(table: str, ends: Ends) -> Drafts:
    """Drafts that free the names of a table's indexes, once it has another name itself.

    What becomes a partition needs them before, as parts of other indexes cannot be renamed.
    """
    if ("partition", table) not in ends.goal.facts:
        return ()
    keys = [
        fact
        for fact in ends.live.parts("constraint", table)
        if isinstance(Constraint.of(fact), Key | Exclude)
    ]
    return tuple(
        Move(fact.kind, aside(table), fact.part, aside(fact.part)).draft
        for fact in (*keys, *ends.live.parts("index", table))
        if fact.key in ends.goal.facts
    )


def references_to_repartitioned(ends: Ends) -> list[Fact]:
    """The foreign keys that would keep partitions from being detached then; see `detaching`."""
    live = ends.live
    tables = [
        *(table for table, _ in _partitioned(ends.goal, live)),
        *(
            above
            for one, other in ((live, ends.goal), (ends.goal, live))
            for table, _ in _partitioned(one, other)
            for above in tables_above(table, live)
        ),
    ]
    return [key for table in dict.fromkeys(tables) for key in references(table, live)]


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


def _partitioned(plain: Catalog, split: Catalog) -> list[tuple[str, str]]:
    """Tables of both that are partitioned in one alone, each with its first partition there."""
    return [
        (table.name, first)
        for table in plain.by_kind.get("table", ())
        if not is_partitioned(table.name, plain)
        and is_partitioned(table.name, split)
        and (first := _first_partition(table.name, split, plain))
    ]


def _first_partition(table: str, having: Catalog, lacking: Catalog) -> str | None:
    found = [
        fact
        for fact in having.by_kind.get("partition", ())
        if Partition.of(fact).parent == table
        and ("table", fact.name) not in lacking.facts
        and not is_partitioned(fact.name, having)
    ]
    default = [fact for fact in found if Partition.of(fact).bound == "DEFAULT"]
    chosen = default or found
    return chosen[0].name if len(chosen) == 1 else None


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


def from_declarations(declarations: Sequence[Rename], quoted: Sequence[str]) -> tuple[Rename, ...]:
    """Renames whose names PostgreSQL has quoted: three for each, in the order of the fields."""
    names = iter(quoted)
    return tuple(
        replace(rename, table=next(names), old=next(names), new=next(names))
        for rename in declarations
    )
