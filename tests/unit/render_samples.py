"""Plans, drift reports, runs and journals made by hand, some of them with hostile names."""

from datetime import UTC, datetime, timedelta

from diffapply.model.catalog import Catalog, Difference, Fact
from diffapply.model.drift import DriftReport, TenantDrift
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.model.plan import Plan, Shape, Transition
from diffapply.model.run import RunRecord, RunResult, StepRecord, StepResult
from diffapply.model.statement import Statement

HOSTILE = (
    'user_1"; drop',
    "user_2\nuser_3",
    "user_4%0A::error::x",
    "user_5|`|``",
    "<script>alert(1)</script>",
    "user_6\x1b[31mred",
    "]]>&amp;\x00\x0b\ufffe",
    "user_7\u202egnp",
    "@everyone [x](http://x)",
)
"""Names of schemas that would break out of one format or another."""

CREATE_TABLE = """\
CREATE TABLE marketplace_tasks (
    id integer NOT NULL,
    result jsonb DEFAULT '{}'::jsonb
);"""
CREATE_INDEX = (
    "CREATE INDEX ix_marketplace_tasks_job_status ON marketplace_tasks USING btree "
    "(job_id, status) WHERE status <> 'COMPLETED' AND error_message IS NOT NULL;"
)
DROP_COLUMN = "ALTER TABLE marketplace_jobs DROP COLUMN notes"

MISSING_TABLE = (
    Difference("table", "marketplace_tasks", "missing", "TABLE", None),
    Difference("column", "marketplace_tasks.id", "missing", "integer", None),
    Difference("not null", "marketplace_tasks.id", "missing", "NOT NULL", None),
    Difference("index", "ix_job", "missing", "ON marketplace_tasks USING btree (job_id)", None),
)
CHANGED_COLUMN = Difference(
    "column", "marketplace_jobs.name", "changed", "character varying(255)", "text"
)
CHANGED_ROUTINE = Difference(
    "routine", "f()", "changed", "BEGIN\n  RETURN 1;\nEND", "BEGIN\n  RETURN 2;\nEND"
)
EXTRA_COLUMN = Difference("column", "marketplace_jobs.notes", "extra", None, "text")

EMPTY = Shape(Catalog.of([]), ())
GOAL = Shape(Catalog.of([Fact("table", "marketplace_tasks", "marketplace_tasks", "TABLE")]))


def users(*numbers: int) -> tuple[str, ...]:
    """Tenants by their number."""
    return tuple(f"user_{number}" for number in numbers)


def transition(
    tenants: tuple[str, ...] = users(1), *statements: Statement, blocked: tuple[str, ...] = ()
) -> Transition:
    """From the empty shape to the goal."""
    return Transition(
        EMPTY.fingerprint,
        GOAL.fingerprint,
        tenants,
        statements,
        differences=(CHANGED_COLUMN, CHANGED_ROUTINE, EXTRA_COLUMN),
        blocked=blocked,
    )


def plan(*transitions: Transition, in_sync: tuple[str, ...] = ()) -> Plan:
    """A forward plan."""
    return Plan(
        "forward",
        "7/1/app",
        "schema/desired.py:metadata",
        in_sync,
        transitions,
        {EMPTY.fingerprint: EMPTY, GOAL.fingerprint: GOAL},
    )


BLOCKED = transition(users(90, 91), blocked=("the column marketplace_jobs.name cannot change",))
FULL_PLAN = plan(
    transition(
        users(*range(1, 11)),
        Statement(CREATE_TABLE),
        Statement(
            CREATE_INDEX,
            (
                Hazard(HazardCode.SCANS_TABLE, "scans the table marketplace_tasks"),
                Hazard(
                    HazardCode.LOCKS_TABLE,
                    "blocks writes to marketplace_tasks while the index is built",
                ),
            ),
        ),
        Statement(
            DROP_COLUMN,
            (
                Hazard(
                    HazardCode.DROPS_COLUMN,
                    "drops the column marketplace_jobs.notes; its values are lost",
                ),
            ),
        ),
    ),
    BLOCKED,
    in_sync=users(50, 51),
)
EMPTY_PLAN = plan(in_sync=users(1, 2))

DRIFT = DriftReport(
    (
        TenantDrift("user_1", "in_sync"),
        TenantDrift("user_2", "drifted", (CHANGED_COLUMN, CHANGED_ROUTINE, EXTRA_COLUMN)),
        TenantDrift("user_3", "behind", MISSING_TABLE),
        TenantDrift("user_4", "behind", MISSING_TABLE),
    )
)
IN_SYNC = DriftReport((TenantDrift("user_1", "in_sync"),))

RUN = RunResult(
    12,
    (
        StepResult("user_1", "applied"),
        StepResult("user_2", "applied"),
        StepResult("user_3", "failed", "canceling statement due to lock timeout; rolled back."),
        StepResult("user_4", "refused", "Data would be lost: drops the column a.b."),
        StepResult("user_5", "unchanged"),
        StepResult("user_6", "failed", "canceling statement due to lock timeout; rolled back."),
    ),
)

_BEGAN = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
RECORD = RunRecord(
    id=12,
    direction="forward",
    who="postgres/ada",
    version="0.1.0",
    plan_digest="d" * 64,
    started_at=_BEGAN,
    finished_at=_BEGAN + timedelta(seconds=2.5),
    status="incomplete",
    counts={"applied": 1, "failed": 1},
    undone_by={13: 1},
    steps=(
        StepRecord(
            "user_1", EMPTY.fingerprint, GOAL.fingerprint, "applied", None, _BEGAN, _BEGAN, 13
        ),
        StepRecord(
            "user_2", EMPTY.fingerprint, GOAL.fingerprint, "failed", "deadlock", _BEGAN, _BEGAN
        ),
    ),
)


def hostile_plan() -> Plan:
    """A plan whose tenants, statements, hazards and reasons hold every hostile name."""
    text = " ".join(HOSTILE)
    return plan(
        transition(
            HOSTILE, Statement(f"SELECT 1 -- {text}", (Hazard(HazardCode.LOSES_DATA, text),))
        ),
        transition((text,), blocked=(text,)),
        in_sync=HOSTILE,
    )


def hostile_drift() -> DriftReport:
    """Drift whose tenants and differences hold every hostile name."""
    differences = tuple(
        Difference("column", name, "changed", f"{name}\n{name}", name) for name in HOSTILE
    )
    return DriftReport(tuple(TenantDrift(name, "drifted", differences) for name in HOSTILE))
