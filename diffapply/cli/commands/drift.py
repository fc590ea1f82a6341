"""`diffapply drift`: reports tenants that are not at the desired state."""

from typing import Annotated

from typer import Option

from diffapply.cli.formats import Formats
from diffapply.cli.options import By, Verbose, with_settings
from diffapply.cli.outcome import DIFFERENT, DONE, not_all, show
from diffapply.cli.setting_options import PLANNING
from diffapply.cli.terminal import Manner, working
from diffapply.config import Settings

FORMATS = Formats(
    {
        "text": "diffapply.render.terminal.drift:drift_lines",
        "json": "diffapply.render.documents.drift:drift_json",
        "github": "diffapply.render.ci.github:drift_annotations",
        "junit": "diffapply.render.ci.junit:drift_suite",
        "markdown": "diffapply.render.markdown.comments:drift_comment",
        "html": "diffapply.render.page.drift:drift_page",
        "sarif": "diffapply.render.ci.sarif:drift_log",
    }
)


@with_settings(PLANNING, FORMATS)
def drift(
    settings: Settings,
    *,
    remember: Annotated[
        bool,
        Option("--remember", help="Record in the journal what was found; the next look is faster."),
    ] = False,
    detail: Annotated[
        By | None,
        Option(
            "--detail",
            help="In text: show what differs by shape, or by object with its tenants "
            "(default: object, if more than one shape differs).",
        ),
    ] = None,
    verbose: Verbose = False,
) -> int:
    """Report tenants that are not at the desired state. Exits with 2 if there are any.

    Exits with 1 if a tenant could not be read. Writes only with --remember, and only to the
    journal.
    """
    from diffapply import api

    with working(settings) as progress:
        report = api.drift(settings, remember=remember, progress=progress)
    by = detail.detail if detail else None
    formats = FORMATS.giving(sarif={"desired": settings.desired})
    show(report, settings, formats, Manner(verbose=verbose, detail=by))
    if report.unreadable:
        return not_all(report.unreadable, "All others were.")
    return DONE if report.in_sync else DIFFERENT
