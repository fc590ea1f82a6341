"""Shows what a command found or did, and tells its exit code."""
# ruff: noqa: PLC0415 - what is shown is imported when there is something to show

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from typer import Abort

from diffapply.cli.formats import Formats
from diffapply.cli.options import INTERRUPTED, CommandLineError
from diffapply.cli.terminal import (
    PLAIN,
    Ended,
    Manner,
    complain,
    ending_truly,
    unexpected,
    write_document,
    write_lines,
)
from diffapply.config import Settings
from diffapply.config.reports import write_reports
from diffapply.database.interruption import INTERRUPTED as INTERRUPTED_WORDS
from diffapply.database.interruption import Interruption
from diffapply.errors import NOTHING_DONE, DiffapplyError, RefusedError
from diffapply.model.listing import in_one_line

if TYPE_CHECKING:
    from diffapply.model.plan import Plan
    from diffapply.model.unreadable import Unreadable

DONE, ERROR, DIFFERENT = 0, 1, 2
"""Exit codes; 3 and 4 come with `RefusedError` and `RunResult`."""


RUN = Formats(
    {
        "text": "diffapply.render.terminal.run:run_lines",
        "json": "diffapply.render.documents.runs:run_json",
        "html": "diffapply.render.page.run:run_page",
    }
)
"""What a run did; the page is also given its plan, if it has one."""


def show(
    result: object,
    settings: Settings,
    formats: Formats,
    manner: Manner = PLAIN,
) -> None:
    """Show a result in the format that was asked for, then write the reports that were.

    Args:
        manner: how the text for people is written.
    """
    if settings.format == "text":
        write_lines(partial(formats.lines, result), manner)
    else:
        write_document(formats.document(result, settings.format))
    report(result, settings, formats, manner)


def report(result: object, settings: Settings, formats: Formats, manner: Manner = PLAIN) -> None:
    """Write the reports that were asked for, and show nothing."""

    def text() -> str:
        return "".join(f"{line.plain}\n" for line in formats.lines(result, manner.layout()))

    write_reports(
        (its, text() if its.format == "text" else formats.document(result, its.format))
        for its in settings.reports
    )


def end_of_run(
    ended: Ended, settings: Settings, made: "Plan | None" = None, *, verbose: bool
) -> int:
    """Show what a run did, unless it was interrupted; returns the exit code."""
    if ended.result is not None and not ended.interrupted:
        manner = Manner(verbose=verbose, wrong=ended.result.exit_code != DONE)
        with ending_truly(ended):
            show(ended.result, settings, RUN.giving(html={"plan": made}), manner)
    return ended.exit_code


def not_all(unreadable: Sequence["Unreadable"], before: str, after: str = "") -> int:
    """Complain about tenants that could not be compared; returns the exit code.

    Args:
        before: the sentence before the remedy.
        after: another remedy.
    """
    from diffapply.model.unreadable import Locked, reading_asked
    from diffapply.render.words.wording import counted, examples

    asked = reading_asked([its.why for its in unreadable])
    locked = any(isinstance(its.why, Locked) for its in unreadable)
    barred = "" if locked else "the role may not use "
    complain(
        f"{counted(len(unreadable), 'tenant')} could not be compared: "
        f"{barred}{examples([its.name for its in unreadable])}.",
        f"{before} {asked} {after}".rstrip(),
    )
    return ERROR


def without_run(made: "Plan", settings: Settings, others: Sequence[str] = ()) -> int:
    """The end of an apply that has no tenant to change.

    Args:
        others: tenants that the plan does not know.

    Raises:
        RefusedError: there are tenants to change, but all are blocked.
    """
    from diffapply.model.run import RunResult, StepResult
    from diffapply.render.terminal.run import hint_lines

    blocked = [t for t in made.transitions if t.blocked]
    steps = [StepResult(name, "unchanged") for name in made.in_sync]
    for transition in blocked:
        reason = in_one_line(transition.blocked)
        steps += [StepResult(name, "refused", reason) for name in transition.tenants]
    result = RunResult(None, tuple(steps), len(made.in_sync), not_in_plan=tuple(others))
    if settings.format == "text":  # the plan has said the rest
        write_lines(partial(hint_lines, result))
    tell = report if settings.format == "text" else show
    tell(result, settings, RUN.giving(html={"plan": made}))
    if not blocked:
        return DONE
    reasons = [*dict.fromkeys(reason for t in blocked for reason in t.blocked)]
    told = in_one_line(reasons)
    raise RefusedError(f"All tenants to change are blocked: {told}")


def exit_code_of(work: Callable[[], int | None], interruption: Interruption) -> int:
    """Run a command line; if it fails, say why. Returns its exit code."""
    try:
        code = work()
    except DiffapplyError as error:
        if not interruption.happened:
            complain(error.message, error.hint)
            return error.exit_code
        code = INTERRUPTED
    except CommandLineError as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "diffapply"
        message = error.format_message().replace(": Value error, ", ": ")  # newer versions of Typer
        complain(message, f"{NOTHING_DONE} See {command} --help.")
        return ERROR
    except (KeyboardInterrupt, Abort):
        code = INTERRUPTED
    except SystemExit as ended:  # Typer's, when a shell asks for completions
        return ended.code if isinstance(ended.code, int) else DONE
    except Exception as error:  # noqa: BLE001 - whatever it is, the user gets a sentence
        if not interruption.happened:
            complain(*unexpected(error))
            return ERROR
        code = INTERRUPTED  # the error comes from the interruption, such as a cancelled query
    if code == INTERRUPTED:
        complain(INTERRUPTED_WORDS)
        return ERROR
    return int(code or DONE)
