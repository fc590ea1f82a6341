"""`diffapply survey`: looks at all tenants without a desired state."""

from pathlib import Path
from typing import Annotated

from typer import Option

from diffapply.cli.formats import Formats
from diffapply.cli.options import Verbose, with_settings
from diffapply.cli.outcome import DONE, show
from diffapply.cli.setting_options import LOOKING
from diffapply.cli.terminal import Manner, working
from diffapply.config import Settings

FORMATS = Formats(
    {
        "text": "diffapply.render.terminal.survey:survey_lines",
        "json": "diffapply.render.documents.survey:survey_json",
        "markdown": "diffapply.render.markdown.survey:survey_comment",
        "html": "diffapply.render.page.survey:survey_page",
    }
)


@with_settings(LOOKING, FORMATS)
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
    """Look at all tenants without a desired state.

    Shows the shapes by size, each beside the one that it is most like, and what is wrong in them:
    invalid indexes, constraints never validated, tables without a primary key, sequences near
    their end or behind their column. With an alembic.ini, runs the revisions in scratch, and sets
    each tenant beside its stamp. Writes nothing.
    """
    from diffapply import api

    with working(settings) as progress:
        found = api.survey(settings, alembic=alembic, replay=not no_alembic, progress=progress)
    show(found, settings, FORMATS, Manner(verbose=verbose))
    return DONE
