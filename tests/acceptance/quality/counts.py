"""Counts the statements of all plans that we know of, there and back, and looks at their style.

    python -m tests.acceptance.quality.counts [--each FILE] [corpus …]

The corpora: the acceptance cases, the pairs beside this module, situations from the field, and
what hypothesis thinks of, the same each time. A plan here is one transition.
"""

import argparse
import os
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.acceptance import field_cases
from tests.acceptance.case_files import DIRECTIONS, Case, Direction, all_cases
from tests.acceptance.case_runs import RefusedError, workshop
from tests.acceptance.generated.pairs import Pair as GeneratedPair
from tests.acceptance.generated.pairs import pairs
from tests.acceptance.quality.comparison import small_keywords
from tests.acceptance.quality.pair_files import all_pairs
from tests.servers import (
    BASE,
    DEFAULT_VERSION,
    Cli,
    Outcome,
    Server,
    get_server,
    make_base,
    remove_base,
)

_GENERATED = 150
_BACK = ("--backward", "--allow-destructive")


@dataclass(frozen=True, slots=True)
class Planned:
    """One transition.

    Attributes:
        name: the corpus, and of what in it.
        statements: None if it is blocked.
    """

    corpus: str
    name: str
    direction: Direction
    statements: tuple[str, ...] | None

    def __str__(self) -> str:
        told = "blocked" if self.statements is None else str(len(self.statements))
        return f"{self.corpus} {self.name} {self.direction} {told}"


def of_cases(server: Server) -> Iterator[Planned]:
    """The acceptance cases."""
    known = [case for case in all_cases() if case.min_version <= server.version]
    return _proved(server, "cases", known)


def of_pairs(server: Server) -> Iterator[Planned]:
    """The pairs whose plans are compared with what an expert writes."""
    cases = [Case(its.kind, its.subject, its.before, its.after, 15, {}) for its in all_pairs()]
    return _proved(server, "quality", cases)


def of_generated(server: Server) -> Iterator[Planned]:
    """What hypothesis thinks of."""
    found: list[Case] = []

    @settings(
        max_examples=_GENERATED,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(pairs(server.version))
    def collect(pair: GeneratedPair) -> None:
        name = f"{len(found) + 1:03}"
        found.append(Case("generated", name, str(pair.old), str(pair.new), 15, {}))

    collect()
    return _proved(server, "generated", found)


def of_field(server: Server) -> Iterator[Planned]:
    """Situations from the field, applied in between."""
    names = sorted(path.name for path in field_cases.FIELD.iterdir())
    for name in track(names, "field", console=Console(stderr=True)):
        with server.new_database() as database:
            case = field_cases.build(name, database)
            yield from _transitions(name, "forward", case("plan", "--format", "json"))
            if case("apply", "--yes", "--allow-destructive").code == 0:
                back = Cli(database.url)("plan", "--backward", "--format", "json")
                yield from _transitions(name, "backward", back)


def _proved(server: Server, corpus: str, cases: Sequence[Case]) -> Iterator[Planned]:
    with workshop(server) as shop:
        for case in track(cases, corpus, console=Console(stderr=True)):
            try:
                proved = shop.proved(case)
            except RefusedError:
                continue
            for direction, verdict in proved.items():
                statements = tuple(its.sql for its in verdict.statements)
                its = None if verdict.blocked else statements
                yield Planned(corpus, case.name, direction, its)


def _transitions(name: str, direction: Direction, outcome: Outcome) -> Iterator[Planned]:
    if outcome.code == 1:  # it is about an error
        return
    for transition in outcome.json["transitions"]:
        statements = tuple(statement["sql"] for statement in transition["statements"])
        its = None if transition["blocked"] else statements
        yield Planned("field", name, direction, its)


CORPORA: dict[str, Callable[[Server], Iterator[Planned]]] = {
    "cases": of_cases,
    "quality": of_pairs,
    "field": of_field,
    "generated": of_generated,
}


def report(found: Sequence[Planned]) -> None:
    """Print the counts by corpus and direction."""
    table = Table(title="Statements of plans")
    table.add_column("corpus")
    table.add_column("direction")
    columns = ("plans", "blocked", "statements", "median", "mean", "longest", "with small keywords")
    for column in columns:
        table.add_column(column, justify="right")
    for corpus in (*CORPORA, "all"):
        for direction in DIRECTIONS:
            its = [
                each
                for each in found
                if corpus in (each.corpus, "all") and each.direction == direction
            ]
            if its:
                table.add_row(corpus, direction, *_counted(its))
        table.add_section()
    Console(width=120).print(table)


def _counted(its: Sequence[Planned]) -> Iterator[str]:
    done = [each.statements for each in its if each.statements is not None]
    lengths = [len(statements) for statements in done] or [0]
    small = sum(bool(small_keywords(each)) for statements in done for each in statements)
    yield from (str(len(its)), str(len(its) - len(done)), str(sum(lengths)))
    yield from (f"{statistics.median(lengths):g}", f"{statistics.mean(lengths):.2f}")
    yield from (str(max(lengths)), str(small))


def main() -> None:
    """Count, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", nargs="*", choices=[*CORPORA, []], help="all, if none is named")
    parser.add_argument("--each", type=Path, help="write how many statements each plan has")
    arguments = parser.parse_args()
    base, lock = make_base()
    os.environ[BASE] = str(base)
    try:
        server = get_server(DEFAULT_VERSION, base)
        found = [
            planned
            for corpus in arguments.corpora or CORPORA
            for planned in CORPORA[corpus](server)
        ]
    finally:
        remove_base(base, lock)
    report(found)
    if arguments.each:
        arguments.each.write_text("".join(f"{planned}\n" for planned in found), "utf-8")


if __name__ == "__main__":
    main()
