"""Changes columns after what hangs on them is dropped; the next round creates that again.

Foreign keys, indexes and other constraints follow a column by themselves, unless they do not fit
its new type. Of a foreign key, the other column has to fit, too: so often only these must go.
"""

from collections.abc import Callable, Iterable, Sequence

from diffapply.ddl.structure.keys import is_reference
from diffapply.model.catalog import Catalog, Ends, FactKey
from diffapply.rehearsal.search.change import Change, dependents
from diffapply.rehearsal.search.running import Runner

_Way = Callable[[Runner, Sequence[Change], Ends], int]
"""Changes columns, and returns how many."""


def detour(runner: Runner, changes: Iterable[Change], goal: Catalog) -> bool:
    """Change columns by a detour; returns whether any was changed. If none is, nothing is done.

    Args:
        changes: what does not run.
    """
    columns = [its for its in changes if its.ways and its.key and its.key[0] == "column"]
    return any(_leads_on(way, runner, columns, goal) for way in (_without_references, _alone))


def _leads_on(way: _Way, runner: Runner, columns: Sequence[Change], goal: Catalog) -> bool:
    ran = len(runner.ran)

    def changed() -> int:
        return way(runner, columns, Ends(runner.sandbox.catalog(), goal))

    led = runner.sandbox.kept_if(bool, changed)
    if not led:
        del runner.ran[ran:]
    return bool(led)


def _without_references(runner: Runner, columns: Sequence[Change], ends: Ends) -> int:
    """Drop the foreign keys that hang on the columns."""
    hanging = (ends.live.facts.get(key) for key in _hanging(runner, columns))
    keys = (fact.key for fact in hanging if fact and is_reference(fact))
    return _after(runner, keys, columns, ends)


def _alone(runner: Runner, columns: Sequence[Change], ends: Ends) -> int:
    """Drop all that hangs on the columns."""
    return _after(runner, _hanging(runner, columns), columns, ends)


def _after(runner: Runner, keys: Iterable[FactKey], columns: Sequence[Change], ends: Ends) -> int:
    return len(columns) - len(runner.run(columns)) if runner.clear(keys, ends) else 0


def _hanging(runner: Runner, columns: Iterable[Change]) -> list[FactKey]:
    """What hangs on columns, with what follows them by itself."""
    return dependents(runner.sandbox, (its.key for its in columns if its.key), automatic=True)
