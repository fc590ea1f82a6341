"""The command line, as a program: signals are heard before what takes long is imported."""

import os
from contextlib import suppress
from types import FrameType
from typing import NoReturn

from diffapply.database.interruption import INTERRUPTED, until_then
from diffapply.ending import end_without_threads


def run() -> NoReturn:
    """Run the command that was given, and exit."""
    until_then(_end)
    from diffapply.main import run as run_command  # noqa: PLC0415 - see above

    try:
        run_command()
    except SystemExit as ended:
        end_without_threads(ended.code if isinstance(ended.code, int) else 0)
        raise


def _end(number: int, frame: FrameType | None) -> NoReturn:
    """End as the contract says of an interruption."""
    del number, frame
    with suppress(OSError):
        os.write(2, f"Error: {INTERRUPTED}\n".encode())
    os._exit(1)


if __name__ == "__main__":
    run()
