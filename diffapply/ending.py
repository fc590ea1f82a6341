"""Ends a process whose work is done, also where a thread that is not ours would keep it."""

import atexit
import os
import sys
import threading
from contextlib import suppress


def end_without_threads(code: int) -> None:
    """Exit now if Python would wait for threads; else return, so that it exits as usual.

    Models may start threads when they are imported, which may never end.
    """
    main = threading.main_thread()
    if all(its.daemon or its is main for its in threading.enumerate()):
        return
    with suppress(Exception):
        # Ours, such as waiting for scratch databases to be dropped, and those of the models.
        atexit._run_exitfuncs()  # noqa: SLF001 - as Python itself does, after its wait for threads
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(code)
