"""The callback through which long work reports its progress."""

from typing import Protocol


class Progress(Protocol):
    """Called during the work, from several threads."""

    def __call__(self, what: str, done: int, total: int, failed: int = 0) -> None:
        """`done` of `total` items of `what` (such as ``apply``) are finished.

        Args:
            failed: how many of the finished ones failed or were refused.
        """


def silent(what: str, done: int, total: int, failed: int = 0) -> None:
    """Ignore the progress."""
