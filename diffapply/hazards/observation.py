"""Observes in rehearsal what statements lock and rewrite."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from diffapply.model.hazards import Hazard, HazardCode
from diffapply.model.plan import Statement, TableLock
from diffapply.scratch.sandbox import Sandbox

# As pg_locks and as LOCK TABLE write them, by strength. Weaker ones keep nobody from reading or
# writing, and wait for nobody who does.
_MODES = {
    "ShareUpdateExclusiveLock": "SHARE UPDATE EXCLUSIVE",
    "ShareLock": "SHARE",
    "ShareRowExclusiveLock": "SHARE ROW EXCLUSIVE",
    "ExclusiveLock": "EXCLUSIVE",
    "AccessExclusiveLock": "ACCESS EXCLUSIVE",
}
_HARMLESS = "SHARE UPDATE EXCLUSIVE"
"""Holds up nobody but VACUUM and other changes of structure: no hazard."""

STRENGTH = {mode: strength for strength, mode in enumerate(_MODES.values())}
"""Mode of a lock → the larger, the stronger."""

# A relation that was dropped is still locked, but has no name any more.
_LOCKS = """
select l.relation, case when c.relnamespace <> own.oid then c.oid::regclass::text end, l.mode
from pg_locks l
cross join (select to_regnamespace(quote_ident(%(schema)s))::oid offset 0) own (oid)
left join pg_class c on c.oid = l.relation
where l.pid = pg_backend_pid() and l.granted and l.mode = any (%(modes)s)
    and (
        c.oid is null or c.relnamespace = own.oid or c.relkind in ('r', 'p', 'm')
        and c.relnamespace <> all (array['pg_catalog'::regnamespace, 'pg_toast'::regnamespace])
    )
"""

_FILES = """
select c.oid, quote_ident(c.relname), c.relfilenode, c.relkind <> 'm'
from pg_class c
where c.relkind in ('r', 'p', 'm')
    and c.relnamespace = (select to_regnamespace(quote_ident(%(schema)s)))
"""


@dataclass(frozen=True, slots=True)
class _File:
    """A relation of the tenant that holds rows; `table`: LOCK TABLE takes it."""

    name: str
    node: int
    table: bool


class Observer:
    """Tells what each statement locked and rewrote, of what was there before the first."""

    def __init__(self, sandbox: Sandbox, *, measure_locks: bool) -> None:
        self._sandbox = sandbox
        self._measure_locks = measure_locks
        self._files = self._read_files()
        # Locks are taken before anything runs, and so before anything is renamed.
        self._named = {oid: file.name for oid, file in self._files.items()}
        self._seen: set[tuple[int, str]] = set()

    def run_unnoticed(self, statements: Sequence[str]) -> bool:
        """Run statements together, if they lock and rewrite nothing that existed before.

        To look after each of many statements takes longer than to run them.

        Returns:
            Whether they ran; if not, one of them locks or rewrites something, or fails.
        """
        self._sandbox.run(["savepoint together"])
        seen = {*self._seen}
        unnoticed = self._sandbox.try_run(statements) is None and not (
            (self._measure_locks and self._new_locks()) or self._rewritten(self._read_files())
        )
        if not unnoticed:
            self._sandbox.run(["rollback to savepoint together"])
            self._seen = seen
        self._sandbox.run(["release savepoint together"])
        return unnoticed

    def observe(self, statement: Statement) -> Statement:
        """The statement that ran since the last call, with what it did as hazards and locks."""
        hazards, locks = [], []
        if self._measure_locks:
            for relation, lock in sorted(self._new_locks().items(), key=lambda its: its[1].table):
                if lock.mode != _HARMLESS:
                    message = f"takes {lock.mode} on {lock.table}"
                    hazards.append(Hazard(HazardCode.LOCKS_TABLE, message))
                if not lock.own or self._files[relation].table:
                    locks.append(lock)
        files = self._read_files()
        hazards += [
            Hazard(
                HazardCode.REWRITES_TABLE,
                f"rewrites {file.name}",
                remedy=f"ANALYZE {file.name}",
            )
            for file in self._rewritten(files)
        ]
        self._files |= {oid: file for oid, file in files.items() if oid in self._files}
        return replace(
            statement,
            hazards=(*statement.hazards, *hazards),
            locks=(*statement.locks, *locks),
        )

    def _rewritten(self, files: Mapping[int, _File]) -> list[_File]:
        """Those of what was there before that have other files now."""
        return [
            file
            for oid, file in sorted(files.items())
            if oid in self._files and self._files[oid].node != file.node
        ]

    def _new_locks(self) -> dict[int, TableLock]:
        """Relation → the strongest lock on it that was not there at the last call."""
        named = {"schema": self._sandbox.scope.schema, "modes": list(_MODES)}
        held: dict[int, TableLock] = {}
        for oid, elsewhere, mode in self._sandbox.rows(_LOCKS, named):
            if (oid, mode) in self._seen:
                continue
            self._seen.add((oid, mode))
            if oid in self._files:
                lock = TableLock(self._named[oid], _MODES[mode], own=True)
            elif elsewhere:
                lock = TableLock(elsewhere, _MODES[mode], own=False)
            else:
                continue  # the transition made it: it is locked, but nobody waits for it
            if oid not in held or STRENGTH[held[oid].mode] < STRENGTH[lock.mode]:
                held[oid] = lock
        return held

    def _read_files(self) -> dict[int, _File]:
        found = self._sandbox.rows(_FILES, {"schema": self._sandbox.scope.schema})
        return {oid: _File(*file) for oid, *file in found}
