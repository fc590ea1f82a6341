"""The embedded server, for people."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from diffapply.database.embedded_state import ServerState
from diffapply.render.terminal.layout import Layout, prose
from diffapply.render.words.wording import size_of, visible


def state_lines(states: Sequence[ServerState], layout: Layout) -> Iterator[Text]:
    """A paragraph for each server that has data; or that there is none."""
    there = [state for state in states if state.size is not None]
    for state in there:
        head = f"PostgreSQL {state.version}: "
        if state.pid is None:
            yield Text.assemble(head, ("stopped", "yellow"))
        elif not state.url:
            yield Text.assemble(head, ("does not answer", "red"), f", process {state.pid}")
        else:
            yield Text.assemble(head, ("running", "green"), f", process {state.pid}")
            yield Text(f"  url   {visible(state.url)}")
        yield Text(f"  data  {visible(str(state.data))} ({size_of(state.size or 0)})")
    if not there:
        folder = visible(str(states[-1].data.parent))
        yield from prose(
            f"No embedded PostgreSQL has run yet; its data would be in {folder}.", layout
        )


def stopped_lines(versions: Sequence[int]) -> Iterator[Text]:
    """Which servers were stopped."""
    for version in versions:
        yield Text(f"Stopped the embedded PostgreSQL {version}.")
    if not versions:
        yield Text("No embedded PostgreSQL runs.")
