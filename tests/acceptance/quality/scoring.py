"""Scores plans: `make quality` prints the score by kind, and what differs from what is expected.

python -m tests.acceptance.quality.scoring [kind or kind/subject …]
"""

import difflib
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.acceptance.quality.comparison import SCORES, Score, folded, score, small_keywords
from tests.acceptance.quality.desk import BlockedError, Desk, desk
from tests.acceptance.quality.known import known
from tests.acceptance.quality.pair_files import Pair, all_pairs
from tests.servers import DEFAULT_VERSION, get_server, make_base, remove_base


@dataclass(frozen=True, slots=True)
class Result:
    """What the library plans for a pair, beside what is expected.

    Attributes:
        statements: those planned.
        blocked: why it plans none; empty if it does.
    """

    pair: Pair
    statements: tuple[str, ...]
    blocked: str = ""

    @property
    def score(self) -> Score:
        return "blocked" if self.blocked else score(self.statements, self.pair.expected)

    @property
    def difference(self) -> str:
        """Line by line, a statement each; empty if there is none."""
        if self.blocked:
            return f"blocked: {self.blocked}"
        ours, expected = (list(map(folded, its)) for its in (self.statements, self.pair.expected))
        lines = difflib.unified_diff(expected, ours, "expected", "planned", lineterm="", n=99)
        return "\n".join(lines)

    @property
    def small_keywords(self) -> tuple[str, ...]:
        return tuple(word for each in self.statements for word in small_keywords(each))


def result(desk: Desk, pair: Pair) -> Result:
    """Let the library plan a pair."""
    try:
        return Result(pair, desk.planned(pair))
    except BlockedError as error:
        return Result(pair, (), str(error))


def report(results: Sequence[Result]) -> None:
    """Print the differences, and then the score by kind."""
    console = Console(width=120, highlight=False, markup=False)
    for each in results:
        if each.score != "exact":
            console.print(f"{each.pair.name}: {SCORES[each.score]}", style="bold")
            console.print(f"    -- {each.pair.why}")
            for line in each.difference.splitlines()[2:]:
                console.print(f"    {line}", soft_wrap=True)
    table = Table(title="Plans as an expert writes them")
    table.add_column("kind")
    table.add_column("pairs", justify="right")
    for words in SCORES.values():
        table.add_column(words, justify="right")
    table.add_column("small keywords", justify="right")
    for kind in dict.fromkeys(each.pair.kind for each in results):
        table.add_row(kind, *_row([each for each in results if each.pair.kind == kind]))
    table.add_section()
    table.add_row("all", *_row(results))
    console.print(table)


def _row(results: Sequence[Result]) -> Iterable[str]:
    counts = Counter(each.score for each in results)
    small = sum(len(each.small_keywords) for each in results)
    numbers = (len(results), *(counts[its] for its in SCORES), small)
    return (str(number or "") for number in numbers)


def main(chosen: Sequence[str]) -> int:
    """Score the chosen pairs, or all; returns the exit code: 1 if `known.txt` is not true."""
    pairs = [
        pair for pair in all_pairs() if not chosen or pair.name in chosen or pair.kind in chosen
    ]
    base, lock = make_base()
    try:
        with desk(get_server(DEFAULT_VERSION, base)) as its:
            console = Console(stderr=True)
            results = [result(its, pair) for pair in track(pairs, "Planning", console=console)]
    finally:
        remove_base(base, lock)
    report(results)
    untrue = [*_untrue(results)]
    for sentence in untrue:
        print(sentence)  # noqa: T201
    return 1 if untrue else 0


def _untrue(results: Sequence[Result]) -> Iterator[str]:
    listed = known()
    for each in results:
        if each.score == "exact" and each.pair.name in listed:
            yield f"{each.pair.name} is exact now: remove its line from known.txt"
        elif each.score != "exact" and each.pair.name not in listed:
            yield f"{each.pair.name} is not exact, and not in known.txt"


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
