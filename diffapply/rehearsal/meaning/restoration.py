"""Builds a structure as a dump and a restore would, to find out which texts mean the same."""

from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.rehearsal.meaning.wording import changed_expressions, worded_as
from diffapply.rehearsal.search.search import Search
from diffapply.scratch.sandbox import Sandbox
from diffapply.values import Column


def restored(sandbox: Sandbox, catalog: Catalog) -> Catalog:
    """The structure after a dump and a restore, as far as it can be built.

    PostgreSQL parses the texts that it writes. That may give other expressions than the stored
    ones; see `as_stored`.

    Args:
        sandbox: an empty one.
    """
    restoration = _Restoration(sandbox)
    restoration.lead(Ends.from_nothing(catalog), ())
    stands = sandbox.catalog()
    read = restoration.standing(catalog).live.facts
    return Catalog.of(
        fact
        for key, fact in stands.facts.items()
        if (wanted := catalog.facts.get(key)) and read[key].definition == wanted.definition
    )


class _Restoration(Search):
    """Builds a structure from the texts that PostgreSQL writes, unchanged."""

    def written(self, statement: str) -> str:
        """The statement, unchanged."""
        return statement

    def standing(self, goal: Catalog) -> Ends:
        """From where the sandbox stands, in the goal's texts where it was built from these."""
        stands = self.sandbox.catalog()
        words = changed_expressions(stands, goal)
        read = {key for key in words if self._was_read(goal.facts[key])}
        return Ends(worded_as(stands, goal, read), goal)

    def _was_read(self, fact: Fact) -> bool:
        """Whether one of our statements contained it; otherwise it came from a parent."""
        own = fact.kind == "column" and not Column.of(fact).inherited
        return fact.key in self.done or (own and ("table", fact.object) in self.done)
