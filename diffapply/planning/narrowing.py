"""A plan for some of its tenants, so that one plan can be tried in a few of them first."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from diffapply.config import Settings
from diffapply.errors import TenantError
from diffapply.model.plan import Plan
from diffapply.model.undone import UndoneRun
from diffapply.tenants.discovery import is_chosen, without_match

_LATER = (
    "this leaves {} more that the plan would change: apply the same plan again, without --only and "
    "--exclude, to go on with them"
)


def only_chosen(settings: Settings, made: Plan) -> Plan:
    """The plan for those of its tenants that `only` and `exclude` let through.

    Raises:
        TenantError: a pattern of `only` matches none of its tenants, or none is left.
    """
    names = {*tenants_of(made)}
    left = {name for name in names if is_chosen(name, settings)}
    if left == names:
        return made
    _require_matches(settings, names, left)
    later = sum(
        name not in left for its in made.transitions if not its.blocked for name in its.tenants
    )
    transitions = tuple(
        replace(its, tenants=tuple(name for name in its.tenants if name in left))
        for its in made.transitions
        if not left.isdisjoint(its.tenants)
    )
    ends = {end for its in transitions for end in (its.source, its.goal)}
    undoes = {name: runs for name, runs in made.undoes.items() if name in left}
    taken = {name: runs for name, runs in made.takes_back_in.items() if name in left}
    return replace(
        made,
        in_sync=tuple(name for name in made.in_sync if name in left),
        transitions=transitions,
        shapes={name: its for name, its in made.shapes.items() if name in ends},
        undoes=undoes,
        undone=_in_these(made.undone, undoes),
        takes_back=_in_these(made.takes_back, taken),
        takes_back_in=taken,
        tokens={name: its for name, its in made.tokens.items() if name in left},
        unreadable=tuple(its for its in made.unreadable if its.name in left),
        ignoring_in={name: its for name, its in made.ignoring_in.items() if name in left},
        notes=(*made.notes, *([_LATER.format(f"{later:,}")] if later else [])),
    )


def _in_these(runs: Sequence[UndoneRun], of: Mapping[str, Sequence[int]]) -> tuple[UndoneRun, ...]:
    """The runs that are taken back in tenants, with how many these are."""
    counted = [replace(run, tenants=sum(run.id in its for its in of.values())) for run in runs]
    return tuple(run for run in counted if run.tenants)


def tenants_of(made: Plan) -> Iterator[str]:
    """All tenants and templates that a plan has compared, or could not compare."""
    yield from made.in_sync
    for transition in made.transitions:
        yield from transition.tenants
    yield from (its.name for its in made.unreadable)


def _require_matches(settings: Settings, names: Collection[str], left: Collection[str]) -> None:
    if settings.allow_none:
        return
    if wrong := without_match(settings.only, names):
        raise TenantError(
            f"No tenant of the plan matches --only '{wrong[0]}'.",
            "Check its spelling, or make a new plan if the tenant came later.",
        )
    if not left:
        raise TenantError("--only and --exclude leave none of the plan's tenants.")
