"""`diffapply init`: finds the settings of a project, and writes them."""

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from diffapply.cli.options import with_settings
from diffapply.cli.outcome import DONE, ERROR
from diffapply.cli.setting_options import PLANNING
from diffapply.cli.terminal import Manner, confirmed, note, working, write_lines
from diffapply.config import Settings
from diffapply.errors import NOTHING_DONE, DesiredStateError, DiffapplyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.text import Text

    from diffapply.model.drift import DriftReport
    from diffapply.render.terminal.layout import Layout
    from diffapply.setup import Findings

_MOST_LINES = 40


@with_settings(PLANNING)
def init(
    settings: Settings,
    *,
    yes: Annotated[
        bool, Option("--yes", "-y", help="Write what was found, without a question.")
    ] = False,
) -> int:
    """Find the settings of this project, and write them.

    Looks for the models, the tenants and the rest. Shows what was found and where tenants differ
    from the models. Then adds [tool.diffapply] to pyproject.toml; writes nothing else, and nothing
    to the database. It keeps the options that you give.
    """
    from diffapply import api, setup
    from diffapply.database import embedded
    from diffapply.render.terminal.setup import failure_lines, finding_lines, table_lines

    file = setup.settings_file(Path.cwd())
    setup.require_unset(file)
    with working(settings, notice=settings.database_url is None and embedded.exists()):
        found = api.find_settings(settings, file.parent)
    found, report = _compare(settings, found, file.parent)
    write_lines(lambda layout: finding_lines(found, layout))
    if isinstance(report, DiffapplyError):
        reason = report
        write_lines(lambda layout: failure_lines(reason.message, reason.remedy, layout))
    elif report is not None:
        shown = report
        write_lines(lambda layout: _first_lines(shown, layout), Manner(detail="object"))
    write_lines(lambda _: table_lines(found.values, file))
    _require_all(found)
    if not yes and not confirmed(f"Write this to {file.name}?", "write it"):
        note(NOTHING_DONE)
        return ERROR
    setup.write_table(file, found.values)
    note(f"Written to {file}.")
    note("Next: diffapply drift, then diffapply plan.")
    return DONE


def _require_all(found: "Findings") -> None:
    """Refuse to write a part of the models: a plan would drop what the others are for.

    Raises:
        DesiredStateError: some files of them were not imported.
    """
    from diffapply.render.words.wording import examples

    if not found.lacking:
        return
    first = found.lacking[0]
    several = len(found.lacking) > 1
    paths = examples([its.path for its in found.lacking])
    named = several and not first.why.startswith(first.path)
    raise DesiredStateError(
        f"The models lack what is in {paths}: {f'{first.path}: ' if named else ''}"
        f"{first.why.rstrip('.')}.",
        "Without that, tenants seem to have too much, and a plan would drop it. Let it be "
        "imported; or name all models that you mean with --desired, and call init again.",
    )


def _compare(
    settings: Settings, found: "Findings", root: Path
) -> "tuple[Findings, DriftReport | DiffapplyError | None]":
    """Where tenants differ from the models, or why that cannot be told; None without tenants.

    Where the models need a schema that is not on the search path, it is tried with that one.
    """
    from diffapply import api, setup

    while found.tenants:
        complete = setup.with_found(settings, found, root)
        try:
            with working(complete, notice=False) as progress:
                return found, api.drift(complete, progress=progress)
        except DesiredStateError as error:
            better = api.with_missed(complete, found, error.message)
            if better is None:
                return found, error
            found = better
        except DiffapplyError as error:
            return found, error
    return found, None


def _first_lines(report: "DriftReport", layout: "Layout") -> "Iterator[Text]":
    from diffapply.render.terminal.drift import drift_lines
    from diffapply.render.terminal.setup import more_line

    told = drift_lines(report, layout)
    yield from islice(told, _MOST_LINES)
    if left := sum(1 for _ in told):
        yield more_line(left)
