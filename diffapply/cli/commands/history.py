"""`diffapply history`: shows the runs."""

from typing import Annotated

from typer import Argument, Option

from diffapply.cli.formats import Formats
from diffapply.cli.options import with_settings
from diffapply.cli.outcome import DONE, show
from diffapply.cli.terminal import Manner, working
from diffapply.config import Settings

FORMATS = Formats(
    {
        "text": "diffapply.render.terminal.history:history_lines",
        "json": "diffapply.render.documents.runs:history_json",
        "html": "diffapply.render.page.history:history_page",
    }
)


@with_settings((), FORMATS)
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
    """Show the runs, or what one run did to each tenant.

    Shows what each run was for, and sign-ups together; of one run, its statements, too.
    """
    from diffapply import api
    from diffapply.render.terminal.history import NEWEST

    with working(settings):
        runs = api.history(settings, run)
    newest = None if every else NEWEST
    formats = FORMATS.giving(
        text={"limit": limit or newest, "each": every or verbose},
        json={"limit": limit},
        html={"limit": limit},
    )
    show(runs, settings, formats, Manner(verbose=verbose))
    return DONE
