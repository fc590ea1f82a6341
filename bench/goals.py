"""The goals that the tool was built to, and what a run says of them."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.results import Run

_APPLY = "apply"


@dataclass(frozen=True, slots=True)
class Goal:
    """A limit, and where in a run the value stands that is held against it.

    Attributes:
        tenants: the size of the database that it is about; None: any.
        measured: the value, None if the run does not have it.
    """

    name: str
    tenants: int | None
    limit: float
    measured: Callable[[Run], float | None]
    at_least: bool = False

    @property
    def bound(self) -> str:
        """The limit, with the side on which a value must be."""
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}"

    def met(self, value: float) -> bool:
        """Whether the value is within the limit."""
        return value >= self.limit if self.at_least else value <= self.limit


def _seconds(part: str, name: str) -> Callable[[Run], float | None]:
    return lambda run: m.median if (m := run.get(part, name)) else None


def _memory(part: str, name: str) -> Callable[[Run], float | None]:
    return lambda run: m.mebibytes if (m := run.get(part, name)) else None


def _figure(part: str, name: str, figure: str) -> Callable[[Run], float | None]:
    return lambda run: m.figures.get(figure) if (m := run.get(part, name)) else None


def _ratio(
    above: Callable[[Run], float | None], below: Callable[[Run], float | None]
) -> Callable[[Run], float | None]:
    def ratio(run: Run) -> float | None:
        upper, lower = above(run), below(run)
        return upper / lower if upper is not None and lower else None

    return ratio


def _more(
    above: Callable[[Run], float | None], below: Callable[[Run], float | None]
) -> Callable[[Run], float | None]:
    def more(run: Run) -> float | None:
        upper, lower = above(run), below(run)
        return upper - lower if upper is not None and lower is not None else None

    return more


_plan = _seconds("diffapply", "plan, all to change")
_apply = _seconds("diffapply", "apply")
_unchanged = _seconds("diffapply", "drift, nothing changed")
_held_back = _figure("diffapply", "plan, all to change", "vacuum held back, s")
_steady = _figure("diffapply", "apply", "last tenth / first tenth")

GOALS = (
    Goal("plan, s", 1_000, 3, _plan),
    Goal(
        "plan, times faster than migra",
        1_000,
        1000,
        _ratio(_seconds("migra", "migra"), _plan),
        at_least=True,
    ),
    Goal("plan, three shapes, s", 10_000, 25, _seconds("shapes", "plan, 3 shapes")),
    Goal("plan, three shapes, MiB", 10_000, 300, _memory("shapes", "plan, 3 shapes")),
    Goal("plan, vacuum held back, s", 10_000, 5, _held_back),
    Goal("drift, nothing changed, s", 10_000, 3, _unchanged),
    Goal(
        "drift, 10 changed, s more",
        10_000,
        1,
        _more(_seconds("diffapply", "drift, 10 changed"), _unchanged),
    ),
    Goal("each distinct shape, s", 1_000, 0.3, _figure("shapes", "plan, 200 shapes", "s a shape")),
    Goal("plan, 200 shapes, s", 1_000, 15, _seconds("shapes", "plan, 200 shapes")),
    Goal("apply, times the raw loop", 1_000, 2, _ratio(_apply, _seconds("raw", "the plan's"))),
    Goal(
        "apply, times faster than the Alembic loop",
        1_000,
        3,
        _ratio(_seconds("alembic", "Alembic, one revision"), _apply),
        at_least=True,
    ),
    Goal("apply, last tenth / first tenth", 10_000, 0.8, _steady, at_least=True),
    Goal(
        "provision_in, times the raw statements",
        10_000,
        2,
        _ratio(_seconds("provision", "provision_in"), _seconds("provision", "the same")),
    ),
    Goal(
        "apply 20 ms away, round trips a tenant",
        None,
        6,
        _figure("distance", "apply", "round trips a tenant"),
    ),
    Goal("--help, s", None, 0.25, _seconds("startup", "diffapply")),
    Goal("usage error, s", None, 0.25, _seconds("startup", "a usage error")),
    Goal("plan of a wide tenant, s", None, 10, _seconds("width", "plan")),
    *(
        Goal(f"{name}, s", None, limit, _seconds("widths", name))
        for name, limit in (
            ("plan, 10 empty tenants", 0.8),
            ("drift in sync, 10 tenants", 0.5),
            ("plan in sync, 10 tenants", 0.6),
            ("plan once more, 10 empty tenants", 0.6),
            ("plan, create 100 tables", 3),
            ("plan, create 400 tables", 10),
            ("plan, a column among 400 tables", 6),
            ("plan, a type below 60 views", 5),
            ("plan, a column and an index of 200 partitions", 5),
            ("plan, 100 shapes", 9),
            ("plan, 900 statements in 50 tenants", 12),
        )
    ),
    *(
        Goal(
            f"{what} 800 tables, times as long as 400",
            None,
            2.2,  # no worse than n log n
            _ratio(_seconds("widths", f"{what} 800"), _seconds("widths", f"{what} 400")),
        )
        for what in ("plan, create", "plan, a column among")
    ),
)
