"""One way from a structure to another: how it begins, and what it costs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from diffapply.ddl.kinds.constraints import drop_constraint
from diffapply.ddl.kinds.positions import outliving, waiting, with_carries
from diffapply.ddl.locks import locks_of
from diffapply.ddl.risk import told
from diffapply.ddl.standing import after
from diffapply.ddl.statements import Draft, Drafts
from diffapply.hazards.given import Given
from diffapply.model.catalog import Catalog, Ends, FactKey
from diffapply.model.hazards import Hazard
from diffapply.model.plan import Shape
from diffapply.model.rename import Rename
from diffapply.proposal.composition import joined
from diffapply.rehearsal.renames.freely import displaced, nameless
from diffapply.rehearsal.renames.renaming import rename_declared, run_each
from diffapply.rehearsal.renames.repartitioned import references_to_repartitioned, repartitioned
from diffapply.rehearsal.search.search import Found
from diffapply.scratch.sandbox import Sandbox


@dataclass(frozen=True)
class Leg:
    """Where a transition begins and ends.

    Attributes:
        reworded: see `Wanted`; until PostgreSQL does so, the search reads it as the goal has it.
    """

    source: Shape
    goal: Shape
    renames: tuple[Rename, ...]
    reworded: frozenset[FactKey] = frozenset()

    @property
    def words(self) -> Mapping[FactKey, tuple[str, str]]:
        """What is reworded → its words before and after that."""
        source, goal = self.source.catalog.facts, self.goal.catalog.facts
        return {key: (source[key].definition, goal[key].definition) for key in self.reworded}

    @property
    def routines(self) -> tuple[dict[str, str], dict[str, str]]:
        """Name → definition, at the beginning and at the end."""
        source, goal = (
            {fact.name: fact.definition for fact in end.catalog.by_kind.get("routine", ())}
            for end in (self.source, self.goal)
        )
        return source, goal

    def begin(self, sandbox: Sandbox) -> "Beginning":
        """Do the renames, and drop what keeps them from being done."""
        ends = Ends(sandbox.reworded(self.source.catalog), self.goal.catalog)
        ran, ends = rename_declared(sandbox, self.renames, ends)
        freed = references_to_repartitioned(ends)
        drops = [drop for key in freed for drop in drop_constraint(key, ends.live)[0]]
        moved = run_each(sandbox, (*drops, *repartitioned(ends)))
        moved += run_each(sandbox, displaced(ends, _built_in(sandbox)))
        if moved:
            ends = replace(ends, live=sandbox.catalog())
        more = run_each(sandbox, nameless(ends))
        if more:
            ends = replace(ends, live=sandbox.catalog())
        if kept := run_each(sandbox, outliving(ends)):
            ends = replace(ends, live=sandbox.catalog())
        gone = (its for its in freed if its.key not in ends.goal.facts)
        before = Catalog.of((*ends.live.facts.values(), *gone))
        return Beginning((*ran, *moved, *more, *kept), ends, replace(ends, live=before))


@dataclass(frozen=True)
class Beginning:
    """How a way to the goal begins.

    Attributes:
        drafts: those that ran.
        ends: what stands after them, and the goal.
        risked: the same, with what they dropped for good: what is told of risks.
    """

    drafts: Drafts
    ends: Ends
    risked: Ends


@dataclass(frozen=True)
class Placed:
    """A statement of a way.

    Attributes:
        ends: what stands when it runs, and the goal.
        known: see `standing.after`.
    """

    draft: Draft
    ends: Ends
    known: bool = True

    @cached_property
    def risks(self) -> tuple[Hazard, ...]:
        """What it risks."""
        return told(self.draft.risks, self.ends)

    @property
    def locks(self) -> dict[str, str]:
        """Table → the strongest lock that it takes by itself."""
        return locks_of(self._said, self.ends.live)

    @property
    def after(self) -> Ends:
        """What stands then, and the goal."""
        return after(self.draft, self._said, self.ends, known=self.known)

    @cached_property
    def _said(self) -> str:
        return self.draft.printed if isinstance(self.draft, Given) else self.draft.sql


@dataclass(frozen=True)
class Candidate:
    """One way to the goal.

    Attributes:
        renamed: what it begins with.
        ends: what stood there after those, and the goal.
        ordered: all drafts, where they are to run in another order.
        composed: whether several changes of one table are one statement.
        apart: what stands before the actions that are nevertheless statements of their own, such as
            ``ALTER TABLE t``.
    """

    renamed: Drafts
    ends: Ends
    found: Found
    ordered: Drafts = ()
    composed: bool = True
    apart: frozenset[str] = frozenset()

    @cached_property
    def drafts(self) -> Drafts:
        """All of them, in the order in which they run."""
        found = self.found.drafts
        found = joined(found, self.apart) if self.composed else found
        return self.ordered or with_carries((*self.renamed, *found), waiting(self.renamed))

    @property
    def remaining(self) -> bool:
        """Whether it misses the goal."""
        return bool(self.found.remaining)

    @property
    def may_be_improved(self) -> bool:
        """Whether another way may reach the goal, or do so without creating anything again."""
        return self.remaining or any(draft.anew for draft in self.found.drafts)

    @property
    def may_lose(self) -> bool:
        """Whether it may lose data."""
        return bool(self.cost[0])

    @cached_property
    def cost(self) -> tuple[int, int, int]:
        """What may lose data, and what goes: a statement may do several of these; statements."""
        losses = dropping = 0
        for one in self.placed:
            losses += sum(hazard.kind == "data" for hazard in one.risks)
            dropping += len(one.draft.drops)
        return losses, dropping, len(self.drafts)

    @cached_property
    def placed(self) -> tuple[Placed, ...]:
        """Its statements, and what stands when they run.

        `ends` are those after the first ones, by which things got other names.
        """
        known = not any(isinstance(its, Given) for its in self.drafts)
        first = len(self.renamed)
        placed = [Placed(draft, self.ends, known) for draft in self.drafts[:first]]
        ends = _without({key for its in self.renamed for key in its.gone}, self.ends)
        for draft in self.drafts[first:]:
            placed.append(Placed(draft, ends, known))
            ends = placed[-1].after
        return tuple(placed)

    def rank(self) -> tuple[bool, tuple[int, int, int]]:
        """The better one is the smaller one."""
        return self.remaining, self.cost


def _without(gone: set[FactKey], ends: Ends) -> Ends:
    """The ends, without constraints that are gone."""
    dropped = {key for key in gone if key[0] == "constraint" and key in ends.live.facts}
    kept = {key: fact for key, fact in ends.live.facts.items() if key not in dropped}
    return replace(ends, live=Catalog(kept), begun=ends.held) if dropped else ends


def _built_in(sandbox: Sandbox) -> set[str]:
    """The names of PostgreSQL's own types."""
    found = sandbox.rows(
        "select quote_ident(typname) from pg_type "
        "where typnamespace = 'pg_catalog'::regnamespace and typelem = 0",
        {},
    )
    return {name for (name,) in found}
