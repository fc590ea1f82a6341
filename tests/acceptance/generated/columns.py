"""Columns of tables: type, collation, default, identity, computed, settings."""

from dataclasses import dataclass

from tests.acceptance.generated.draft import Draft
from tests.acceptance.generated.names import quote
from tests.acceptance.generated.programs import Function
from tests.acceptance.generated.sequences import Sequence, options
from tests.acceptance.generated.structure import NOTHING, Expr, Key
from tests.acceptance.generated.types import BUILTIN, Type, any_type


@dataclass(frozen=True)
class Column:
    """A column of a table or view.

    Attributes:
        uses: names of columns of the same table that it is computed from.
        not_null: the name of the constraint, empty for PostgreSQL's own; None if it may be null.
        identity: ``ALWAYS`` or ``BY DEFAULT``, and the options of its sequence.
        settings: what ALTER COLUMN sets, such as ``SET STATISTICS 10``.
    """

    name: str
    type: Type
    collation: str = ""
    default: Expr | None = None
    serial: bool = False
    not_null: str | None = None
    identity: str = ""
    computed: str = ""
    stored: bool = True
    uses: frozenset[tuple[str, str]] = frozenset()
    settings: tuple[str, ...] = ()

    def needs(self) -> frozenset[Key]:
        return self.type.needs | (self.default.needs if self.default else NOTHING)

    @property
    def indexable(self) -> bool:
        """Whether a btree may have it."""
        return self.type.ordered and (self.stored or not self.computed)

    def clause(self) -> str:
        """As CREATE TABLE has it."""
        kind = self.type.sql
        if self.serial:
            kind = {"integer": "serial", "bigint": "bigserial", "smallint": "smallserial"}[kind]
        parts = [quote(self.name), kind]
        if self.collation:
            parts.append(f"COLLATE {self.collation}")
        if self.default:
            parts.append(f"DEFAULT {self.default.sql}")
        if self.computed:
            word = "STORED" if self.stored else "VIRTUAL"
            parts.append(f"GENERATED ALWAYS AS ({self.computed}) {word}")
        if self.identity:
            parts.append(f"GENERATED {self.identity}")
        if self.not_null is not None:
            named = f"CONSTRAINT {quote(self.not_null)} " if self.not_null else ""
            parts.append(f"{named}NOT NULL")
        return " ".join(parts)


def column(draft: Draft, name: str, siblings: tuple[Column, ...] = ()) -> Column:
    """A column of any kind.

    Args:
        siblings: those that it may be computed from.
    """
    form = draft.pick(("plain", "plain", "plain", "identity", "serial", "computed"))
    plain = [other for other in siblings if not other.computed and other.type in BUILTIN]
    if form == "computed" and plain:
        return _computed(draft, name, draft.pick(plain))
    integers = [kind for kind in BUILTIN if kind.sql in ("integer", "bigint", "smallint")]
    if form == "serial":
        return Column(name, draft.pick(integers), serial=True, not_null="")
    if form == "identity":
        kind = draft.pick(integers)
        when = draft.pick(("BY DEFAULT", "ALWAYS"))
        sequence = f" ({its})" if (its := options(draft, kind.sql)) else ""
        return Column(name, kind, identity=f"{when} AS IDENTITY{sequence}", not_null="")
    kind = any_type(draft)
    return Column(
        name,
        kind,
        collation=draft.pick(('pg_catalog."C"', 'pg_catalog."POSIX"'))
        if kind.family == "text" and not kind.own and draft.chance(15)
        else "",
        default=default(draft, kind),
        not_null=_not_null(draft) if draft.chance(35) else None,
        settings=_settings(draft, kind),
    )


def default(draft: Draft, kind: Type) -> Expr | None:
    """A constant, a sequence, or a function of the structure's own."""
    if not draft.chance(50):
        return None
    choices = list(kind.values)
    for item in draft.of(Function):
        if item.gives == kind:
            choices.append(item.call())
    if kind.sql in ("integer", "bigint"):
        choices += [sequence.next() for sequence in draft.of(Sequence)]
    return draft.pick(choices) if choices else None


def _computed(draft: Draft, name: str, source: Column) -> Column:
    value = quote(source.name)
    forms = {
        "int": (0, f"({value})::integer * 2"),
        "text": (1, f"pg_catalog.upper(({value})::pg_catalog.text)"),
        "boolean": (12, f"NOT {value}"),
        "number": (9, f"pg_catalog.abs(({value})::numeric)"),
    }
    index, expression = forms.get(source.type.family, (12, f"{value} IS NULL"))
    return Column(
        name,
        BUILTIN[index],
        computed=expression,
        stored=draft.version < 18 or not draft.chance(30),
        uses=frozenset({(source.name, source.type.sql)}),
    )


def _not_null(draft: Draft) -> str:
    """A name of its own, from PostgreSQL 18, where the constraint has one."""
    return draft.fresh() if draft.version >= 18 and draft.chance(20) else ""


def _settings(draft: Draft, kind: Type) -> tuple[str, ...]:
    if not draft.chance(12):
        return ()
    choices = ["SET STATISTICS 10", "SET STATISTICS 0", "SET (n_distinct = 5)"]
    if kind.family == "text" and not kind.own:
        choices += ["SET STORAGE EXTERNAL", "SET STORAGE PLAIN", "SET COMPRESSION pglz"]
    return tuple(draft.some(choices, most=2))
