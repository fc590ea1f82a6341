"""`diffapply plan`: shows what brings every tenant to its goal."""

from pathlib import Path
from shlex import quote
from typing import Annotated

from typer import Option

from diffapply.cli.formats import Formats
from diffapply.cli.options import (
    Backward,
    By,
    Provisioned,
    To,
    Verbose,
    With,
    require_backward,
    with_settings,
)
from diffapply.cli.outcome import DIFFERENT, DONE, not_all, show
from diffapply.cli.setting_options import PLANNING
from diffapply.cli.terminal import Manner, note, working
from diffapply.config import Settings
from diffapply.errors import RefusedError

FORMATS = Formats(
    {
        "text": "diffapply.render.terminal.plan:plan_lines",
        "sql": "diffapply.render.sql.script:plan_script",
        "json": "diffapply.render.documents.plan:plan_json",
        "markdown": "diffapply.render.markdown.comments:plan_comment",
        "html": "diffapply.render.page.plan:plan_page",
        "sarif": "diffapply.render.ci.sarif:plan_log",
        "alembic": "diffapply.cli.formats:as_made",
    }
)


@with_settings(PLANNING, FORMATS)
def plan(
    settings: Settings,
    *,
    backward: Backward = False,
    to: To = None,
    provisioned: Provisioned = False,
    out: Annotated[
        Path | None, Option("--out", metavar="FILE", help="Save the plan to FILE, for apply.")
    ] = None,
    exit_code: Annotated[
        bool,
        Option(
            "--exit-code",
            help="Exit with 2 if there is anything to do, with 3 if any tenant is blocked.",
        ),
    ] = False,
    user_statements: With = None,
    detail: Annotated[
        By | None,
        Option(
            "--detail",
            help="In text: show the statements by shape, or the changes by object with their "
            "tenants (default: shape).",
        ),
    ] = None,
    verbose: Verbose = False,
) -> int:
    """Show what brings every tenant to its goal; change no tenant.

    Shows what changes by object; then each transition once, with its hazards and the tenants
    that it serves.
    """
    require_backward(to, provisioned=provisioned, backward=backward)
    from diffapply import api

    if out is not None:
        api.require_writable(out)
    as_revision = "alembic" in {settings.format, *(its.format for its in settings.reports)}
    newest = api.newest_revision(backward=backward) if as_revision else None
    with working(settings) as progress:
        made = api.plan(
            settings,
            backward=backward,
            to=to,
            provisioned=provisioned,
            user_statements=api.load_statements(user_statements) if user_statements else (),
            progress=progress,
        )
        if out is not None:
            api.save_plan(made, out)
        alembic = ""
        if as_revision:
            alembic = api.revision(settings, made, newest, progress=progress)
    by = detail.detail if detail else None
    formats = FORMATS.giving(sarif={"desired": settings.desired}, alembic={"text": alembic})
    show(made, settings, formats, Manner(verbose=verbose, detail=by))
    if out and settings.format == "text" and not made.unreadable:
        note(f"The plan is in {out}. `diffapply apply {quote(str(out))}` runs it.")
    if made.unreadable:
        return not_all(made.unreadable, "All others were.")
    if made.empty or not exit_code:
        return DONE
    return RefusedError.exit_code if made.blocked else DIFFERENT
