"""How long work tells whoever asked how far it is; what is shown is up to the caller."""

from typing import Protocol


class Progress(Protocol):
    """Called as work goes on; must be safe to call from several threads."""

    def __call__(self, what: str, done: int, total: int, failed: int = 0) -> None:
        """`done` of `total` items of `what` (such as ``apply``) are finished.

        Args:
            failed: how many of those that are finished failed or were refused.
        """


def silent(what: str, done: int, total: int, failed: int = 0) -> None:
    """Tell nobody."""
