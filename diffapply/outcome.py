"""Shows what a command found or did, and tells its exit code."""
# ruff: noqa: PLC0415 - what is shown is imported when there is something to show

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from typer import Abort

from diffapply.config import Settings
from diffapply.database.interruption import INTERRUPTED as INTERRUPTED_WORDS
from diffapply.database.interruption import Interruption
from diffapply.errors import NOTHING_DONE, DiffapplyError, RefusedError
from diffapply.model.listing import in_one_line
from diffapply.options import INTERRUPTED, CommandLineError
from diffapply.reports import write_reports
from diffapply.terminal import (
    Ended,
    complain,
    ending_truly,
    unexpected,
    write_document,
    write_lines,
)

if TYPE_CHECKING:
    from rich.text import Text

    from diffapply.model.consent import Consent
    from diffapply.model.drift import DriftReport
    from diffapply.model.plan import Plan
    from diffapply.model.run import RunResult
    from diffapply.model.unreadable import Unreadable
    from diffapply.render.text import Detail, Layout

DONE, ERROR, DIFFERENT = 0, 1, 2
"""Exit codes; 3 and 4 come with `RefusedError` and `RunResult`."""


_Result = TypeVar("_Result")


def show(  # noqa: PLR0913 - what is shown, and how
    result: _Result,
    settings: Settings,
    lines: "Callable[[_Result, Layout], Iterable[Text]]",
    document: Callable[[_Result, str], str],
    *,
    verbose: bool = False,
    detail: "Detail | None" = None,
    reports_alone: bool = False,
    wrong: bool = False,
) -> None:
    """Show a result in the format that was asked for, then write the reports that were.

    Args:
        lines: makes the text for people.
        document: the document of a result in a format.
        reports_alone: show nothing.
        wrong: it tells what went wrong; see `write_lines`.
    """
    from diffapply.render.text import Layout

    if reports_alone:
        pass
    elif settings.format == "text":
        write_lines(partial(lines, result), verbose=verbose, detail=detail, wrong=wrong)
    else:
        write_document(document(result, settings.format))

    def text() -> str:
        layout = Layout(verbose=verbose, detail=detail)
        return "".join(f"{line.plain}\n" for line in lines(result, layout))

    write_reports(
        (report, text() if report.format == "text" else document(result, report.format))
        for report in settings.reports
    )


def show_plan_text(
    made: "Plan",
    *,
    aside: bool,
    verbose: bool,
    in_short: bool = False,
    consent: "Consent",
) -> None:
    """Show a plan to people, before it is applied.

    Args:
        aside: see `write_lines`.
        in_short: without its statements.
        consent: what was given.
    """
    from diffapply.render.plan_text import plan_lines, plan_summary_lines

    lines = partial(plan_summary_lines if in_short else plan_lines, made, consent=consent)
    write_lines(lines, aside=aside, verbose=verbose)


def show_plan(
    made: "Plan",
    settings: Settings,
    *,
    verbose: bool,
    detail: "Detail | None" = None,
    alembic: str = "",
) -> None:
    """Show a plan, as `show` does.

    Args:
        alembic: the plan as a revision, if that was asked for.
    """
    from diffapply.render.plan_text import plan_lines

    def document(made: "Plan", name: str) -> str:
        return alembic if name == "alembic" else _plan_document(made, name, settings)

    show(made, settings, plan_lines, document, verbose=verbose, detail=detail)


def _plan_document(made: "Plan", name: str, settings: Settings) -> str:
    if name == "sql":
        from diffapply.render.sql import plan_script

        return plan_script(made)
    if name == "markdown":
        from diffapply.render.markdown import plan_comment

        return plan_comment(made)
    if name == "html":
        from diffapply.render.page.plan_page import plan_page

        return plan_page(made)
    if name == "sarif":
        from diffapply.render.sarif import plan_log

        return plan_log(made, desired=settings.desired)
    from diffapply.render.document import plan_json

    return plan_json(made)


def show_drift(
    report: "DriftReport", settings: Settings, *, verbose: bool, detail: "Detail | None" = None
) -> None:
    """Show drift, as `show` does."""
    from diffapply.render.drift_text import drift_lines

    document = partial(_drift_document, settings=settings)
    show(report, settings, drift_lines, document, verbose=verbose, detail=detail)


def _drift_document(report: "DriftReport", name: str, settings: Settings) -> str:
    if name == "github":
        from diffapply.render.github import drift_annotations

        return drift_annotations(report)
    if name == "junit":
        from diffapply.render.junit import drift_suite

        return drift_suite(report)
    if name == "markdown":
        from diffapply.render.markdown import drift_comment

        return drift_comment(report)
    if name == "html":
        from diffapply.render.page.drift_page import drift_page

        return drift_page(report)
    if name == "sarif":
        from diffapply.render.sarif import drift_log

        return drift_log(report, desired=settings.desired)
    from diffapply.render.document import drift_json

    return drift_json(report)


def show_run(
    result: "RunResult",
    settings: Settings,
    made: "Plan | None" = None,
    *,
    verbose: bool,
    reports_alone: bool = False,
) -> None:
    """Show what a run did, as `show` does.

    Args:
        made: the plan that was run, if it is one.
    """
    from diffapply.render.run_text import run_lines

    def document(result: "RunResult", name: str) -> str:
        if name == "html":
            from diffapply.render.page.run_page import run_page

            return run_page(result, plan=made)
        from diffapply.render.document import run_json

        return run_json(result)

    show(
        result,
        settings,
        run_lines,
        document,
        verbose=verbose,
        reports_alone=reports_alone,
        wrong=result.exit_code != DONE,
    )


def end_of_run(
    ended: Ended, settings: Settings, made: "Plan | None" = None, *, verbose: bool
) -> int:
    """Show what a run did, unless it was interrupted; returns the exit code."""
    if ended.result is not None and not ended.interrupted:
        with ending_truly(ended):
            show_run(ended.result, settings, made, verbose=verbose)
    return ended.exit_code


def not_all(unreadable: Sequence["Unreadable"], before: str, after: str = "") -> int:
    """Complain about tenants that could not be compared; returns the exit code.

    Args:
        before: the sentence before the remedy.
        after: another remedy.
    """
    from diffapply.model.unreadable import Locked, reading_asked
    from diffapply.render.wording import counted, examples

    asked = reading_asked([its.why for its in unreadable])
    locked = any(isinstance(its.why, Locked) for its in unreadable)
    barred = "" if locked else "the role may not use "
    complain(
        f"{counted(len(unreadable), 'tenant')} could not be compared: "
        f"{barred}{examples([its.name for its in unreadable])}.",
        f"{before} {asked} {after}".rstrip(),
    )
    return ERROR


def without_run(made: "Plan", settings: Settings) -> int:
    """The end of an apply that has no tenant to change.

    Raises:
        RefusedError: there are tenants to change, but all are blocked.
    """
    from diffapply.model.run import RunResult, StepResult

    blocked = [t for t in made.transitions if t.blocked]
    steps = [StepResult(name, "unchanged") for name in made.in_sync]
    for transition in blocked:
        reason = in_one_line(transition.blocked)
        steps += [StepResult(name, "refused", reason) for name in transition.tenants]
    result = RunResult(None, tuple(steps))
    show_run(result, settings, made, verbose=False, reports_alone=settings.format == "text")
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
