"""The library: plans and drift."""
# ruff: noqa: PLC0415 - what a function alone needs is imported when it runs

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from diffapply import opening
from diffapply.config import Settings
from diffapply.errors import UsageError
from diffapply.model.drift import DriftReport
from diffapply.model.plan import Plan
from diffapply.model.user_statement import UserStatement
from diffapply.progress import Progress, silent


def plan(  # noqa: PLR0913 - what it needs, by name
    settings: Settings,
    *,
    backward: bool = False,
    to: int | None = None,
    provisioned: bool = False,
    user_statements: Sequence[UserStatement] = (),
    progress: Progress = silent,
) -> Plan:
    """Compare every tenant with its goal, and rehearse the transitions.

    Args:
        settings: which database, which tenants, which desired state.
        backward: go back to snapshots in the journal, instead of to the desired state.
        to: with `backward`, undo this run and all later ones; None: the newest run that changed any
            of the chosen tenants and is not undone in all of them. Only what a run did to the
            chosen tenants is undone.
        provisioned: with `backward`, undo provisioning, too; its tenants become empty.
        user_statements: in each transition, all of them run, in their order, or none; see
            `load_statements`.
        progress: called during the work.

    Raises:
        DiffapplyError: see `diffapply.errors`; nothing was changed.
    """
    from diffapply.checkout import git_commit_of
    from diffapply.hazards.foreign_code import with_hazards
    from diffapply.planning.goals.undo import find_undoing
    from diffapply.planning.planner import plan_backward, plan_forward

    desired = None if backward else opening.desired_state(settings)
    with opening.planning(settings, progress, desired) as (means, chosen):
        database = means.reader.database
        if desired is not None:
            made = plan_forward(means, desired, chosen, user_statements)
            made = replace(made, git_commit=git_commit_of(settings.desired))
        else:
            undoing = find_undoing(
                database.connection, chosen, to, provisioned=provisioned, others=means.others
            )
            made = plan_backward(means, undoing, chosen, user_statements)
        return made if settings.trust_tenants else with_hazards(database.connection, made)


def drift(
    settings: Settings, *, remember: bool = False, progress: Progress = silent
) -> DriftReport:
    """Compare every tenant and template with the desired state; writes nothing.

    Args:
        settings: which database, which tenants, which desired state.
        remember: write to the journal what was found, so that the next command reads only tenants
            that have changed since. Creates the journal if there is none.
        progress: called during the work.

    Raises:
        DiffapplyError: see `diffapply.errors`.
    """
    from diffapply.planning.drift import find_drift

    desired = opening.desired_state(settings)
    with opening.planning(settings, progress, desired, remember=remember) as (means, chosen):
        return find_drift(means, desired, chosen, means.known_shapes())


def newest_revision(*, backward: bool = False) -> str | None:
    """The newest revision of Alembic in the project of the current folder; None if it has none.

    Args:
        backward: whether the plan that is to come after it goes back.

    Raises:
        UsageError: it goes back, or the revisions have several heads or are in several folders.
    """
    from diffapply.setup import settings_file
    from diffapply.setup.alembic import find_alembic
    from diffapply.setup.heads import only_head

    if backward:
        raise UsageError(
            "A plan that goes back cannot become a revision of Alembic.",
            "Make one without --backward: to go back, use the downgrade of that revision.",
        )
    here = Path.cwd()
    return only_head(find_alembic(here, settings_file(here).parent))


def revision(
    settings: Settings, made: Plan, after: str | None, *, progress: Progress = silent
) -> str:
    """A forward plan as a revision of Alembic, up and down.

    Args:
        settings: those that the plan was made with.
        after: the revision that it comes after; see `newest_revision`.

    Raises:
        DiffapplyError: see `diffapply.errors`.
    """
    from diffapply.planning.ways_back import there_and_back
    from diffapply.render.sql.revision import plan_revision

    desired = opening.desired_state(settings)
    with opening.planning(settings, progress) as (means, _):
        ways = there_and_back(means, made, desired.shared)
        return plan_revision(made, ways, after, settings.templates)


def load_statements(path: Path) -> tuple[UserStatement, ...]:
    """Read a file of statements to supply to `plan`. Raises `UsageError` if it cannot be used."""
    from diffapply.desired.sql import user_statements

    return user_statements.load_statements(path)


def save_plan(made: Plan, path: Path) -> None:
    """Write a plan to a file. Raises `PlanFileError` if it cannot be written."""
    from diffapply.planning.files import plan_file

    plan_file.save(made, path)


def require_writable(path: Path) -> None:
    """Check that `save_plan` can write to this file. Raises `PlanFileError` if not."""
    from diffapply.planning.files import plan_file

    plan_file.require_writable(path)


def with_notes_as_now(settings: Settings, made: Plan) -> Plan:
    """A plan of a file, to be shown: with what its notes on owners and rights would say now."""
    from diffapply.planning.notes import new_objects

    with opening.live_database(settings) as database:
        return new_objects.with_notes_as_now(database.connection, made)


def load_plan(path: Path) -> Plan:
    """Read a plan from a file. Raises `PlanFileError` if it was changed or is damaged."""
    from diffapply.planning.files import plan_file

    return plan_file.load(path)


def only_chosen(settings: Settings, made: Plan) -> Plan:
    """A plan of a file for those of its tenants that `only` and `exclude` let through.

    Raises:
        TenantError: a pattern of `only` matches none of its tenants, or none is left.
    """
    from diffapply.planning import narrowing

    return narrowing.only_chosen(settings, made)
