"""The queries over all facts of many schemas, put together from the queries of the kinds.

They set the search path to each schema while its definitions are written, so that these do not name
the tenant; in texts, a stand-in replaces the name.
"""

from functools import cache

from diffapply.catalog.fact_queries import facts_query, members_query, needed, strangers_query
from diffapply.catalog.naming import replaced
from diffapply.catalog.prepared import Prepared
from diffapply.ddl.kinds import KINDS
from diffapply.model.own_name import Naming
from diffapply.model.scope import Counting
from diffapply.queries import query

_FINGERPRINTS = query("catalog/sql", "_fingerprints")
_FACTS = query("catalog/sql", "_facts")

# In one statement with the facts, so that the owners of all facts are known.
_FACTS_AND_STRANGERS = _FACTS.replace(
    "{facts}", f"{{facts}}\nunion all\nselect s.* from (\n{strangers_query()}\n) s"
)

_USUAL = frozenset({"v", "m", "pg_type", "pg_proc", "pg_cast"})
"""What many schemas have beside tables."""


def _planned_for(present: frozenset[str]) -> frozenset[str]:
    """Of few sets, the smallest that contains this one: the fewer queries are to be planned."""
    sets = (frozenset[str](), _USUAL, needed())
    return next(its for its in sets if present <= its)


def fingerprints_query(present: frozenset[str], counting: Counting) -> Prepared:
    """Schema oid, fingerprint; of schemas that have no more than what is present.

    Args:
        present: see `facts_query`.
        counting: which facts count.
    """
    planned = _planned_for(needed() & present)
    return _over_facts(_FINGERPRINTS, planned, Naming.OWN, counting)


def catalogs_query(
    present: frozenset[str],
    naming: Naming,
    counting: Counting,
    *,
    strangers: bool,
) -> Prepared:
    """Schema oid, kind, name, owner, definition, position; likewise.

    Args:
        naming: how a schema's own name is treated.
        strangers: also the strangers that own members, as rows of the kind ``stranger``.
    """
    final = _FACTS_AND_STRANGERS if strangers else _FACTS
    planned = _planned_for(needed() & present)
    return _over_facts(final, planned, naming, counting)


def facts_version(counting: Counting) -> str:
    """A digest of the query. If it differs, fingerprints cannot be compared."""
    return _over_facts(_FINGERPRINTS, needed(), Naming.OWN, counting).name


@cache
def _over_facts(
    final: str, present: frozenset[str], naming: Naming, counting: Counting
) -> Prepared:
    ignoring = counting.ignoring
    kinds = "\nunion all\n".join(
        query
        for kind in KINDS.values()
        if (counting.privileges or not kind.is_right)
        and (query := facts_query(kind, present, naming, ignoring))
    )
    whole = final.format(facts=kinds, definition=replaced(naming))
    return Prepared(f"with recursive {members_query(naming, ignoring)}\n{whole}")
