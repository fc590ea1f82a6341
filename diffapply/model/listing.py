"""Long lists in sentences."""

from collections.abc import Callable, Iterable, Sequence


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


def few_of(texts: Sequence[str], most: int, more: str) -> tuple[str, ...]:
    """The first few, and a text that tells the number of the others.

    Args:
        more: such as ``and {} more``.
    """
    rest = len(texts) - most
    return (*texts[:most], *([more.format(f"{rest:,}")] if rest > 0 else []))


def ranges(numbers: Iterable[int]) -> str:
    """Numbers in order, such as ``3 to 6, 9``."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][-1] == number - 1:
            found[-1].append(number)
        else:
            found.append([number])
    return ", ".join(f"{its[0]} to {its[-1]}" if its[1:] else str(its[0]) for its in found)


_IN_ONE_LINE = 8


def in_one_line(reasons: Sequence[str]) -> str:
    """Reasons as clauses; the first of them are those that count."""
    more = "; and more" if len(reasons) > _IN_ONE_LINE else ""
    return "; ".join(reasons[:_IN_ONE_LINE]) + more
