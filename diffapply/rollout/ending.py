"""However a run ends, the journal is told about the tenants that it did not reach."""

from collections.abc import Callable

from diffapply.model.run import RunInterrupted, RunResult


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
