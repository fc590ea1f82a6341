"""Functions that defaults, checks, views and triggers use; aggregates, procedures."""

from dataclasses import dataclass

from tests.acceptance.generated.draft import Draft
from tests.acceptance.generated.names import literal, quote
from tests.acceptance.generated.structure import NOTHING, Expr, Item, Key, World
from tests.acceptance.generated.types import BUILTIN, Type, any_type, predicate


@dataclass(frozen=True)
class Routine(Item):
    """What all functions have.

    Attributes:
        attributes: such as ``IMMUTABLE STRICT``.
    """

    attributes: str

    def names(self) -> frozenset[Key]:
        return frozenset({("routine", self.name)})

    def signature(self) -> str:
        """As COMMENT ON names it."""
        return f"FUNCTION {quote(self.name)}()"

    def provides(self) -> frozenset[Key]:
        return frozenset({("routine", self.name, self.signature())})


@dataclass(frozen=True)
class Function(Routine):
    """Gives a constant, for defaults."""

    gives: Type
    value: Expr
    remark: str

    def needs(self) -> frozenset[Key]:
        return self.gives.needs | self.value.needs

    def provides(self) -> frozenset[Key]:
        return super().provides() | {("function", self.name, self.gives.sql)}

    def statements(self, world: World) -> list[str]:
        del world
        body = f"\n  select {self.value.sql} /* {self.remark} */\n"
        return [
            f"CREATE FUNCTION {quote(self.name)}() RETURNS {self.gives.sql} LANGUAGE sql "
            f"{self.attributes} AS {literal(body)}"
        ]

    def call(self) -> Expr:
        needs = frozenset({("function", self.name, self.gives.sql)}) | self.gives.needs
        return Expr(f"{quote(self.name)}()", needs)


@dataclass(frozen=True)
class Check(Routine):
    """Takes one value, and is true for all of them; for checks, indexes and policies."""

    takes: Type
    argument: str
    condition: Expr

    def signature(self) -> str:
        return f"FUNCTION {quote(self.name)}({self.takes.sql})"

    def needs(self) -> frozenset[Key]:
        return self.takes.needs | self.condition.needs

    def provides(self) -> frozenset[Key]:
        return super().provides() | {("check", self.name, self.takes.sql)}

    def statements(self, world: World) -> list[str]:
        del world
        return [
            f"CREATE FUNCTION {quote(self.name)}({quote(self.argument)} {self.takes.sql}) "
            f"RETURNS boolean LANGUAGE sql IMMUTABLE {self.attributes} "
            f"RETURN coalesce({self.condition.sql}, true)"
        ]

    def call(self, value: Expr) -> Expr:
        needs = value.needs | self.takes.needs | {("check", self.name, self.takes.sql)}
        return Expr(f"{quote(self.name)}({value.sql})", needs)


@dataclass(frozen=True)
class Counting(Routine):
    """Its body is parsed, so that it depends on what it reads."""

    table: str

    def needs(self) -> frozenset[Key]:
        return frozenset({("relation", self.table)})

    def statements(self, world: World) -> list[str]:
        del world
        return [
            f"CREATE FUNCTION {quote(self.name)}() RETURNS bigint LANGUAGE sql {self.attributes} "
            f"BEGIN ATOMIC SELECT pg_catalog.count(*) FROM {quote(self.table)}; END"
        ]


@dataclass(frozen=True)
class TriggerFunction(Routine):
    remark: str

    def provides(self) -> frozenset[Key]:
        return super().provides() | {("trigger function", self.name)}

    def statements(self, world: World) -> list[str]:
        del world
        body = f"\nbegin\n  -- {self.remark}\n  return coalesce(new, old);\nend\n"
        return [
            f"CREATE FUNCTION {quote(self.name)}() RETURNS trigger LANGUAGE plpgsql "
            f"{self.attributes} AS {literal(body)}"
        ]


@dataclass(frozen=True)
class Procedure(Routine):
    arguments: tuple[tuple[str, Type], ...]
    remark: str

    def signature(self) -> str:
        return f"PROCEDURE {quote(self.name)}({', '.join(t.sql for _, t in self.arguments)})"

    def needs(self) -> frozenset[Key]:
        return NOTHING.union(*(kind.needs for _, kind in self.arguments))

    def statements(self, world: World) -> list[str]:
        del world
        arguments = ", ".join(f"{quote(name)} {kind.sql}" for name, kind in self.arguments)
        body = f"begin raise notice '%', {literal(self.remark)}; end"
        return [
            f"CREATE PROCEDURE {quote(self.name)}({arguments}) LANGUAGE plpgsql AS {literal(body)}"
        ]


@dataclass(frozen=True)
class Aggregate(Routine):
    start: int

    def signature(self) -> str:
        return f"AGGREGATE {quote(self.name)}(integer)"

    def statements(self, world: World) -> list[str]:
        del world
        return [
            f"CREATE AGGREGATE {quote(self.name)}(integer) (sfunc = pg_catalog.int4pl, "
            f"stype = integer, initcond = '{self.start}'{self.attributes})"
        ]


def function(draft: Draft, name: str) -> Routine:
    """A function of any kind."""
    kind = draft.pick(
        ("value", "check", "trigger", "value", "check", "trigger", "count", "procedure", "aggregate")
    )
    attributes = _attributes(draft)
    if kind == "trigger":
        return TriggerFunction(name, attributes, _remark(draft))
    if kind == "aggregate":
        return Aggregate(name, draft.pick(("", ", parallel = safe")), draft.number(0, 9))
    if kind == "procedure":
        arguments: list[tuple[str, Type]] = []
        for _ in range(draft.number(0, 2)):
            argument = draft.fresh_of(name for name, _ in arguments)
            arguments.append((argument, any_type(draft)))
        return Procedure(name, "", tuple(arguments), draft.text())
    if kind == "count" and (relations := draft.relations()):
        return Counting(name, attributes, draft.pick(relations).name)
    if kind == "check":
        takes = any_type(draft)
        argument = draft.fresh_of(())
        condition = predicate(draft, Expr(quote(argument)), takes)
        return Check(name, draft.pick(("", "STRICT", "COST 7")), takes, argument, condition)
    gives = any_type(draft)
    if not gives.values:
        gives = BUILTIN[0]
    return Function(name, attributes, gives, draft.pick(gives.values), _remark(draft))


def other_function(draft: Draft, old: Routine) -> Routine:
    """Of the same kind, if that comes up soon; else of another."""
    new = function(draft, old.name)
    for _ in range(4):
        if type(new) is type(old):
            break
        new = function(draft, old.name)
    return new


def _attributes(draft: Draft) -> str:
    choices = (
        *("", "", "STABLE", "IMMUTABLE", "STABLE PARALLEL SAFE", "IMMUTABLE STRICT COST 42"),
        *("SECURITY DEFINER", "STABLE LEAKPROOF", "SET work_mem = '1MB'"),
        *("SET search_path = 'a.b', pg_temp", "STABLE SET datestyle = 'ISO, MDY'"),
    )
    return draft.pick(choices)


def _remark(draft: Draft) -> str:
    """What stands in a comment of a body."""
    return draft.text().replace("*/", "").replace("/*", "").replace("\n", " ").replace("\r", " ")
