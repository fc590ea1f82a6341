"""The hazard that what fires where rows are changed changes rows of shared tables.

Scratch has no rows: there, triggers for each row do not fire, and loops over rows do not run. So
what they would do is told from the text of their routines.
"""

import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

from pglast import ast, parser

from diffapply.ddl.statements import Draft, Filling
from diffapply.hazards.given import Given
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.proposal.stored import scan
from diffapply.queries import query
from diffapply.scratch.sandbox import Sandbox
from diffapply.values.grammar import meant

_LEADS = query("hazards", "firing")
_RELATIONS = query("hazards", "firing_relations")
_ROUTINES = query("hazards", "firing_routines")

_RUNS = (
    *(ast.InsertStmt, ast.UpdateStmt, ast.DeleteStmt, ast.MergeStmt, ast.TruncateStmt),
    *(ast.DoStmt, ast.CallStmt, ast.SelectStmt),
)
_WORD = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_WRITES = re.compile(
    r"\b(?P<verb>insert\s+into|update|delete\s+from|merge\s+into|truncate(?:\s+table)?)\s+"
    rf"(?:only\s+)?(?:(?P<schema>{_WORD})\s*\.\s*)?(?P<name>{_WORD})",
    re.IGNORECASE,
)
"""Also where it stands in a constant, as EXECUTE has it."""

_EVENTS = {"insert": 4 | 16, "delete": 8, "update": 16, "merge": 4 | 8 | 16, "truncate": 32}
"""The bits of pg_trigger.tgtype; an INSERT may update what it meets."""

_FOLLOWING = 8 | 16
"""What a foreign key does to rows that refer to others."""


def fires(draft: Draft) -> bool:
    """Whether a statement is there for rows."""
    if not isinstance(draft, Given):
        return isinstance(draft, Filling)
    try:
        return any(isinstance(raw.stmt, _RUNS) for raw in parser.parse_sql(draft.text))
    except parser.ParseError:
        return True


def _blocks(text: str) -> Iterator[str]:
    """The bodies of DO, which are constants for the parser."""
    with suppress(parser.ParseError):
        for raw in parser.parse_sql(text):
            if isinstance(raw.stmt, ast.DoStmt):
                yield from (its.arg.sval for its in raw.stmt.args or () if its.defname == "as")


def changes_shared(sandbox: Sandbox, draft: Draft) -> tuple[Hazard, ...]:
    """The shared tables that a statement may change, as far as texts tell."""
    reach = _Reach(sandbox)
    for text in (draft.text, *_blocks(draft.text)):
        reach.follow(text, "")
    return tuple(
        Hazard(HazardCode.CHANGES_SHARED, f"may change rows of {table}{by and f', by {by}'}")
        for table, by in sorted(reach.shared.items())
    )


@dataclass(frozen=True, slots=True)
class _Routine:
    name: str
    body: str


@dataclass
class _Reach:
    """What a text leads to.

    Attributes:
        shared: table outside of the sandbox → the routine that changes it; empty: the text itself.
    """

    sandbox: Sandbox
    shared: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named = {"schema": self.sandbox.scope.schema}
        self._routines: dict[int, _Routine] = {}
        self._called: dict[str, list[int]] = defaultdict(list)
        for oid, name, body, told in self.sandbox.rows(_ROUTINES, named):
            self._routines[oid] = _Routine(told, body)
            self._called[name].append(oid)
        self._own: dict[int, bool] = {}
        self._told: dict[int, str] = {}
        self._tables: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for oid, schema, name, told in self.sandbox.rows(_RELATIONS, named):
            self._tables[name].append((schema, oid))
            self._told[oid] = told
            self._own[oid] = schema == self.sandbox.scope.schema
        self._leads: dict[int, list[tuple[str, int, int]]] = defaultdict(list)
        for kind, leads, to, events, _ in self.sandbox.rows(_LEADS, named):
            self._leads[leads].append((kind, to, events))
        self._seen: set[tuple[int, int]] = set()
        self._later: deque[Callable[[], None]] = deque()  # chains may be longer than calls nest

    def follow(self, text: str, by: str) -> None:
        """See what a text writes and calls, and what that leads to: the nearest is told first."""
        self._read(text, by)
        while self._later:
            self._later.popleft()()

    def _read(self, text: str, by: str) -> None:
        for written in _WRITES.finditer(text):
            events = _EVENTS[written["verb"].split()[0].lower()]
            for table in self._meant(written["schema"], written["name"]):
                self._change(table, events, by)
        for name in sorted(called_in(text)):
            for routine in self._called.get(name, ()):
                self._run(routine)

    def _meant(self, schema: str | None, name: str) -> Iterator[int]:
        """The tables that a name may mean; a tenant's own comes first."""
        found = self._tables.get(meant(name), [])
        if schema:
            return (oid for its, oid in found if its == meant(schema))
        own = [oid for _, oid in found if self._own[oid]]
        return iter(own or [oid for _, oid in found])

    def _change(self, table: int, events: int, by: str) -> None:
        if (table, events) in self._seen:
            return
        self._seen.add((table, events))
        if not self._own[table]:
            self.shared.setdefault(self._told[table], by)
        for kind, to, when in self._leads.get(table, ()):
            if not events & when:
                continue
            if kind == "trigger":
                self._run(to)
            elif to in self._own:
                following = events if kind == "child" else _FOLLOWING
                self._later.append(partial(self._change, to, following, by))

    def _run(self, routine: int) -> None:
        if (routine, 0) not in self._seen and routine in self._routines:
            self._seen.add((routine, 0))
            its = self._routines[routine]
            self._later.append(partial(self._read, its.body, its.name))


def called_in(body: str) -> set[str]:
    """Names that stand before an opening parenthesis, outside of constants and comments."""
    try:
        tokens = [token.text for token in scan(body)]
    except parser.ParseError:
        tokens = re.findall(r"\w+|\(", body)
    return {meant(token) for token, follower in pairwise(tokens) if follower == "("}
