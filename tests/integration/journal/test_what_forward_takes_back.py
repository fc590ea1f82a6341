"""Which runs a forward plan takes back, because its goal is what tenants were before them.

Each case is a history, told as in `histories`, and what is found then: tenant → runs.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest
from psycopg2.extensions import connection as Connection

from diffapply import journal
from diffapply.database.connection import connect
from tests.integration.journal.histories import SHAPES, begin, record
from tests.integration.rollout_cases import Database

_TENANTS = ("user_1", "user_2", "user_3")


@dataclass(frozen=True)
class Case:
    """A history, the shape to which all tenants are to go, and what that takes back."""

    id: str
    history: str
    goal: str
    back: dict[str, tuple[int, ...]]


CASES = (
    Case("nothing was done", "", "a", {}),
    Case("the next step", "forward user_1:a>b", "c", {}),
    Case(
        "back to before the last run, where it was",
        """forward user_1:a>b user_2:a>b user_3!
        forward user_1:b>c user_3:b>c""",
        "b",
        {"user_1": (2,), "user_3": (2,)},
    ),
    Case(
        "back by several runs",
        """forward user_1:a>b
        forward user_1:b>c
        forward user_1:c>d""",
        "a",
        {"user_1": (1, 2, 3)},
    ),
    Case(
        "not after the journal has taken it back, whatever is to come",
        """forward user_1:a>b
        forward user_1:b>c
        backward 2 user_1:c>b""",
        "c",
        {},
    ),
    Case(
        "the run before, after that",
        """forward user_1:a>b
        forward user_1:b>c
        backward 2 user_1:c>b""",
        "a",
        {"user_1": (1,)},
    ),
    Case("drift is set right", "forward user_1:b>a", "a", {}),
    Case(
        "and what it was by hand becomes desired later",
        """forward user_1:a>b
        forward user_1:c>b""",
        "c",
        {},
    ),
    Case(
        "set back by hand, and released again",
        """forward user_1:a>b
        forward user_1:a>b""",
        "a",
        {"user_1": (2,)},
    ),
    Case(
        "reverted, and released again",
        """forward user_1:a>b
        forward user_1:b>a""",
        "b",
        {},
    ),
    Case(
        "reverted by two, and the first of them released again",
        """forward user_1:a>b
        forward user_1:b>c
        forward user_1:c>a""",
        "b",
        {},
    ),
    Case(
        "an older checkout for the second time",
        """forward user_1:a>b
        forward user_1:b>a
        forward user_1:a>b""",
        "a",
        {"user_1": (3,)},
    ),
    Case(
        "what another tenant of that name was before it was provisioned",
        """forward user_3:a>b
        provision user_3""",
        "a",
        {},
    ),
    Case("nothing, before it was provisioned", "provision user_3", "e", {}),
    Case(
        "since it was provisioned",
        """provision user_3
        forward user_3:d>c""",
        "d",
        {"user_3": (2,)},
    ),
)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """To a database without a journal."""
    with closing(connect(database.url)) as opened:
        yield opened


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_forward_takes_back(connection: Connection, case: Case) -> None:
    """Each case, in a journal of our own."""
    begin(connection)
    for line in case.history.splitlines():
        record(connection, *line.split())
    goals = dict.fromkeys(_TENANTS, SHAPES[case.goal].fingerprint)
    assert journal.runs_taken_back(connection, goals) == case.back


def test_without_a_journal(connection: Connection) -> None:
    """There is nothing to take back."""
    assert journal.runs_taken_back(connection, {"user_1": SHAPES["a"].fingerprint}) == {}
