"""What a written document must say to be one that would ever be made.

Each check raises `MisfitError`, with the path in the document where it does not hold.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from pglast import ast, parser

from diffapply.ddl.kinds import KINDS
from diffapply.ddl.locks import MODES
from diffapply.model.ignoring import Pattern
from diffapply.model.own_name import STAND_IN
from diffapply.model.plan import Shape, Transition
from diffapply.model.statement import Statement
from diffapply.model.world import MEANING
from diffapply.typed import MisfitError

_MAY_END = re.compile(
    r";|\b(?:begin|start|commit|end|abort|rollback|savepoint|release|prepare)\b", re.IGNORECASE
)
"""Without any of these, a text with no open quote holds one statement, and leaves the transaction
alone."""


def require_own_name(text: str, place: str) -> None:
    """It is our stand-in: no other could be told from a statement, and statements are shown."""
    if text != STAND_IN:
        raise MisfitError(f"It is not what stands for a tenant's own name - at `{place}`")


def require_settings(names: Iterable[str], place: str) -> None:
    """Each is one that literals depend on."""
    if strange := {*names} - {*MEANING}:
        raise MisfitError(f"There is no setting {min(strange)!r} - at `{place}`")


def require_patterns(lists: Iterable[Iterable[str]], place: str) -> None:
    """Each can be read."""
    for text in (text for texts in lists for text in texts):
        if Pattern.read(text) is None:
            raise MisfitError(f"{text!r} is no pattern - at `{place}`")


def require_shapes(shapes: Mapping[str, Shape], place: str) -> None:
    """Each is what it is called, and of known kinds; its DDL can run in a transaction of ours."""
    for name, shape in shapes.items():
        if shape.fingerprint != name:
            raise MisfitError(f"Its facts are another shape's - at `{place}.{name}`")
        if strange := shape.catalog.by_kind.keys() - KINDS.keys():
            raise MisfitError(f"There is no kind {min(strange)!r} - at `{place}.{name}`")
        _require_single(shape.ddl or (), f"{place}.{name}.ddl[{{}}]")


def require_known(names: Iterable[str], shapes: Collection[str], place: str) -> None:
    """Each is one of the shapes."""
    if missing := {*names} - {*shapes}:
        raise MisfitError(f"There is no shape {min(missing)!r} - at `{place}`")


def require_statements(transitions: Sequence[Transition], place: str) -> None:
    """Each can run in a transaction of ours: what ended it would leave the tenant half-done.

    So can what runs with it: the questions what it loses, and the locks.
    """
    for number, transition in enumerate(transitions):
        texts = [statement.sql for statement in transition.statements]
        _require_single(texts, f"{place}[{number}].statements[{{}}].sql")
        for each, statement in enumerate(transition.statements):
            _require_company(statement, f"{place}[{number}].statements[{each}]")


def _require_company(statement: Statement, place: str) -> None:
    hazards, locks = statement.hazards, statement.locks
    _require_single([its.check for its in hazards], f"{place}.hazards[{{}}].check")
    _require_single([_locking(its.lock) for its in hazards], f"{place}.hazards[{{}}].lock")
    _require_single([_locking(its.table) for its in locks], f"{place}.locks[{{}}].table")
    for number, lock in enumerate(locks):
        if lock.mode not in MODES:
            raise MisfitError(f"There is no mode {lock.mode!r} - at `{place}.locks[{number}].mode`")


def _locking(relation: str) -> str:
    return relation and f"LOCK TABLE {relation}"


def _require_single(texts: Sequence[str], place: str) -> None:
    for number, text in enumerate(texts):
        if wrong := _wrong(text):
            raise MisfitError(f"It {wrong} - at `{place.format(number)}`")


def _wrong(text: str) -> str:
    """Why it is not one statement that leaves the transaction alone; empty if it is."""
    try:
        tokens = [token.name for token in parser.scan(text)]
    except parser.ParseError:  # a quote that is open would take in what is sent with it
        return "is not valid SQL"
    if not _MAY_END.search(text):
        return ""
    try:
        parsed = parser.parse_sql(text)
        if any(isinstance(raw.stmt, ast.TransactionStmt) for raw in parsed):
            return "begins or ends a transaction"
        several = len(parsed) > 1
    except parser.ParseError:  # perhaps newer syntax than the parser's: go by the semicolons
        several = "ASCII_59" in tokens[:-1]
    return "is more than one statement" if several else ""
