"""`diffapply init`: finds the settings of a project, and writes them."""
# ruff: noqa: PLC0415 - what a command works with is imported when it runs

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from diffapply.config import Settings
from diffapply.errors import NOTHING_DONE, DiffapplyError
from diffapply.options import with_settings
from diffapply.outcome import DONE, ERROR
from diffapply.terminal import confirmed, note, working, write_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.text import Text

    from diffapply.model.drift import DriftReport
    from diffapply.render.text import Layout

_MOST_LINES = 40


@with_settings("text")
def init(
    settings: Settings,
    *,
    yes: Annotated[
        bool, Option("--yes", "-y", help="Write what was found, without a question.")
    ] = False,
) -> int:
    """Find the models, the tenants and the other settings of this project, and write them.

    Shows what was found and where tenants differ from the models. Then adds [tool.diffapply] to
    pyproject.toml; writes nothing else, and nothing to the database. Options that are given are
    taken as they are.
    """
    from diffapply import api, setup
    from diffapply.render.setup_text import finding_lines, table_lines

    file = setup.settings_file(Path.cwd())
    setup.require_unset(file)
    with working(settings, notice=False):
        found = api.find_settings(settings, file.parent)
    write_lines(lambda layout: finding_lines(found, layout))
    if found.tenants:
        _show_drift(setup.with_found(settings, found, file.parent))
    write_lines(lambda _: table_lines(found.values, file))
    if not yes and not confirmed(f"Write this to {file.name}?", "write it"):
        note(NOTHING_DONE)
        return ERROR
    setup.write_table(file, found.values)
    note(f"Written to {file}. Next: diffapply drift, diffapply plan.")
    return DONE


def _show_drift(settings: Settings) -> None:
    """Where tenants differ from the models, as far as it can be seen, and not all of it."""
    from diffapply import api
    from diffapply.render.drift_text import drift_lines
    from diffapply.render.setup_text import failure_lines, more_line

    try:
        with working(settings, notice=False) as progress:
            report = api.drift(settings, progress=progress)
    except DiffapplyError as error:
        reason = error
        write_lines(lambda layout: failure_lines(reason.message, reason.remedy, layout))
        return

    def lines(report: "DriftReport", layout: "Layout") -> "Iterator[Text]":
        told = drift_lines(report, layout)
        yield from islice(told, _MOST_LINES)
        if left := sum(1 for _ in told):
            yield more_line(left)

    write_lines(lambda layout: lines(report, layout), detail="object")
