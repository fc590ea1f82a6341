"""A transition that is blocked in some of its tenants."""

from dataclasses import replace

from diffapply.model.affected import Owned, Renewed
from diffapply.model.plan import Transition
from diffapply.model.statement import Statement

_GOES = Transition(
    "a",
    "b",
    ("user_1", "user_2"),
    (Statement("DROP VIEW v"),),
    notes=("a hint",),
    no_way_back=("v was never kept",),
    managed=frozenset({"v"}),
    anew=(Renewed("view", "w", "w"),),
    dropped=(Owned("view", "v"),),
    created=(Owned("table", "t"),),
    alone=True,
)


def test_what_is_blocked_does_nothing() -> None:
    """So whoever reads what it makes or drops need not ask first whether it runs."""
    blocked = _GOES.blocked_for(("user_2",), ("something hangs on v",))
    nothing = Transition("a", "b", ("user_2",), ())
    assert blocked == replace(
        nothing, blocked=("something hangs on v",), notes=_GOES.notes, managed=_GOES.managed
    )
