"""Changes what stands in the sandbox into another structure, which is quicker than building it.

Most shapes of a fleet differ little from one another, and from their goal.
"""

from collections import defaultdict
from collections.abc import Collection

from diffapply.ddl.kinds import KINDS
from diffapply.model.catalog import Catalog, Ends, FactKey
from diffapply.model.scope import Scope
from diffapply.rehearsal.search.search import at_once
from diffapply.scratch.sandbox import Sandbox
from diffapply.values.sequence import Numbering

_COUNTED = tuple(kind.name for kind in KINDS.values() if issubclass(kind.value, Numbering))


class Standing:
    """What stands in the sandbox, committed."""

    def __init__(self) -> None:
        self._catalog: Catalog | None = None
        self._scope: Scope | None = None
        self._is_counted_anew = True

    def clear(self) -> None:
        """Nothing does."""
        self._catalog, self._scope, self._is_counted_anew = None, None, True

    def become(self, catalog: Catalog, scope: Scope) -> None:
        """It was built, or changed into this."""
        if self._catalog:
            self._is_counted_anew &= _keeps_numbers(self._catalog, catalog)
        self._catalog, self._scope = catalog, scope

    def is_at(self, catalog: Catalog, scope: Scope) -> bool:
        """Whether it has this structure."""
        stands = self._catalog
        return stands is not None and (stands.fingerprint, self._scope) == (
            catalog.fingerprint,
            scope,
        )

    def near(self, wanted: Catalog, scope: Scope) -> Catalog | None:
        """Its structure, if it may be changed into the wanted one, and if that is worth it."""
        if self._catalog is None or self._scope != scope or not self._is_counted_anew:
            return None
        return self._catalog if is_near(self._catalog, wanted) else None


def is_near(stands: Catalog, wanted: Catalog) -> bool:
    """Whether changing one into the other is less work than building it, and does as well."""
    changed = _changed(stands, wanted)
    work = len(changed | _made_again(changed, stands, wanted))
    return 2 * work < len(wanted.facts) and _keeps_order(stands, wanted)


def _keeps_numbers(before: Catalog, after: Catalog) -> bool:
    """Whether each sequence stands where a new one would, after one became the other.

    PostgreSQL leaves a sequence where it is if only its start or its bounds change; and one that
    takes another's place is set to where that one was.
    """
    changed = {key for key in _changed(before, after) if key[0] in _COUNTED}
    gone, come = changed & before.facts.keys(), changed & after.facts.keys()
    return not (gone and come)


def lead(sandbox: Sandbox, stands: Catalog, wanted: Catalog) -> bool:
    """Whether the statements that the facts propose lead there; if not, they may be half done.

    Args:
        stands: the sandbox's catalog.
    """
    if stands.fingerprint == wanted.fingerprint:
        return True
    found = at_once(sandbox, Ends(stands, wanted))
    if found is None or sandbox.try_run(found.statements) is not None:
        return False
    arrived = sandbox.catalog()
    return arrived.fingerprint == wanted.fingerprint and _columns(arrived) == _columns(wanted)


def _changed(stands: Catalog, wanted: Catalog) -> set[FactKey]:
    """What is in one of them alone, or defined otherwise in the other."""
    ends = (
        {(key, fact.definition) for key, fact in catalog.facts.items()}
        for catalog in (stands, wanted)
    )
    one, other = ends
    return {key for key, _ in one ^ other}


def _made_again(changed: Collection[FactKey], stands: Catalog, wanted: Catalog) -> set[FactKey]:
    """What PostgreSQL makes again where columns get another type: the keys and indexes there.

    It does so for each of these columns anew.
    """
    tables = {
        wanted.facts[key].object
        for key in changed
        if key[0] == "column" and key in wanted.facts and key in stands.facts
    }
    return {
        fact.key
        for table in tables
        for kind in ("constraint", "index")
        for fact in wanted.parts(kind, table)
    }


def _keeps_order(stands: Catalog, wanted: Catalog) -> bool:
    """Whether columns will have the order in which building gives them.

    It is no part of the structure, but row values in texts follow it.
    """
    had = _columns(stands)
    for table, names in _columns(wanted).items():
        kept = [name for name in had.get(table, names) if name in names]
        if kept != names[: len(kept)]:
            return False
    return True


def _columns(catalog: Catalog) -> dict[str, list[str]]:
    """Table → its columns, in their order."""
    found: dict[str, list[str]] = defaultdict(list)
    for fact in sorted(catalog.by_kind.get("column", ()), key=lambda fact: fact.position):
        found[fact.object].append(fact.name)
    return found
