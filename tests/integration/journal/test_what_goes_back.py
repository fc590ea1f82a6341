"""Which steps `--backward` takes back: one run, and never a provisioning unasked.

Each case is a history, told as in `histories`, and what goes back then: tenant → the shape it
returns to, and the runs that are thereby undone.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest
from psycopg2.extensions import connection as Connection

from diffapply import journal
from diffapply.database.connection import connect
from diffapply.journal import structure
from tests.integration.journal.histories import SHAPES, begin, record, steps
from tests.integration.rollout_cases import Database

_ALL = ("user_1", "user_2", "user_3", "public")
_LETTERS = {shape.fingerprint: letter for letter, shape in SHAPES.items()}


@dataclass(frozen=True)
class Case:
    """A history, what is asked, and what goes back.

    Attributes:
        id: what the case shows.
        history: a line a run.
        back: tenant → the shape it returns to, and the runs undone.
        tenants: that are chosen, and there.
    """

    id: str
    history: str
    back: dict[str, tuple[str, tuple[int, ...]]]
    to: int | None = None
    provisioned: bool = False
    tenants: tuple[str, ...] = _ALL


CASES = (
    Case("nothing was done", "", {}),
    Case(
        "one run, in all that it changed",
        "forward user_1:a>b user_2:a>b",
        {"user_1": ("a", (1,)), "user_2": ("a", (1,))},
    ),
    Case(
        "the newest run only, in those that it changed",
        """forward user_1:a>b user_2:a>b
        forward user_1:b>c""",
        {"user_1": ("b", (2,))},
    ),
    Case(
        "a tenant that failed in it keeps what it has from the run before",
        """forward user_1:a>b user_2:a>b
        forward user_1:b>c user_2!""",
        {"user_1": ("b", (2,))},
    ),
    Case(
        "a run in which all failed changed nothing",
        """forward user_1:a>b
        forward user_1! user_2!""",
        {"user_1": ("a", (1,))},
    ),
    Case(
        "then the one before, in all that it changed",
        """forward user_1:a>b user_2:a>b
        forward user_1:b>c
        backward 2 user_1:c>b""",
        {"user_1": ("a", (1,)), "user_2": ("a", (1,))},
    ),
    Case(
        "what is left of a run that could not be taken back everywhere",
        """forward user_1:a>b user_2:a>b
        backward 1 user_1:b>a user_2!""",
        {"user_2": ("a", (1,))},
    ),
    Case(
        "a run after that comes first",
        """forward user_1:a>b user_2:a>b
        backward 1 user_1:b>a user_2!
        forward user_1:a>c""",
        {"user_1": ("a", (3,))},
    ),
    Case(
        "forward, back and forward again goes back once",
        """forward user_1:a>b
        backward 1 user_1:b>a
        forward user_1:a>b""",
        {"user_1": ("a", (3,))},
    ),
    Case(
        "all undone",
        """forward user_1:a>b
        backward 1 user_1:b>a""",
        {},
    ),
    Case(
        "of the chosen tenants only, as if there were no others",
        """forward user_1:a>b user_2:a>b
        forward user_1:b>c""",
        {"user_2": ("a", (1,))},
        tenants=("user_2",),
    ),
    Case(
        "a tenant that was dropped since does not count",
        """forward user_1:a>b user_2:a>b
        forward user_3:a>b""",
        {"user_1": ("a", (1,)), "user_2": ("a", (1,))},
        tenants=("user_1", "user_2"),
    ),
    Case(
        "a template goes back with its run",
        """forward public:a>b user_1:a>b
        forward public:b>c user_2:a>b""",
        {"public": ("b", (2,)), "user_2": ("a", (2,))},
    ),
    Case(
        "not a provisioning, though it is the newest",
        """forward user_1:a>d
        provision user_3""",
        {"user_1": ("a", (1,))},
    ),
    Case("nothing but provisionings", "provision user_1 user_2", {}),
    Case(
        "a provisioning if asked, as any run",
        """forward user_1:a>d
        provision user_3""",
        {"user_3": ("e", (2,))},
        provisioned=True,
    ),
    Case(
        "a run after the provisioning takes back itself alone",
        """provision user_3
        forward user_1:a>c user_3:d>c""",
        {"user_1": ("a", (2,)), "user_3": ("d", (2,))},
    ),
    Case(
        "and then the provisioning stays",
        """provision user_3
        forward user_3:d>c
        backward 2 user_3:c>d""",
        {},
    ),
    Case(
        "an empty tenant that an apply filled is none that was provisioned",
        "forward user_1:e>d",
        {"user_1": ("e", (1,))},
    ),
    Case(
        "to a run: it and all later ones, each tenant from its first of them",
        """forward user_1:a>b user_2:a>b
        forward user_1:b>c
        forward user_1:c>d user_2:b>d""",
        {"user_1": ("b", (2, 3)), "user_2": ("b", (3,))},
        to=2,
    ),
    Case(
        "to a run: what is undone already is not undone again",
        """forward user_1:a>b
        forward user_1:b>c
        backward 2 user_1:c>b
        forward user_1:b>d""",
        {"user_1": ("a", (1, 4))},
        to=1,
    ),
    Case(
        "to a run before a provisioning: back to what it was provisioned at",
        """forward user_1:a>d
        provision user_3
        forward user_1:d>c user_3:d>c""",
        {"user_1": ("a", (1, 3)), "user_3": ("d", (3,))},
        to=1,
    ),
    Case(
        "to a run before a provisioning, that too, if asked",
        """forward user_1:a>d
        provision user_3
        forward user_1:d>c user_3:d>c""",
        {"user_1": ("a", (1, 3)), "user_3": ("e", (2, 3))},
        to=1,
        provisioned=True,
    ),
    Case(
        "to the provisioning itself: it stays",
        """provision user_3
        forward user_3:d>c""",
        {"user_3": ("d", (2,))},
        to=1,
    ),
    Case(
        "what another tenant of that name had before it was provisioned never comes back",
        """forward user_3:a>b user_1:a>b
        provision user_3""",
        {"user_1": ("a", (1,))},
    ),
    Case(
        "nor to a run",
        """forward user_3:a>b user_1:a>b
        provision user_3
        forward user_3:d>c""",
        {"user_1": ("a", (1,)), "user_3": ("d", (3,))},
        to=1,
    ),
    Case(
        "nor when the provisioning is taken back with it",
        """forward user_3:a>b
        provision user_3
        forward user_3:d>c""",
        {"user_3": ("e", (2, 3))},
        to=1,
        provisioned=True,
    ),
    Case(
        "nor when the provisioning is undone",
        """forward user_3:a>b
        provision user_3
        backward 2 user_3:d>e""",
        {},
        to=1,
        provisioned=True,
    ),
)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """To a database without a journal."""
    with closing(connect(database.url)) as opened:
        yield opened


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_goes_back(connection: Connection, case: Case) -> None:
    """Each case, in a journal of our own."""
    begin(connection)
    for line in case.history.splitlines():
        record(connection, *line.split())
    assert _back(connection, case) == case.back


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(its, marks=pytest.mark.prove if n else (), id=its.id)
        for n, its in enumerate(CASES)
    ],
)
def test_in_a_journal_of_version_2(database: Database, connection: Connection, case: Case) -> None:
    """The same where the journal, and all in it, is what diffapply 0.1 wrote."""
    with connection.cursor() as cursor:
        cursor.execute(structure.statement("schema") + structure.statement("meta"))
        for number in (1, 2):
            cursor.execute(structure.upgrades()[number])
            cursor.execute(f"insert into diffapply.meta (version) values ({number})")
        for fingerprint in _LETTERS:
            cursor.execute(
                "insert into diffapply.shape (fingerprint, ddl, facts) values (%s, null, '[]')",
                [fingerprint],
            )
    for run, line in enumerate(case.history.splitlines(), 1):
        database.execute(_as_version_2_wrote_it(run, *line.split()))
    assert _back(connection, case) == case.back


def _back(connection: Connection, case: Case) -> dict[str, tuple[str, tuple[int, ...]]]:
    undos = journal.steps_to_undo(connection, case.tenants, case.to, provisioned=case.provisioned)
    return {name: (_LETTERS[undo.goal_fingerprint], undo.runs) for name, undo in undos.items()}


def _as_version_2_wrote_it(run: int, what: str, *tenants: str) -> str:
    statements = []
    undoes = ""
    if what == "backward":
        undoes, *rest = tenants
        tenants = tuple(rest)
    digest = SHAPES["d"].fingerprint if what == "provision" else "f" * 64
    direction = "backward" if what == "backward" else "forward"
    statements.append(
        "insert into diffapply.run"
        " (direction, who, version, plan_digest, desired, renames, finished_at, outcome) values"
        f" ('{direction}', 'app (ada)', '0.1.0', '{digest}', 'the desired state', '[]', now(),"
        " 'done')"
    )
    for name, source, goal, applied in steps(*tenants):
        status = "applied" if applied else "failed"
        statements.append(
            "insert into diffapply.step"
            " (run, tenant, source, goal, status, started_at, finished_at) values"
            f" ({run}, '{name}', '{source}', '{goal}', '{status}', now(), now())"
        )
        if undoes and applied:
            statements.append(
                f"update diffapply.step set undone_by = {run}"
                f" where tenant = '{name}' and run = {undoes} and undone_by is null"
            )
    return ";\n".join(statements)
