"""Where live schemas are to come: to what is desired, in the words that they have for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from diffapply.model.catalog import Catalog, FactKey
from diffapply.model.plan import Rename, Shape
from diffapply.model.scope import Scope
from diffapply.rehearsal.cache import ProofCache, meaning_key
from diffapply.rehearsal.meaning import changed_expressions, of_equal_meaning, worded_as
from diffapply.rehearsal.rehearse import Rehearsal


@dataclass(frozen=True, slots=True)
class Goals:
    """The goals of what is live now; what has to be tried out for that is tried in scratch."""

    rehearsal: Rehearsal
    proofs: ProofCache

    def forward(
        self, catalog: Catalog, desired: Shape, scope: Scope, renames: Sequence[Rename]
    ) -> Shape:
        """The desired state for schemas that are so now.

        Of owners and grants that it does not speak of, they keep what they have; and their own
        words, where those mean the same.

        Args:
            catalog: what they are.
            scope: where in scratch they stand.
            renames: those that the desired state declares, quoted.
        """
        spoken = self.rehearsal.goal_for(catalog, desired, renames)
        return self.in_own_words(catalog, spoken, scope)

    def in_own_words(self, catalog: Catalog, goal: Shape, scope: Scope) -> Shape:
        """The goal for schemas that are so now, in their own words where those mean the same."""
        if not changed_expressions(catalog, goal.catalog):
            return goal
        alike = self._of_equal_meaning(catalog, goal, scope)
        return Shape(worded_as(goal.catalog, catalog, alike)) if alike else goal

    def _of_equal_meaning(self, catalog: Catalog, goal: Shape, scope: Scope) -> frozenset[FactKey]:
        key = meaning_key((Shape(catalog), goal), scope, self.rehearsal.conditions)
        found = self.proofs.recall_alike(key)
        if found is None:
            one, other = (self.rehearsal.restored(its, scope) for its in (catalog, goal.catalog))
            found = of_equal_meaning((catalog, goal.catalog), (one, other))
            self.proofs.keep_alike(key, found)
        return found
