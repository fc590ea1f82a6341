"""`diffapply demo`: all commands at work."""

from typing import Annotated

from typer import Option

from diffapply.cli.commands.server import stop as stop_servers
from diffapply.cli.outcome import DONE
from diffapply.cli.terminal import write


def demo(
    *,
    stop: Annotated[
        bool,
        Option("--stop", help="Stop the embedded server, which runs on otherwise. Its data stays."),
    ] = False,
) -> int:
    """Show all commands at work, on the embedded server only."""
    if stop:
        return stop_servers()
    from diffapply.demo import run_demo

    run_demo(write)
    return DONE
