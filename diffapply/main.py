"""The command line: options → one library call → render → exit code.

Longer than other modules: every command declares its options here, as they are shown.
What a command works with is imported when it runs, so that help and usage errors are instant.
"""
# ruff: noqa: PLC0415 - see above

import gc
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from shlex import quote
from typing import Annotated, NoReturn

from typer import Argument, Context, Exit, Option, Typer

from diffapply import __version__, diagnostics
from diffapply.commands.deprovision import deprovision
from diffapply.commands.docs import docs
from diffapply.commands.init import init
from diffapply.commands.pull import pull
from diffapply.commands.server import server
from diffapply.commands.shape import shape
from diffapply.commands.show import show_shape
from diffapply.commands.survey import survey
from diffapply.config import Settings
from diffapply.database.interruption import interruptible
from diffapply.errors import NOTHING_DONE, DiffapplyError
from diffapply.options import (
    Allow,
    Backward,
    By,
    Provisioned,
    To,
    Verbose,
    With,
    codes_of,
    require_backward,
    require_plan_file_alone,
    with_settings,
)
from diffapply.outcome import (
    DIFFERENT,
    DONE,
    ERROR,
    end_of_run,
    exit_code_of,
    not_all,
    show,
    show_drift,
    show_plan,
    show_plan_text,
    without_run,
)
from diffapply.terminal import (
    Ended,
    confirmed,
    ending_truly,
    note,
    prepare_streams,
    working,
    write,
)

_COLLECT_SELDOM = (200_000, 20, 100)
"""Thresholds of Python's garbage collector. A plan makes many objects and few cycles; with the
default thresholds, a tenth of the time went into looking for cycles."""

app = Typer(
    help="Bring every tenant schema to one desired state, prove it, and take it back.",
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def diffapply(
    context: Context,
    *,
    version: Annotated[bool, Option("--version", help="Show the version and exit.")] = False,
) -> None:
    """Bring every tenant schema to one desired state, prove it, and take it back."""
    if version:
        write(f"diffapply {__version__}\n", sys.stdout)
        raise Exit(DONE)
    if context.invoked_subcommand is None:
        write(context.get_help() + "\n", sys.stderr)
        raise Exit(ERROR)


app.command()(init)


@app.command()
@with_settings("text", "sql", "json", "markdown", "html", "sarif", "alembic")
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
        bool, Option("--exit-code", help="Exit with 2 if there is anything to do.")
    ] = False,
    user_statements: With = None,
    detail: Annotated[
        By | None,
        Option(
            "--detail",
            help="In text: the statements of each shape, or what changes in each object and in "
            "which tenants (default: shape).",
        ),
    ] = None,
    verbose: Verbose = False,
) -> int:
    """Show what brings every tenant to its goal; change no tenant."""
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
    show_plan(made, settings, verbose=verbose, detail=by, alembic=alembic)
    if out and settings.format == "text" and not made.unreadable:
        note(f"The plan is in {out}. `diffapply apply {quote(str(out))}` runs it.")
    if made.unreadable:
        return not_all(made.unreadable, "All others were.")
    return DIFFERENT if exit_code and not made.empty else DONE


@app.command()
@with_settings("text", "json", "html", rollout=True)
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
            help="Show the names of all tenants, and the statements of PLANFILE.",
        ),
    ] = False,
) -> int:
    """Bring every tenant to its goal, completely or not at all."""
    require_backward(to, provisioned=provisioned, backward=backward)
    if plan_file is not None:
        require_plan_file_alone(user_statements, backward=backward)
    allowed = allow_destructive or codes_of(allow or ())
    from diffapply import api
    from diffapply.model.consent import Consent
    from diffapply.render.wording import question

    with working(settings) as progress:
        api.await_turn(settings, wait=wait)
        if plan_file is not None:
            made = api.load_plan(plan_file)
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
    # With JSON, the document has standard output for itself.
    stream = sys.stdout if settings.format == "text" else sys.stderr
    # Who has saved a plan has read it.
    show_plan_text(
        shown,
        stream,
        verbose=verbose,
        in_short=plan_file is not None and not verbose,
        consent=Consent.to(allowed),
    )
    if made.unreadable:
        return not_all(made.unreadable, NOTHING_DONE, "Or leave such tenants out with --exclude.")
    if made.to_change == 0:
        return without_run(made, settings)
    if not yes and not confirmed(question(made)):
        note(NOTHING_DONE)
        return ERROR
    ended = Ended()
    with ending_truly(ended), working(settings, notice=False) as progress:
        ended.result = api.apply(
            settings,
            made,
            allow_destructive=allowed,
            wait=wait,
            progress=progress,
        )
    if settings.format == "text" and not (ended.interrupted or settings.quiet):
        write("\n", sys.stdout)
    return end_of_run(ended, settings, made, verbose=verbose)


@app.command()
@with_settings("text", "json", "github", "junit", "markdown", "html", "sarif")
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
            help="In text: what differs in each shape, or each object that differs and in which "
            "tenants (default: object, if more than one shape differs).",
        ),
    ] = None,
    verbose: Verbose = False,
) -> int:
    """Report tenants that are not at the desired state. Exits with 2 if there are any."""
    from diffapply import api

    with working(settings) as progress:
        report = api.drift(settings, remember=remember, progress=progress)
    by = detail.detail if detail else None
    show_drift(report, settings, verbose=verbose, detail=by)
    if report.unreadable:
        return not_all(report.unreadable, "All others were.")
    return DONE if report.in_sync else DIFFERENT


app.command()(survey)
app.command("show")(show_shape)
app.command()(pull)


@app.command()
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


@app.command()
@with_settings("text", "json", "html", creating=True)
def provision(
    settings: Settings,
    names: Annotated[list[str], Argument(metavar="NAME", help="Names of the new tenants.")],
) -> int:
    """Create new tenants at the desired state."""
    from diffapply import api

    ended = Ended()
    with ending_truly(ended), working(settings) as progress:
        ended.result = api.provision(settings, names, progress=progress)
    return end_of_run(ended, settings, verbose=True)


app.command()(deprovision)
app.command()(shape)
app.add_typer(server, name="server")
app.command()(docs)


@app.command()
def demo(
    *,
    stop: Annotated[
        bool,
        Option("--stop", help="Stop the embedded server, which runs on otherwise. Its data stays."),
    ] = False,
) -> int:
    """Show all commands at work, on the embedded server only."""
    from diffapply.demo import run_demo, stop_servers

    tell = stop_servers if stop else run_demo
    tell(lambda text: write(text, sys.stdout))
    return DONE


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line, and exit as the contract says; never with a traceback."""
    prepare_streams()
    gc.set_threshold(*_COLLECT_SELDOM)
    # SIGTERM (from a container's runtime) and SIGHUP (a closed terminal) are handled like Ctrl-C.
    with interruptible() as interruption:
        try:
            code = exit_code_of(
                lambda: app(args=arguments, prog_name="diffapply", standalone_mode=False),
                interruption,
            )
        except DiffapplyError:  # the error message itself cannot be written
            code = ERROR
    diagnostics.end()
    gc.freeze()  # else Python looks for cycles as it ends, which takes a tenth of a second
    sys.exit(code)


if __name__ == "__main__":
    run()
