"""Renames: declared ones, those that lose nothing to guess, and those to ask about.

A rename that nobody declares is a drop and an add, and loses the data between them. So tables and
columns are renamed only when the desired state says so; indexes, constraints and sequences, whose
names hold nothing, also when only the name differs.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from diffapply.catalog.model import Catalog, Fact
from diffapply.planning.ddl.statements import aside
from diffapply.planning.ddl.types import put_aside
from diffapply.planning.model import Rename, RenameKind

_ORDER: tuple[RenameKind, ...] = ("table", "column", "index", "constraint")


def inverse(renames: Iterable[Rename]) -> tuple[Rename, ...]:
    """What takes renames back, two steps of one item at once included."""
    renames = tuple(renames)
    tables = {rename.new: rename.old for rename in renames if rename.kind == "table"}
    back = [
        replace(
            rename, table=tables.get(rename.table, rename.table), old=rename.new, new=rename.old
        )
        for rename in reversed(renames)
    ]
    both = [
        replace(second, old=first.old)
        for number, first in enumerate(back)
        for second in back[number + 1 :]
        if (second.kind, second.table, second.old) == (first.kind, first.table, first.new)
    ]
    return (*back, *both)


def declared(renames: Iterable[Rename], live: Catalog, goal: Catalog) -> list[str]:
    """Statements for the renames that are yet to be done; none once they are."""
    statements: list[str] = []
    tables: dict[str, str] = {}
    for rename in sorted(renames, key=lambda rename: _ORDER.index(rename.kind)):
        # A table may have been renamed just before; live still has it under the old name.
        live_table = tables.get(rename.table, rename.table)
        old, new = _name(rename, live_table, rename.old), _name(rename, live_table, rename.new)
        goal_old = _name(rename, rename.table, rename.old)
        goal_new = _name(rename, rename.table, rename.new)
        if (
            (rename.kind, old) not in live.facts
            or (rename.kind, new) in live.facts
            or (rename.kind, goal_new) not in goal.facts
            or (rename.kind, goal_old) in goal.facts
        ):
            continue
        if rename.kind == "table":
            tables[rename.new] = rename.old
        statements.append(_statement(rename))
    return statements


def repartitioned(live: Catalog, goal: Catalog) -> list[str]:
    """Statements for tables that become partitioned, or cease to be, that keep their rows.

    A table becomes its own first partition: the default one, or the only one. The other way
    round, that partition becomes the table.
    """
    statements = []
    for table in live.facts.values():
        wanted = goal.facts.get(table.key)
        if table.kind != "table" or wanted is None or ("partition", table.name) in live.facts:
            continue
        was, becomes = (" PARTITION BY " in fact.definition for fact in (table, wanted))
        if becomes and not was and (first := _first_partition(table.name, goal, live)):
            statements.append(f"ALTER TABLE {table.name} RENAME TO {first}")
        elif was and not becomes and (first := _first_partition(table.name, live, goal)):
            statements += [
                f"ALTER TABLE {table.name} DETACH PARTITION {first}",
                f"ALTER TABLE {table.name} RENAME TO {aside(table.name)}",
                f"ALTER TABLE {first} RENAME TO {table.name}",
            ]
    return statements


_TYPES = ("table", "enum", "composite type", "domain", "range type")
"""What has a type's name, and others of the kinds below cannot have it as well."""
_NAMED = (*_TYPES, "view", "materialized view", "sequence", "index")


def displaced(live: Catalog, goal: Catalog, built_in: Collection[str]) -> list[str]:
    """Statements for what the goal does not have, but whose name means something else there.

    As long as it stood in front, the goal's own definitions would mean it.

    Args:
        built_in: names of PostgreSQL's own types.
    """
    taken = {*built_in, *(fact.name for fact in goal.facts.values() if fact.kind in _NAMED)}
    return [
        statement
        for fact in live.facts.values()
        if fact.kind in _TYPES and fact.key not in goal.facts and fact.name in taken
        for statement in put_aside(fact)
    ]


def _first_partition(table: str, having: Catalog, lacking: Catalog) -> str | None:
    found = [
        fact
        for fact in having.facts.values()
        if fact.kind == "partition"
        and fact.definition.startswith(f"OF {table} ")
        and ("table", fact.name) not in lacking.facts
        and " PARTITION BY " not in having.facts["table", fact.name].definition
    ]
    default = [fact for fact in found if fact.definition == f"OF {table} DEFAULT"]
    chosen = default or found
    return chosen[0].name if len(chosen) == 1 else None


def nameless(live: Catalog, goal: Catalog) -> list[str]:
    """Statements for what differs in nothing but a name that holds no data."""
    statements = []
    for kind, form in (
        ("constraint", "ALTER TABLE {owner} RENAME CONSTRAINT {old} TO {new}"),
        ("index", "ALTER INDEX {old} RENAME TO {new}"),
        ("sequence owner", "ALTER SEQUENCE {old} RENAME TO {new}"),
    ):
        extra = _only_in(live, goal, kind)
        for fact in _only_in(goal, live, kind):
            # For a sequence the definition names the column that owns it.
            same = [
                other
                for other in extra
                if (other.owner, other.definition) == (fact.owner, fact.definition)
            ]
            if same:
                extra.remove(same[0])
                statements.append(
                    form.format(owner=fact.owner, old=_last(same[0]), new=_last(fact))
                )
    return statements


def suspected(live: Catalog, goal: Catalog) -> tuple[str, ...]:
    """Sentences on dropped and added columns that look like renames."""
    added = _only_in(goal, live, "column")
    sentences = []
    for old in _only_in(live, goal, "column"):
        alike = [new for new in added if (new.owner, new.definition) == (old.owner, old.definition)]
        if alike and ("table", old.owner) in live.facts:
            new = alike[0]
            sentences.append(
                f"{old.name} → {_last(new)} looks like a rename, but is planned as a drop and an "
                f"add, which loses the values. If it is one, declare it on the new column: "
                f'info={{"renamed_from": "{_last(old)}"}}.'
            )
    return tuple(sentences)


def _name(rename: Rename, table: str, last: str) -> str:
    return f"{table}.{last}" if rename.kind in ("column", "constraint") else last


def _statement(rename: Rename) -> str:
    if rename.kind == "table":
        return f"ALTER TABLE {rename.old} RENAME TO {rename.new}"
    if rename.kind == "index":
        return f"ALTER INDEX {rename.old} RENAME TO {rename.new}"
    word = rename.kind.upper()
    return f"ALTER TABLE {rename.table} RENAME {word} {rename.old} TO {rename.new}"


def _only_in(one: Catalog, other: Catalog, kind: str) -> list[Fact]:
    return [fact for key, fact in one.facts.items() if fact.kind == kind and key not in other.facts]


def _last(fact: Fact) -> str:
    return fact.name if fact.kind in ("index", "sequence owner") else _after_owner(fact)


def _after_owner(fact: Fact) -> str:
    return fact.name[len(fact.owner) + 1 :]


def from_declarations(declarations: Sequence[Rename], quoted: Sequence[str]) -> tuple[Rename, ...]:
    """Renames whose names PostgreSQL has quoted: three for each, in the order of the fields."""
    names = iter(quoted)
    return tuple(
        replace(rename, table=next(names), old=next(names), new=next(names))
        for rename in declarations
    )
