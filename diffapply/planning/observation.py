"""Observes in rehearsal what statements lock and rewrite."""

from diffapply.planning.model import Hazard
from diffapply.planning.scratch_seat import Seat

_STRONG = ("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock")
_LOCK_WORDS = {
    "ShareLock": "SHARE",
    "ShareRowExclusiveLock": "SHARE ROW EXCLUSIVE",
    "ExclusiveLock": "EXCLUSIVE",
    "AccessExclusiveLock": "ACCESS EXCLUSIVE",
}

# A relation that was dropped is still locked, but has no name any more.
_LOCKS = """
select l.relation, c.oid::regclass::text, l.mode
from pg_locks l
left join pg_class c on c.oid = l.relation
where l.pid = pg_backend_pid() and l.granted and l.mode = any (%(modes)s)
    and (c.oid is null or c.relkind in ('r', 'p', 'm'))
    and coalesce(c.relnamespace, 0) <> all (
        array['pg_catalog'::regnamespace, 'pg_toast'::regnamespace,
            to_regnamespace(quote_ident(%(schema)s))]
    )
union all
select l.relation, null, l.mode
from pg_locks l
join pg_class c on c.oid = l.relation
where l.pid = pg_backend_pid() and l.granted and l.mode = any (%(modes)s)
    and c.relnamespace = to_regnamespace(quote_ident(%(schema)s))
"""

_FILES = """
select c.oid, quote_ident(c.relname), c.relfilenode
from pg_class c
where c.relkind in ('r', 'p', 'm') and c.relnamespace = to_regnamespace(quote_ident(%(schema)s))
"""


class Observer:
    """Tells what each statement locked and rewrote, of what was there before the first."""

    def __init__(self, seat: Seat, *, measure_locks: bool) -> None:
        self._seat = seat
        self._measure_locks = measure_locks
        self._files = self._read_files()
        self._locks: set[tuple[str, str]] = set()

    def observe(self) -> tuple[Hazard, ...]:
        """Hazards of the statement that ran since the last call."""
        hazards = []
        if self._measure_locks:
            locks = self._read_locks()
            by_strength = sorted(locks - self._locks, key=lambda lock: _STRONG.index(lock[1]))
            strongest = dict(by_strength)  # the last of a table is its strongest
            self._locks |= locks
            hazards += [
                Hazard("lock", f"takes {_LOCK_WORDS[mode]} on {table}")
                for table, mode in sorted(strongest.items())
            ]
        files = self._read_files()
        hazards += [
            Hazard("rewrite", f"rewrites {name}")
            for oid, (name, node) in sorted(files.items())
            if oid in self._files and self._files[oid][1] != node
        ]
        self._files |= {oid: file for oid, file in files.items() if oid in self._files}
        return tuple(hazards)

    def _read_locks(self) -> set[tuple[str, str]]:
        named = {"schema": self._seat.place.schema, "modes": list(_STRONG)}
        locks = set()
        for oid, elsewhere, mode in self._seat.rows(_LOCKS, named):
            if oid in self._files:
                locks.add((self._files[oid][0], mode))
            elif elsewhere:
                locks.add((elsewhere, mode))
            # Else the transition made it: it is locked, but nobody waits for it.
        return locks

    def _read_files(self) -> dict[int, tuple[str, int]]:
        found = self._seat.rows(_FILES, {"schema": self._seat.place.schema})
        return {oid: (name, node) for oid, name, node in found}
