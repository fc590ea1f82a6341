"""What a structure becomes by a dump and its restore: so it is found out what means the same."""

from diffapply.model.catalog import Catalog, Fact
from diffapply.rehearsal.meaning import changed_expressions, worded_as
from diffapply.rehearsal.search import Search
from diffapply.scratch.sandbox import Sandbox
from diffapply.values import Column


def restored(sandbox: Sandbox, catalog: Catalog) -> Catalog:
    """What a structure becomes by a dump and its restore, as far as that can be had.

    Its definitions are read as PostgreSQL writes them, which does not always give what it wrote
    them from: see `as_stored`.

    Args:
        sandbox: an empty one.
    """
    restoration = _Restoration(sandbox)
    restoration.lead(Catalog.of([]), catalog, ())
    stands = sandbox.catalog()
    read = restoration.standing(catalog).facts
    return Catalog.of(
        fact
        for key, fact in stands.facts.items()
        if (wanted := catalog.facts.get(key)) and read[key].definition == wanted.definition
    )


class _Restoration(Search):
    """Builds a structure from what PostgreSQL writes of it, whatever expressions that gives."""

    def written(self, statement: str) -> str:
        """The statement as it stands."""
        return statement

    def standing(self, goal: Catalog) -> Catalog:
        """What stands in the sandbox now, in the goal's words where it was read from those."""
        stands = super().standing(goal)
        words = changed_expressions(stands, goal)
        return worded_as(stands, goal, {key for key in words if self._was_read(goal.facts[key])})

    def _was_read(self, fact: Fact) -> bool:
        """Whether a statement of ours said it: other things come from a parent."""
        own = fact.kind == "column" and not Column.of(fact).inherited
        return fact.key in self.done or (own and ("table", fact.object) in self.done)
