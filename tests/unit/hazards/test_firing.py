"""The shared tables that a statement may change, by what routines and foreign keys lead to."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from diffapply.ddl.statements import Draft
from diffapply.hazards import firing

if TYPE_CHECKING:
    from diffapply.scratch.sandbox import Sandbox

_CHAIN = 2000
_LOG = _CHAIN, "public", "log", "public.log"


class _Catalogs:
    """Stands for a sandbox with these rows of the system catalogs."""

    scope = SimpleNamespace(schema="own")

    def __init__(self, **rows: list[tuple[Any, ...]]) -> None:
        self._rows = rows

    def rows(self, query: str, _parameters: object) -> list[tuple[Any, ...]]:
        """What a query finds."""
        found = {firing._LEADS: "leads", firing._RELATIONS: "relations"}
        return self._rows.get(found.get(query, "routines"), [])

    def told(self, statement: str) -> list[str]:
        """What is said of a statement."""
        hazards = firing.changes_shared(cast("Sandbox", self), Draft(statement))
        return [its.message for its in hazards]


def test_a_chain_of_keys_may_be_long() -> None:
    catalogs = _Catalogs(
        relations=[*((its, "own", f"t{its}", f"own.t{its}") for its in range(_CHAIN)), _LOG],
        leads=[("reference", its, its + 1, 8, "k") for its in range(_CHAIN)],
    )
    assert catalogs.told("delete from t0") == ["may change rows of public.log"]


def test_the_same_routine_is_told_each_time() -> None:
    """Names come out of a set in another order in each process."""
    names = [f"f{its}" for its in range(100, 130)]
    body = "insert into public.log values (1)"
    catalogs = _Catalogs(
        relations=[_LOG],
        routines=[(its, name, body, name) for its, name in enumerate(names)],
    )
    calls = ", ".join(f"{its}(1)" for its in reversed(names))
    assert catalogs.told(f"select {calls}") == ["may change rows of public.log, by f100"]
