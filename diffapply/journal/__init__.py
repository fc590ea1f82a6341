"""The journal: schema ``diffapply`` in the live database, with shapes, runs and their steps."""

from diffapply.journal.begun import Begun, begun_runs
from diffapply.journal.dropped import (
    recall_dropped,
    remember_dropped,
    remembered_dropped,
)
from diffapply.journal.locking import (
    LOCK_GUARD,
    find_tenant_holders,
    find_tenant_holders_within,
    know_tenants,
    try_tenant_locks,
)
from diffapply.journal.memory import (
    find_proof,
    find_proofs,
    has_caches,
    load_looks,
    may_remember,
    remember_looks,
    remember_proofs,
)
from diffapply.journal.other_roles import OtherRoles, claim, other_roles
from diffapply.journal.runs import history
from diffapply.journal.shapes import declared_objects, known_shapes, load_shapes
from diffapply.journal.structure import ensure, exists, permitted
from diffapply.journal.undoing import UndoneSteps, named_runs, runs_taken_back, steps_to_undo
from diffapply.journal.writing import (
    Step,
    begin_run,
    close_run,
    finish_run,
    record_step,
    record_steps,
    recorded_status,
    remember_shapes,
    step_statements,
)

__all__ = [
    "LOCK_GUARD",
    "Begun",
    "OtherRoles",
    "Step",
    "UndoneSteps",
    "begin_run",
    "begun_runs",
    "claim",
    "close_run",
    "declared_objects",
    "ensure",
    "exists",
    "find_proof",
    "find_proofs",
    "find_tenant_holders",
    "find_tenant_holders_within",
    "finish_run",
    "has_caches",
    "history",
    "know_tenants",
    "known_shapes",
    "load_looks",
    "load_shapes",
    "may_remember",
    "named_runs",
    "other_roles",
    "permitted",
    "recall_dropped",
    "record_step",
    "record_steps",
    "recorded_status",
    "remember_dropped",
    "remember_looks",
    "remember_proofs",
    "remember_shapes",
    "remembered_dropped",
    "runs_taken_back",
    "step_statements",
    "steps_to_undo",
    "try_tenant_locks",
]
