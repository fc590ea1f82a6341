"""Long lists in sentences."""

from collections.abc import Callable, Sequence


def some_of(
    items: Sequence[str],
    most: int = 3,
    *,
    joint: str = ", ",
    shown: Callable[[str], str] = str,
) -> str:
    """The first few, and the number of the others, such as ``a, b, c and 7 more``.

    Args:
        shown: the form in which an item is shown.
    """
    most += len(items) == most + 1  # "and 1 more" is no shorter than the item
    rest = len(items) - most
    return joint.join(map(shown, items[:most])) + (f" and {rest:,} more" if rest > 0 else "")
