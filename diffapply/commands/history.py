"""`diffapply history`: shows the runs."""
# ruff: noqa: PLC0415 - what a command works with is imported when it runs

from functools import partial
from typing import Annotated

from typer import Argument, Option

from diffapply.config import Settings
from diffapply.options import with_settings
from diffapply.outcome import DONE, show
from diffapply.terminal import working


@with_settings("text", "json", "html")
def history(
    settings: Settings,
    run: Annotated[
        int | None,
        Argument(metavar="RUN", help="Show this run, its tenants and its statements."),
    ] = None,
    *,
    limit: Annotated[
        int | None,
        Option(
            "--limit",
            metavar="N",
            min=1,
            help="Show the newest N lines (default: 20; in other formats than text, all runs).",
        ),
    ] = None,
    every: Annotated[
        bool, Option("--all", help="Show each `provision`, and as many runs as there are.")
    ] = False,
    verbose: Annotated[
        bool,
        Option("--verbose", "-v", help="Show the names of all tenants, and each `provision`."),
    ] = False,
) -> int:
    """Show the runs, or what one run did to each tenant."""
    from diffapply import api
    from diffapply.render.document import history_json
    from diffapply.render.history_text import NEWEST, history_lines
    from diffapply.render.page.history_page import history_page

    with working(settings):
        runs = api.history(settings, run)
    newest = None if every else NEWEST
    lines = partial(history_lines, limit=limit or newest, each=every or verbose)
    documents = {
        "json": partial(history_json, limit=limit),
        "html": partial(history_page, limit=limit),
    }
    show(runs, settings, lines, lambda its, name: documents[name](its), verbose=verbose)
    return DONE
