"""However a run ends, the journal is told about the tenants that it did not reach."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from psycopg2.extensions import connection as Connection

from diffapply import journal
from diffapply.model.run import REACHED, RunInterrupted, RunResult, StepResult, StepStatus

Tell = Callable[[int, int, int], None]
"""Hears how many tenants are done, of how many, and how many of these failed."""

_CONNECTION_LOST = "Its turn never came: the connection was lost."


def carry_out(work: Callable[[], None], close: Callable[[], RunResult]) -> RunResult:
    """Do the work of a run, and close the run whatever happens.

    Args:
        work: changes tenants.
        close: tells the journal how the run ended, and returns that.

    Raises:
        RunInterrupted: Ctrl-C stopped it; says what became of the tenants.
    """
    interruption: KeyboardInterrupt | None = None
    try:
        work()
    except KeyboardInterrupt as stopped:
        interruption = stopped
    finally:
        try:
            result = close()
        except KeyboardInterrupt as stopped:  # all that is left to do is to say how it ended
            interruption = stopped
            result = close()
    if interruption is not None:
        raise RunInterrupted(result) from interruption
    return result


def each_in_turn(
    connection: Connection, results: dict[str, StepResult], tell: Tell, *, needs_room: bool
) -> Iterator[str]:
    """The tenants, one after another, until it is in vain to begin a further one.

    Args:
        results: tenant → what became of it; its own is put there before the next one's turn.
        tell: called after each.
        needs_room: whether the work needs what a server may be short of, rather than frees it.
    """
    names = [*results]
    failed = 0
    for done, name in enumerate(names, 1):
        if connection.closed:
            results.update(_skipped(names[done - 1 :], _CONNECTION_LOST))
            return
        yield name
        result = results[name]
        failed += result.status != "applied"
        tell(done, len(names), failed)
        if result.of_server and needs_room:
            results.update(_skipped(names[done:], short_of_resources(result)))
            return


def _skipped(names: Iterable[str], reason: str) -> dict[str, StepResult]:
    return {name: StepResult(name, "skipped", reason) for name in names}


def too_many_failed(number: int, most: int | None) -> str:
    """Why tenants are not begun any more after so many failures."""
    return f"Not done, because {number:,} failed before (--max-failures {most})."


def short_of_resources(first: StepResult) -> str:
    """Why tenants are not begun any more after one failed because of the server."""
    return f"Its turn never came: the server is short of resources, as {first.name} has shown."


def closed(
    url: str,
    connection: Connection,
    run: int,
    results: Mapping[str, StepResult],
    ends: Mapping[str, tuple[str, str]],
) -> RunResult:
    """Close a run that takes its tenants one by one, and tell the journal which it did not change.

    Args:
        results: tenant → what became of it.
        ends: tenant → the shapes that it was to go from and to.
    """
    unreached = [
        journal.Step(name, *ends[name], its.status, its.error)
        for name, its in results.items()
        if its.status != "applied"
    ]
    recorded = journal.close_run(url, connection, run, unreached)
    return RunResult(run, as_recorded(results, recorded))


def as_recorded(
    results: Mapping[str, StepResult], recorded: Mapping[str, StepStatus]
) -> tuple[StepResult, ...]:
    """The results; where it was in doubt what became of a tenant, the journal knows.

    Args:
        results: tenant → what became of it, as far as the run was told.
        recorded: tenant → what the journal says of it; empty if it cannot be asked.
    """
    return tuple(_as_recorded(its, recorded.get(name)) for name, its in results.items())


def _as_recorded(result: StepResult, recorded: StepStatus | None) -> StepResult:
    if recorded in REACHED:
        return StepResult(result.name, recorded)
    if recorded is None and result.in_doubt:
        return StepResult(result.name, "failed", result.in_doubt)
    return replace(result, in_doubt=None)
