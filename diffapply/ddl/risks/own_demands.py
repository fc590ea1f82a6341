"""What the tenant's own types demand of values: if one does not meet it, a conversion fails.

A type that keeps its name may be made of something else, and a domain may have other constraints.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from diffapply.ddl.conversion.casts import by_text
from diffapply.ddl.conversion.conversions import Type, keeps_values
from diffapply.ddl.conversion.own_types import below, range_of
from diffapply.ddl.risk import is_elsewhere
from diffapply.ddl.risks.demands import met
from diffapply.ddl.risks.samples import read_trial, samples, trial
from diffapply.ddl.structure.lookup import fact_named
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.values import Check, Column, Composite, Range


def refuses(column: Fact, new: str, using: str, ends: Ends) -> Iterator[Hazard]:
    """That a statement fails on values that a column's type of the tenant's own does not take.

    What a type of another name does not take, `retyping` tells.

    Args:
        column: as it is before.
        new: its type afterwards.
        using: the expression that converts the values.
    """
    its = Column.of(column)
    if its.kept or is_elsewhere(column.object, ends.live):
        return
    walk = _Walk(ends)
    for part in walk.parts(column.name, its.type, new):
        for domain in walk.stricter(part):
            yield from met(column.object, f"domain {domain}").tell(ends)
        is_whole = part.path == column.name
        if using == by_text(column.part, new) and walk.has_other_places(part):
            where = f"a tenant where a value of {part.path} cannot become {Type.of(part.wants)}"
            yield Hazard.failing(HazardCode.FAILS_ON_VALUES, where)
        if is_whole and Type.of(its.type) != Type.of(new):
            continue
        had, wants = below(part.had, ends.live), below(part.wants, ends.goal)
        tried = () if keeps_values(had, wants) else samples(had, ends.live)
        if not tried:
            continue
        if is_whole:
            check = trial(column.part, tried, wants, using and f"{column.part}::{wants}")
        else:
            check = read_trial(tried, wants)
        where = f"a tenant where a value of {part.path} cannot become {Type.of(wants)}"
        yield Hazard.failing(HazardCode.FAILS_ON_VALUES, where, check)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a value.

    Attributes:
        path: the column's name, and those of attributes.
        had: its type before; `wants`, afterwards.
    """

    path: str
    had: str
    wants: str


@dataclass(frozen=True, slots=True)
class _Walk:
    """Through all that values consist of."""

    ends: Ends

    def parts(
        self, path: str, had: str, wants: str, above: tuple[str, ...] = ()
    ) -> Iterator[_Part]:
        """The value itself, and what it consists of before and afterwards.

        Args:
            above: the types that it is in; a table's row type may contain itself.
        """
        yield _Part(path, had, wants)
        name = Type.of(below(had, self.ends.live)).base
        if name in above or Type.of(below(wants, self.ends.goal)).base != name:
            return
        catalogs = self.ends.live, self.ends.goal
        old, new = (fact_named(its, "composite type", name) for its in catalogs)
        if old and new:
            kinds = Composite.of(old).by_name
            for attribute, kind in Composite.of(new).by_name.items():
                if attribute in kinds:
                    old_kind, new_kind = map(_without_collation, (kinds[attribute], kind))
                    yield from self.parts(f"{path}.{attribute}", old_kind, new_kind, (*above, name))
        old, new = (range_of(name, its) for its in catalogs)
        if old and new:
            subtypes = Range.of(old).subtype, Range.of(new).subtype
            yield from self.parts(f"bounds of {path}", *subtypes, (*above, name))

    def has_other_places(self, part: _Part) -> bool:
        """Whether the text of a composite value has fewer attributes than are read, or more."""
        types = (part.had, self.ends.live), (part.wants, self.ends.goal)
        found = (
            fact_named(catalog, "composite type", Type.of(below(type_, catalog)).base)
            for type_, catalog in types
        )
        counts = [len(Composite.of(fact).attributes) for fact in found if fact]
        return len(set(counts)) > 1

    def stricter(self, part: _Part) -> Iterator[str]:
        """The domains that demand what was not demanded of a part before."""
        had = {definition for _, definition in _demands(part.had, self.ends.live)}
        demands = _demands(part.wants, self.ends.goal)
        yield from dict.fromkeys(name for name, definition in demands if definition not in had)


def _without_collation(kind: str) -> str:
    return kind.partition(" COLLATE ")[0]


def _demands(type_: str, catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Each domain that a type is, or is an array of, and what it demands."""
    while domain := fact_named(catalog, "domain", Type.of(type_).base):
        if ("domain not null", domain.name) in catalog.facts:
            yield domain.name, "NOT NULL"
        for fact in catalog.parts("domain constraint", domain.name):
            if Check.of(fact).valid:
                yield domain.name, Check.of(fact).expression
        type_ = Column.of(domain).type
