"""`diffapply demo`: all commands at work."""

from typing import Annotated

from typer import Option

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
    from diffapply.demo import run_demo, stop_servers

    tell = stop_servers if stop else run_demo
    tell(write)
    return DONE
