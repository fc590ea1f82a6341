"""Observes in rehearsal what statements lock and rewrite."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from diffapply.ddl.locks import HARMLESS, MODES, STRENGTH
from diffapply.ddl.risks.work import rebuilding, scanning
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.model.statement import Statement, TableLock
from diffapply.queries import query
from diffapply.scratch.sandbox import Sandbox

_MODES = {f"{mode.title().replace(' ', '')}Lock": mode for mode in MODES}
"""A mode as pg_locks writes it → as LOCK TABLE does."""

_LOCKS = query("hazards", "locks_held")
_ELSEWHERE = query("hazards", "relations_elsewhere")

_FILES = query("hazards", "files_of_relations")
_THEIR_FILES = f"{_FILES} and c.oid = any (%(relations)s)"
_REWRITING = "AccessExclusiveLock"


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
        self._elsewhere = self._read_elsewhere() if measure_locks else {}
        self._oids = {name: oid for oid, name in (self._elsewhere | self._named).items()}
        self._held: set[str] = set()
        self._seized: set[int] = set()

    def run_unnoticed(self, statements: Sequence[str]) -> bool:
        """Run statements together, if they lock and rewrite nothing that existed before.

        To look after each of many statements takes longer than to run them.

        Returns:
            Whether they ran; if not, one of them locks or rewrites something, or fails.
        """
        held, seized = {*self._held}, {*self._seized}

        def is_unnoticed() -> bool:
            failed = self._sandbox.try_run(statements) is not None
            if failed or (self._measure_locks and self._new_locks()):
                return False
            files = self._changeable()
            if self._rewritten(files):
                return False
            self._see(files)
            return True

        unnoticed = self._sandbox.kept_if(bool, is_unnoticed)
        if not unnoticed:
            self._held, self._seized = held, seized
        return unnoticed

    def observe(self, statement: Statement, known: Mapping[str, str]) -> Statement:
        """The statement that ran since the last call, with what it did as hazards and locks.

        What it is said to rewrite counts no more: now that is seen.

        Args:
            known: the locks that it takes by itself, whether they were held before or not.
        """
        names = {**self._oids}
        new = self._new_locks() if self._measure_locks else {}
        locks = [
            lock
            for relation, lock in sorted(new.items(), key=lambda its: its[1].table)
            if not lock.own or self._files[relation].table
        ]
        files = self._changeable()
        rewritten = [file.name for file in self._rewritten(files)]
        self._see(files)
        said = [its for its in statement.hazards if not _is_seen(its, rewritten)]
        seen = [
            Hazard(HazardCode.REWRITES_TABLE, f"rewrites {name}", remedy=f"ANALYZE {name}")
            for name in rewritten
        ]
        return replace(
            statement,
            hazards=(*said, *self._lock_hazards(known, names, new), *seen),
            locks=(*statement.locks, *locks),
        )

    def unnoticed(self, statement: Statement, known: Mapping[str, str]) -> Statement:
        """One of those that `run_unnoticed` ran: it took only locks that were held before."""
        return replace(
            statement,
            hazards=(*statement.hazards, *self._lock_hazards(known, self._oids, {})),
        )

    def _lock_hazards(
        self, known: Mapping[str, str], names: Mapping[str, int], new: Mapping[int, TableLock]
    ) -> list[Hazard]:
        """The strongest lock on each table that others may have to wait for.

        Args:
            known: by the names at that time, which are `names`.
            new: those that were not held before.
        """
        if not self._measure_locks:
            return []
        strongest = {relation: lock.mode for relation, lock in new.items()}
        for name, mode in known.items():
            relation = names.get(name)
            if relation and STRENGTH[strongest.get(relation, HARMLESS)] < STRENGTH[mode]:
                strongest[relation] = mode
        told = {**self._elsewhere, **self._named, **{oid: name for name, oid in names.items()}}
        return [
            Hazard(HazardCode.LOCKS_TABLE, f"takes {mode} on {name}")
            for name, mode in sorted((told[its], mode) for its, mode in strongest.items())
            if mode != HARMLESS
        ]

    def _see(self, files: Mapping[int, _File]) -> None:
        """Note what files and names there are now."""
        renamed = {oid: its for oid, its in files.items() if oid in self._files}
        for oid, file in renamed.items():
            if self._files[oid].name != file.name and self._oids.get(self._files[oid].name) == oid:
                del self._oids[self._files[oid].name]
        self._oids |= {file.name: oid for oid, file in renamed.items()}
        self._files |= renamed

    def _rewritten(self, files: Mapping[int, _File]) -> list[_File]:
        """Those of what was there before that have other files now."""
        return [
            file
            for oid, file in sorted(files.items())
            if oid in self._files and self._files[oid].node != file.node
        ]

    def _new_locks(self) -> dict[int, TableLock]:
        """Relation → the strongest lock on it that was not there at the last call."""
        [(text,)] = self._sandbox.rows(_LOCKS, {"modes": list(_MODES)})
        new = {*text.split(",")} - {"", *self._held}
        self._held |= new
        taken = [(int(oid), mode) for oid, mode in map(str.split, new)]
        self._seized |= {oid for oid, mode in taken if oid in self._files and mode == _REWRITING}
        strongest: dict[int, TableLock] = {}
        for oid, mode in taken:
            if oid in self._files:
                lock = TableLock(self._named[oid], _MODES[mode], own=True)
            elif oid in self._elsewhere:
                lock = TableLock(self._elsewhere[oid], _MODES[mode], own=False)
            else:
                continue  # the transaction made it: it is locked, but nobody waits for it
            if oid not in strongest or STRENGTH[strongest[oid].mode] < STRENGTH[lock.mode]:
                strongest[oid] = lock
        return strongest

    def _read_elsewhere(self) -> dict[int, str]:
        """Oid → name of the tables of other schemas, which a transition neither makes nor drops."""
        named = {"schema": self._sandbox.scope.schema}
        return dict(self._sandbox.rows(_ELSEWHERE, named))

    def _changeable(self) -> dict[int, _File]:
        """What may have another file or name by now: what somebody must hold exclusively for that.

        Where locks are not measured, that is everything.
        """
        if not self._measure_locks:
            return self._read_files()
        if not self._seized:
            return {}
        named = {"schema": self._sandbox.scope.schema, "relations": [*self._seized]}
        found = {oid: _File(*file) for oid, *file in self._sandbox.rows(_THEIR_FILES, named)}
        dropped = self._seized - found.keys()
        self._seized -= dropped
        # What gets such a name now did not stand before.
        self._oids = {name: oid for name, oid in self._oids.items() if oid not in dropped}
        return found

    def _read_files(self) -> dict[int, _File]:
        found = self._sandbox.rows(_FILES, {"schema": self._sandbox.scope.schema})
        return {oid: _File(*file) for oid, *file in found}


def _is_seen(hazard: Hazard, rewritten: Collection[str]) -> bool:
    """Whether something is told of it anyway.

    To rewrite a table is to read all of its rows, and to build its indexes.
    """
    if hazard.code in (HazardCode.SCANS_TABLE, HazardCode.BUILDS_INDEX):
        return any(hazard in (scanning(name), rebuilding(name)) for name in rewritten)
    return hazard.code is HazardCode.REWRITES_TABLE
