"""`diffapply apply`: brings every tenant to its goal."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from diffapply.cli.options import (
    Allow,
    Backward,
    Provisioned,
    To,
    With,
    codes_of,
    require_backward,
    require_plan_file_alone,
    with_settings,
)
from diffapply.cli.outcome import ERROR, RUN, end_of_run, not_all, without_run
from diffapply.cli.setting_options import PLANNING, WRITING
from diffapply.cli.terminal import (
    Ended,
    Manner,
    confirmed,
    ending_truly,
    note,
    working,
    write,
    write_lines,
)
from diffapply.config import Settings
from diffapply.errors import NOTHING_DONE

if TYPE_CHECKING:
    from collections.abc import Callable

    from diffapply.model.run import RunResult


@with_settings(PLANNING | WRITING | {"jobs", "max_failures"}, RUN)
def apply(
    settings: Settings,
    plan_file: Annotated[
        Path | None,
        Argument(metavar="PLANFILE", help="Plan saved by `plan --out` (default: make one)."),
    ] = None,
    *,
    backward: Backward = False,
    to: To = None,
    provisioned: Provisioned = False,
    yes: Annotated[bool, Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
    allow_destructive: Annotated[
        bool,
        Option(
            "--allow-destructive",
            help="Allow statements that lose data, or drop what was never declared.",
        ),
    ] = False,
    allow: Allow = None,
    user_statements: With = None,
    wait: Annotated[
        bool, Option("--wait", help="If another apply is running, wait for its end.")
    ] = False,
    verbose: Annotated[
        bool,
        Option(
            "--verbose",
            "-v",
            help="Show the names of all tenants, all notes, and the statements of PLANFILE.",
        ),
    ] = False,
) -> int:
    """Bring every tenant to its goal, completely or not at all.

    Shows the plan, and asks. If another apply is running, says whose, and stops. With --backward,
    undoes a run in the tenants that it changed.
    """
    require_backward(to, provisioned=provisioned, backward=backward)
    if plan_file is not None:
        require_plan_file_alone(user_statements, backward=backward)
    allowed = allow_destructive or codes_of(allow or ())
    from diffapply import api
    from diffapply.model.consent import Consent
    from diffapply.render.terminal.plan import plan_lines, plan_summary_lines
    from diffapply.render.words.wording import question

    with working(settings) as progress:
        api.await_turn(settings, wait=wait)
        if plan_file is not None:
            made = api.only_chosen(settings, api.load_plan(plan_file))
            shown = api.with_notes_as_now(settings, made)
        else:
            made = shown = api.plan(
                settings,
                backward=backward,
                to=to,
                provisioned=provisioned,
                user_statements=api.load_statements(user_statements) if user_statements else (),
                progress=progress,
            )
    # Who has saved a plan has read it.
    in_short = plan_file is not None and not verbose
    lines = plan_summary_lines if in_short else plan_lines
    write_lines(
        partial(lines, shown, consent=Consent.to(allowed)),
        Manner(verbose=verbose, aside=settings.format != "text"),
    )
    if made.unreadable:
        return not_all(made.unreadable, NOTHING_DONE, "Or leave such tenants out with --exclude.")
    if made.to_change == 0:
        others = () if plan_file is None else api.not_in_plan(settings, made)
        return without_run(made, settings, others)
    if not yes and not confirmed(question(made)):
        note(NOTHING_DONE)
        return ERROR
    applying = partial(api.apply, settings, made, allow_destructive=allowed, wait=wait)
    ended = _run(applying, settings)
    return end_of_run(ended, settings, made, verbose=verbose)


def _run(applying: "Callable[..., RunResult]", settings: Settings) -> Ended:
    """Apply the plan, with progress; how it ended, however that was."""
    ended = Ended()
    with ending_truly(ended), working(settings, notice=False) as progress:
        ended.result = applying(progress=progress)
    if settings.format == "text" and not (ended.interrupted or settings.quiet):
        write("\n")
    return ended
