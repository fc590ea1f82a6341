"""Renames that SQL declares by a comment: ``-- diffapply: renamed from x``."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pglast import ast, parser

from diffapply.desired.model import Declarable
from diffapply.desired.places import line_of
from diffapply.desired.sql.declarable import COMMENTS, PARTS, Located
from diffapply.errors import DesiredStateError
from diffapply.model.rename import Rename

_OURS = re.compile(r"--+\s*diffapply\b(?=\s*:|.*\brenamed\b)(?P<says>.*)", re.IGNORECASE)
_SAYS = re.compile(r"\s*:\s*renamed\s+from\b(?P<names>.*)", re.IGNORECASE)
_IN_A_BLOCK = re.compile(r"/\*+\s*diffapply\s*:", re.IGNORECASE)

_HOW = "Write -- diffapply: renamed from NAME, or several earlier names with commas, oldest first."
_WHERE = (
    "Write it at the end of the line where the table, column, index, constraint, label, view, "
    "sequence, enum, composite type or domain begins, or on a line of its own before it."
)


@dataclass(frozen=True, slots=True)
class Declaration:
    """The earlier names of something.

    Attributes:
        olds: not quoted, oldest first.
        place: the file and the line of the comment.
    """

    thing: Declarable
    olds: tuple[str, ...]
    place: str

    @property
    def renames(self) -> tuple[Rename, ...]:
        """One from each earlier name."""
        thing = self.thing
        return tuple(Rename(thing.kind, thing.table, old, thing.name) for old in self.olds)


def declarations(
    place: str,
    text: str,
    find: Callable[[], Sequence[Located]],
    tokens: Sequence[parser.Token],
    token: str | None,
) -> list[Declaration]:
    """What the comments of a file declare.

    Args:
        place: how errors name the file.
        find: finds what its statements define; it is not called in vain.
        tokens: those of the text, comments included.
        token: the schema name that stands for the tenant.

    Raises:
        DesiredStateError: a comment belongs to nothing or to several, or names nothing.
    """
    declared = []
    before: list[parser.Token] = []  # the code in front of a comment
    for number, token_ in enumerate(tokens):
        if token_.name not in COMMENTS:
            before.append(token_)
            continue
        is_block = token_.name == "C_COMMENT"
        ours = (_IN_A_BLOCK if is_block else _OURS).match(text[token_.start : token_.end + 1])
        if ours is None:
            continue
        at = f"{place}line {line_of(text, token_.start)}"
        if is_block:
            raise DesiredStateError(f"{at}: diffapply does not read a comment in /* */.", _HOW)
        line = max(text.rfind(end, 0, token_.start) for end in "\r\n") + 1
        if before and before[-1].end >= line:
            thing = _at_its_end(at, find(), before[-1], line, token_.start)
        else:
            thing = _behind(at, find(), tokens[number + 1 :])
        declared.append(Declaration(thing, _olds(at, ours["says"], thing, token), at))
    return declared


def _at_its_end(
    at: str, found: Sequence[Located], last: parser.Token, line: int, comment: int
) -> Declarable:
    """What begins in the line that the comment ends.

    Args:
        last: the token in front of the comment.
        line: where the line begins.
        comment: where the comment begins.
    """
    here = [its for its in found if its.first < comment and max(its.first, its.named) >= line]
    if last.name == "ASCII_59" and here:  # behind a semicolon, the statement is meant
        here = [its for its in here if its.statement == here[-1].statement and its.whole]
    else:
        columns = {its.first for its in here}
        here = [its for its in here if its.column not in columns]
    return _only(at, here)


def _behind(at: str, found: Sequence[Located], following: Iterable[parser.Token]) -> Declarable:
    """What begins behind the comment."""
    code = (its for its in following if its.name not in COMMENTS)
    word = next(code, None)
    if word is not None and word.name == "ASCII_44":  # a comma that begins a line
        word = next(code, None)
    return _only(at, [its for its in found if word is not None and word.start in its.begins])


def _only(at: str, these: Sequence[Located]) -> Declarable:
    if not these:
        raise DesiredStateError(
            f"{at}: the comment belongs to nothing of the tenant that can be declared as renamed.",
            _WHERE,
        )
    if len(these) > 1:
        several = " or ".join(f"{its.thing.kind} {its.thing.name}" for its in these)
        raise DesiredStateError(
            f"{at}: the comment may belong to {several}.",
            "Write it on a line of its own before the one that is meant.",
        )
    return these[0].thing


def _olds(at: str, says: str, thing: Declarable, token: str | None) -> tuple[str, ...]:
    """The earlier names that a comment says."""
    found = _SAYS.fullmatch(says)
    if found is None:
        raise DesiredStateError(f"{at}: diffapply does not know what the comment declares.", _HOW)
    schema = None if thing.kind in PARTS else token
    olds = _labels(found["names"]) if thing.kind == "label" else _names(found["names"], schema)
    if not olds:
        what = "a constant, such as 'x'," if thing.kind == "label" else "a name as SQL has it"
        raise DesiredStateError(f"{at}: after `renamed from`, write {what} and nothing else.", _HOW)
    if thing.name in olds:
        raise DesiredStateError(
            f"{at}: {thing.kind} {thing.name} is declared as renamed from itself.",
            "Name what it was called before.",
        )
    return olds


def _names(said: str, token: str | None) -> tuple[str, ...]:
    """The names in a list of names; none if it is no such list."""
    node = _parsed(f"DROP TABLE {said}\n, a")  # so that only names can be in front
    if not isinstance(node, ast.DropStmt) or node.missing_ok:
        return ()
    parts = [tuple(part.sval for part in name) for name in (node.objects or ())[:-1]]
    if any(schema and schema != [token] for *schema, _ in parts):
        return ()
    return tuple(name for *_, name in parts)


def _labels(said: str) -> tuple[str, ...]:
    """The constants in a list of constants; none if it is no such list."""
    node = _parsed(f"CREATE TYPE a AS ENUM ({said}\n)")
    if not isinstance(node, ast.CreateEnumStmt):
        return ()
    return tuple(label.sval for label in node.vals or ())


def _parsed(sql: str) -> ast.Node | None:
    """The statement, if it is one."""
    try:
        [statement] = parser.parse_sql(sql)
    except (parser.ParseError, ValueError):
        return None
    return statement.stmt


def require_one_claim(declared: Iterable[Declaration]) -> None:
    """Each thing has one comment, and each earlier name leads to one thing.

    Raises:
        DesiredStateError: not so.
    """
    said: dict[tuple[str, str, str], Declaration] = {}
    claims: dict[tuple[str, str, str], Declaration] = {}
    for claim in declared:
        what = claim.thing
        if other := said.get((what.kind, what.table, what.name)):
            raise DesiredStateError(
                f"{claim.place}: another comment ({other.place}) says from what "
                f"{what.kind} {what.name} is renamed.",
                "Write one comment, with several earlier names if there are.",
            )
        said[what.kind, what.table, what.name] = claim
        within = what.table if what.kind in PARTS else ""
        for old in claim.olds:
            other = claims.setdefault((what.kind, within, old), claim)
            if other is not claim:
                raise DesiredStateError(
                    f"{claim.place}: {what.kind} {old} is an earlier name of {what.name} and of "
                    f"{other.thing.name} ({other.place}).",
                    "Declare it at one of them only.",
                )
