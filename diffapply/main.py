"""The command line: options → one library call → render → exit code."""

import gc
import sys
from collections.abc import Sequence
from typing import Annotated, NoReturn

from typer import Context, Exit, Option, Typer

from diffapply import __version__
from diffapply.cli import diagnostics
from diffapply.cli.commands.apply import apply
from diffapply.cli.commands.demo import demo
from diffapply.cli.commands.deprovision import deprovision
from diffapply.cli.commands.docs import docs
from diffapply.cli.commands.drift import drift
from diffapply.cli.commands.history import history
from diffapply.cli.commands.init import init
from diffapply.cli.commands.plan import plan
from diffapply.cli.commands.provision import provision
from diffapply.cli.commands.pull import pull
from diffapply.cli.commands.server import server
from diffapply.cli.commands.shape import shape
from diffapply.cli.commands.show import show_shape
from diffapply.cli.commands.survey import survey
from diffapply.cli.outcome import DONE, ERROR, exit_code_of
from diffapply.cli.terminal import prepare_streams, write
from diffapply.database.interruption import interruptible
from diffapply.errors import DiffapplyError

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
        write(f"diffapply {__version__}\n")
        raise Exit(DONE)
    if context.invoked_subcommand is None:
        write(context.get_help() + "\n", sys.stderr)
        raise Exit(ERROR)


app.command()(init)
app.command()(plan)
app.command()(apply)
app.command()(drift)
app.command()(survey)
app.command("show")(show_shape)
app.command()(pull)
app.command()(history)
app.command()(provision)
app.command()(deprovision)
app.command()(shape)
app.add_typer(server, name="server")
app.command()(docs)
app.command()(demo)


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
