"""Imports migra and schemainspect without warnings, and in a quarter of the time.

They import pkg_resources, which warns that it is deprecated; our pins take care of that. And
schemainspect calls inspect.stack 17 times, which reads the source of all callers. That takes 0.16
s, more than many comparisons.
"""

import inspect
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


def _stack_without_source() -> list[inspect.FrameInfo]:
    found = []
    frame = inspect.currentframe()
    while frame := frame and frame.f_back:
        code = frame.f_code
        found.append(
            inspect.FrameInfo(frame, code.co_filename, frame.f_lineno, code.co_name, None, None)
        )
    return found


@contextmanager
def _quick_stack() -> Iterator[None]:
    usual = inspect.stack
    inspect.stack = _stack_without_source  # type: ignore[assignment]  # takes no context
    try:
        yield
    finally:
        inspect.stack = usual


with warnings.catch_warnings(), _quick_stack():
    warnings.simplefilter("ignore")
    from migra import Migration
    from schemainspect.pg.obj import PostgreSQL

__all__ = ["Migration", "PostgreSQL"]
