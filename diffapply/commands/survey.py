"""`diffapply survey`: looks at all tenants without a desired state."""
# ruff: noqa: PLC0415 - what a command works with is imported when it runs

from pathlib import Path
from typing import Annotated

from typer import Option

from diffapply.config import Settings
from diffapply.options import Verbose, with_settings
from diffapply.outcome import DONE, show
from diffapply.terminal import working


@with_settings("text", "json", "markdown", "html")
def survey(
    settings: Settings,
    *,
    alembic: Annotated[
        Path | None,
        Option(
            "--alembic",
            metavar="FOLDER",
            help="Folder of Alembic's revisions: run them in scratch, and set the tenants "
            "beside them (default: that of the nearest alembic.ini, here or above, or else below).",
        ),
    ] = None,
    no_alembic: Annotated[
        bool, Option("--no-alembic", help="Do not look for Alembic's revisions.")
    ] = False,
    verbose: Verbose = False,
) -> int:
    """Look at all tenants without a desired state. Tells their shapes, and what is wrong."""
    from diffapply import api
    from diffapply.render.page.survey_page import survey_page
    from diffapply.render.survey_document import survey_json
    from diffapply.render.survey_markdown import survey_comment
    from diffapply.render.survey_text import survey_lines

    with working(settings) as progress:
        found = api.survey(settings, alembic=alembic, replay=not no_alembic, progress=progress)
    documents = {"json": survey_json, "markdown": survey_comment, "html": survey_page}
    show(found, settings, survey_lines, lambda its, name: documents[name](its), verbose=verbose)
    return DONE
