"""The library: for those who begin, looks at tenants without a desired state, and finds one."""
# ruff: noqa: PLC0415 - what a function alone needs is imported when it runs

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from diffapply import opening
from diffapply.config import Settings
from diffapply.errors import UsageError
from diffapply.model.ignoring import USUAL
from diffapply.progress import Progress, silent

if TYPE_CHECKING:
    from diffapply.desired import Desired
    from diffapply.model.pulled import Pulled, ShownShape
    from diffapply.model.survey import Survey
    from diffapply.planning.means import Means
    from diffapply.setup import Findings
    from diffapply.setup.alembic import AlembicFolder
    from diffapply.tenants.discovery import Chosen


@contextmanager
def _looking(
    settings: Settings, progress: Progress, *, ahead: bool = False
) -> Iterator[tuple["Means", "Chosen"]]:
    """The means to look at tenants; remembers nothing, and leaves tables of other tools alone.

    Args:
        ahead: begin to make a scratch database at once.
    """
    bare = replace(settings, ignore=(*USUAL, *settings.ignore))
    with opening.planning(bare, progress, remember=False, ahead=ahead) as found:
        yield found


def survey(
    settings: Settings,
    *,
    alembic: Path | None = None,
    replay: bool = True,
    progress: Progress = silent,
) -> "Survey":
    """Look at all tenants without a desired state: their shapes, and what is wrong in them.

    Writes nothing to the live database, not even to the journal.

    Args:
        settings: which database, which tenants.
        alembic: the folder of Alembic's revisions; None: that of the nearest alembic.ini, here or
            above, or else below the project.
        replay: run the revisions in scratch, and set the tenants beside them.
        progress: called during the work.

    Raises:
        DiffapplyError: see `diffapply.errors`.
    """
    from diffapply.adopt.survey import find_survey
    from diffapply.setup import settings_file
    from diffapply.setup.alembic import find_alembic, named_alembic, project_of

    here = Path.cwd()
    if not replay:
        folders: Sequence[AlembicFolder] = ()
    elif alembic is not None:
        folders = (named_alembic(alembic),)
    else:
        folders = find_alembic(here, project_of(here, settings_file(here)))
    with _looking(settings, progress, ahead=len(folders) == 1) as (means, chosen):
        return find_survey(means, chosen, folders)


def show(settings: Settings, named: str, *, progress: Progress = silent) -> "ShownShape":
    """The statements that build a structure.

    Writes nothing to the live database.

    Args:
        settings: which database, which tenants.
        named: a tenant, or the beginning of a fingerprint that a tenant or the journal has.
        progress: called during the work.

    Raises:
        UsageError: there is no such structure, or there are several.
        DiffapplyError: see `diffapply.errors`.
    """
    from diffapply.adopt.choice import named_shape
    from diffapply.adopt.shown import shown_shape

    with _looking(settings, progress) as (means, chosen):
        return shown_shape(means, named_shape(means, chosen, named))


def pull(
    settings: Settings,
    named: str | None = None,
    *,
    majority: bool = False,
    models: bool = False,
    progress: Progress = silent,
) -> "Pulled":
    """The structure of tenants as a desired state, built once in scratch to prove it.

    Writes nothing to the live database.

    Args:
        settings: which database, which tenants; the tenant token, if one is needed.
        named: a tenant, or the beginning of a fingerprint; None: that of all tenants.
        majority: that of the most tenants.
        models: as SQLAlchemy models, and as SQL what they cannot say; needs sqlacodegen.
        progress: called during the work.

    Raises:
        UsageError: there is no such structure, or there are several.
        DiffapplyError: see `diffapply.errors`.
    """
    from diffapply.adopt.choice import largest_shape, named_shape
    from diffapply.adopt.models import require_generator
    from diffapply.adopt.pull import pulled_models, pulled_sql
    from diffapply.render.sql.pulled import sql_file

    if named is not None and majority:
        raise UsageError(
            "--majority and the name of a structure exclude each other.", "Give one of them."
        )
    if models:
        require_generator()

    def load(names: Sequence[str], token: str | None) -> "Desired":
        return opening.desired_state(replace(settings, desired=tuple(names), tenant_token=token))

    with _looking(settings, progress, ahead=True) as (means, chosen):
        shape = (
            largest_shape(means, chosen, only=not majority)
            if named is None
            else named_shape(means, chosen, named)
        )
        write = pulled_models if models else pulled_sql
        return write(means, shape, load, settings.tenant_token, sql_file)


def find_settings(settings: Settings, root: Path) -> "Findings":
    """What a project and its database say, as settings; writes nothing.

    Args:
        settings: what it says already is taken as it is.
        root: the folder of the project, in or below which this is called.

    Raises:
        UsageError: no database is named, and the embedded server has never run or is not meant.
        DesiredStateError: the project has no models that can be imported.
        DiffapplyError: see `diffapply.errors`.
    """
    from diffapply import setup
    from diffapply.database import embedded
    from diffapply.database.named import require_named

    require_named(settings)
    if settings.database_url is None and not embedded.exists():
        raise UsageError(
            "No database is named, so there are no tenants to look at.",
            "Give --database-url, or DATABASE_URL.",
        )
    with opening.live_database(settings) as database:
        return setup.find_settings(database.connection, settings, root)


def with_missed(settings: Settings, found: "Findings", message: str) -> "Findings | None":
    """What was found, with a longer search path: with the schema that has what was missed.

    Args:
        message: of the error that says that something does not exist.

    Returns:
        None if no schema has it, or several do.
    """
    from diffapply import setup

    with opening.live_database(settings) as database:
        return setup.with_missed(database.connection, found, message)
