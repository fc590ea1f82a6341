"""`diffapply server status|stop`: the embedded server."""

from typer import Typer

from diffapply.cli.outcome import DONE
from diffapply.cli.terminal import write_lines

server = Typer(help="Show or stop the embedded server. It runs on when a command has ended.")


@server.command()
def status() -> int:
    """Show whether the embedded server runs, where its data is, and how to connect to it."""
    from diffapply.database.embedded_state import server_states
    from diffapply.render.terminal.server import state_lines

    states = server_states()
    write_lines(lambda layout: state_lines(states, layout))
    return DONE


@server.command()
def stop() -> int:
    """Stop the embedded server, and end its connections.

    Its data stays; the next command starts it again.
    """
    from diffapply.database import embedded
    from diffapply.render.terminal.server import stopped_lines

    stopped = embedded.stop_all()
    write_lines(lambda _: stopped_lines(stopped))
    return DONE
