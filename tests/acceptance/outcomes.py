"""The table of outcomes: diffapply, migra alone and `results` alone on the same cases.

    python -m tests.acceptance.outcomes [--versions 15 18] [--kinds enums views]

All run every case both ways, in one run, on servers of their own; pg_dump judges.
"""

import argparse
import sys
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.acceptance.case_files import Case, all_cases
from tests.acceptance.case_runs import Outcome, workshop
from tests.acceptance.rivals import RIVALS, MissingRivalError, Rival, installed, rival
from tests.servers import Server, get_server, make_base, remove_base

_WORDS = {
    "diffapply": ("applied", "blocked", "wrong"),
    "migra": ("right", "incomplete", "fails"),
    "results": ("right", "incomplete", "fails"),
}


@dataclass
class Tally:
    """What was counted, of directions of cases.

    Attributes:
        cells: by version, kind, tool and its verdict.
        steps: by version and what diffapply did.
        blocked: the names of what diffapply would not do, and why.
    """

    cells: Counter[tuple[int, str, str, str]] = field(default_factory=Counter)
    steps: Counter[tuple[int, str]] = field(default_factory=Counter)
    blocked: dict[str, str] = field(default_factory=dict)

    def add(self, version: int, case: Case, direction: str, outcome: Outcome) -> None:
        self.cells[version, case.kind, "diffapply", outcome.verdict] += 1
        done = {
            "all": True,
            "seen": outcome.seen,
            "planned": bool(outcome.statements),
            "applied": outcome.verdict == "applied",
            "taken back": outcome.taken_back,
        }
        self.steps.update((version, step) for step, held in done.items() if held)
        if outcome.verdict != "applied":
            reasons = "; ".join(line.splitlines()[0] for line in outcome.details[1:3])
            self.blocked[f"{version} {case.name} {direction}"] = f"{outcome.verdict}: {reasons}"

    def sum(self, tool: str, word: str, version: int, kind: str | None = None) -> int:
        return sum(
            number
            for (its_version, its_kind, its_tool, its_word), number in self.cells.items()
            if (its_tool, its_word, its_version) == (tool, word, version)
            and kind in (None, its_kind)
        )


def main() -> None:
    """Run the cases and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--versions", nargs="+", type=int, default=[15, 18])
    parser.add_argument("--kinds", nargs="+")
    arguments = parser.parse_args()
    cases = [case for case in all_cases() if case.kind in (arguments.kinds or [case.kind])]
    tally = Tally()
    tools = ["diffapply"]
    base, lock = make_base()
    try:
        with ExitStack() as stack:
            pythons = {}
            for name in RIVALS:
                try:
                    pythons[name] = stack.enter_context(installed(name))
                    tools.append(name)
                except MissingRivalError as reason:
                    print(f"{reason}; it is left out", file=sys.stderr)  # noqa: T201
            for version in arguments.versions:
                run(tally, cases, get_server(version, base), pythons)
    finally:
        remove_base(base, lock)
    report(tally, cases, arguments.versions, tools)


def run(tally: Tally, cases: list[Case], server: Server, pythons: dict[str, Path]) -> None:
    """Run the cases that a version knows with every tool."""
    with ExitStack() as stack:
        shop = stack.enter_context(workshop(server))
        rivals: list[Rival] = [
            stack.enter_context(rival(name, python, server)) for name, python in pythons.items()
        ]
        known = [case for case in cases if server.version >= case.min_version]
        for case in track(known, f"PostgreSQL {server.version}", console=Console(stderr=True)):
            for direction, outcome in shop.outcomes(case).items():
                tally.add(server.version, case, direction, outcome)
            for other in rivals:
                for verdict in other.verdicts(case).values():
                    tally.cells[server.version, case.kind, other.name, verdict] += 1


def report(tally: Tally, cases: list[Case], versions: list[int], tools: list[str]) -> None:
    """Print what was counted."""
    console = Console(width=140)
    for version in versions:
        table = Table(title=f"PostgreSQL {version}: directions of cases")
        table.add_column("kind")
        for tool in tools:
            for word in _WORDS[tool]:
                table.add_column(f"{tool}\n{word}", justify="right")
        for kind in [*dict.fromkeys(case.kind for case in cases), None]:
            counts = [
                tally.sum(tool, word, version, kind) for tool in tools for word in _WORDS[tool]
            ]
            if kind is None:
                table.add_section()
            table.add_row(kind or "all", *(str(count or "") for count in counts))
        console.print(table)
    table = Table(title="diffapply, directions of cases")
    steps = ("all", "seen", "planned", "applied", "taken back")
    for column in ("PostgreSQL", *steps):
        table.add_column(column, justify="right")
    for version in versions:
        table.add_row(str(version), *(str(tally.steps[version, step]) for step in steps))
    console.print(table)
    for name, why in tally.blocked.items():
        console.print(f"{name}: {why}", markup=False, highlight=False)


if __name__ == "__main__":
    main()
