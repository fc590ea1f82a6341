"""What SQL defines by a name, and where: the places at which a comment can declare a rename."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from pglast import ast, parser
from pglast.enums import AlterTableType, ConstrType, ObjectType

from diffapply.desired.model import Declarable
from diffapply.model.rename import RenameKind

COMMENTS = ("SQL_COMMENT", "C_COMMENT")
"""The tokens that are comments."""

PARTS: tuple[RenameKind, ...] = ("column", "constraint", "label")
"""Kinds whose names mean something only within what they belong to."""

_WITH_A_NAME = (
    ConstrType.CONSTR_CHECK,
    ConstrType.CONSTR_PRIMARY,
    ConstrType.CONSTR_UNIQUE,
    ConstrType.CONSTR_EXCLUSION,
    ConstrType.CONSTR_FOREIGN,
)
_RELATIONS: Mapping[type[ast.Node], tuple[RenameKind, str]] = {
    ast.ViewStmt: ("view", "view"),
    ast.CreateSeqStmt: ("sequence", "sequence"),
    ast.CompositeTypeStmt: ("composite type", "typevar"),
}
"""Statement → the kind of what it defines, and the attribute that names it."""
_TABLES = (ObjectType.OBJECT_TABLE, ObjectType.OBJECT_FOREIGN_TABLE)
_ADDS = (AlterTableType.AT_AddColumn, AlterTableType.AT_AddConstraint)


_Node = Any
"""A node as the grammar makes it; for pglast's types, each of its attributes may be missing."""


@dataclass(frozen=True, slots=True)
class Located:
    """Something declarable in the text of a file.

    Attributes:
        begins: the characters that a comment on a line of its own must stand in front of.
        first: the character where it begins.
        named: a character of its name, or behind it.
        statement: the number of its statement.
        whole: whether it is all that its statement defines, but for its parts.
        column: where the column begins that a constraint is written at.
    """

    thing: Declarable
    begins: frozenset[int]
    first: int
    named: int
    statement: int
    whole: bool = False
    column: int | None = None


def located(
    place: str,
    text: str,
    statements: Sequence[tuple[ast.Node | None, slice]],
    code: Sequence[parser.Token],
    token: str | None,
) -> list[Located]:
    """What the statements of a file define in the tenant, in order.

    Args:
        place: how errors name the file.
        statements: each with its place in the text.
        code: the tokens of the text, without comments.
        token: the schema name that stands for the tenant.
    """
    starts = [its.start for its in code]
    ends = [its.start() for its in re.finditer("\n", text)]
    found: list[Located] = []
    for number, (statement, part) in enumerate(statements):
        words = code[bisect_left(starts, part.start) : bisect_left(starts, part.stop)]
        found += _Statement(f"{place}line ", ends, words, number, token).defined(statement)
    return found


@dataclass(frozen=True, slots=True)
class _Statement:
    """A statement, to be asked what it defines.

    Attributes:
        place: what stands before the number of a line.
        ends: where the lines of the file end.
        words: its tokens, without comments.
        number: its number in the file.
        token: as for `located`.
    """

    place: str
    ends: Sequence[int]
    words: Sequence[parser.Token]
    number: int
    token: str | None

    def defined(self, node: _Node) -> Iterator[Located]:
        """What it defines."""
        match node:
            case ast.CreateForeignTableStmt():
                yield from self._table(node.base)
            case ast.CreateStmt():
                yield from self._table(node)
            case ast.AlterTableStmt() if node.objtype in _TABLES:
                yield from self._additions(node)
            case ast.IndexStmt():
                yield from self._index(node)
            case ast.CreateDomainStmt():
                yield from self._type("domain", node.domainname or ())
            case ast.CreateEnumStmt() | ast.AlterEnumStmt():
                yield from self._enum(node)
            case ast.CreateTableAsStmt():
                is_view = node.objtype == ObjectType.OBJECT_MATVIEW
                kind: RenameKind = "materialized view" if is_view else "table"
                yield from self._relation(kind, node.into and node.into.rel)
            case _ if type(node) in _RELATIONS:
                named, where = _RELATIONS[type(node)]
                yield from self._relation(named, getattr(node, where))

    @property
    def _begins(self) -> int:
        return self.words[0].start

    def _is_own(self, schema: str | None = None, *_: str) -> bool:
        """Whether what has this schema belongs to the tenant."""
        return schema is None or schema == self.token

    def _whole(self, kind: RenameKind, table: str, name: str, named: int) -> Located:
        begins = self._begins
        thing = self._thing(kind, table, name, begins)
        return Located(thing, frozenset({begins}), begins, named, self.number, whole=True)

    def _thing(self, kind: RenameKind, table: str, name: str, begins: int) -> Declarable:
        return Declarable(kind, table, name, f"{self.place}{bisect_left(self.ends, begins) + 1}")

    def _relation(self, kind: RenameKind, node: _Node) -> Iterator[Located]:
        if self._is_own(node.schemaname):
            yield self._whole(kind, node.relname, node.relname, node.location)

    def _index(self, node: _Node) -> Iterator[Located]:
        if node.idxname and self._is_own(node.relation.schemaname):
            yield self._whole("index", node.relation.relname, node.idxname, node.relation.location)

    def _type(self, kind: RenameKind, names: Sequence[Any]) -> Iterator[Located]:
        *schema, name = (part.sval for part in names)
        if self._is_own(*schema):
            yield self._whole(kind, name, name, self.words[2].start)

    def _table(self, node: _Node) -> Iterator[Located]:
        yield from self._relation("table", node.relation)
        if not self._is_own(node.relation.schemaname):
            return
        for element in node.tableElts or ():
            yield from self._part(node.relation.relname, element)

    def _part(self, table: str, element: _Node) -> Iterator[Located]:
        """A column or a constraint of a table, with the constraints that are written at it."""
        if isinstance(element, ast.Constraint):
            yield from self._constraint(table, element)
        elif isinstance(element, ast.ColumnDef):
            column: _Node = element
            yield self._located("column", table, column.colname, column.location)
            for constraint in column.constraints or ():
                yield from self._constraint(table, constraint, column.location)

    def _constraint(self, table: str, node: _Node, column: int | None = None) -> Iterator[Located]:
        if node.conname and node.contype in _WITH_A_NAME:
            found = self._located("constraint", table, node.conname, node.location)
            yield replace(found, column=column)

    def _located(self, kind: RenameKind, table: str, name: str, at: int) -> Located:
        thing = self._thing(kind, table, name, at)
        return Located(thing, frozenset({at}), at, at, self.number)

    def _additions(self, node: _Node) -> Iterator[Located]:
        """What ALTER TABLE adds; if it is one thing, a comment may stand in front of all."""
        if not self._is_own(node.relation.schemaname):
            return
        added = [
            [*self._part(node.relation.relname, command.def_)]
            for command in node.cmds
            if command.subtype in _ADDS
        ]
        alone = {self._begins} if len(added) == 1 else set()
        for outer, *inner in filter(None, added):
            first = next(
                word.start
                for word in reversed(self.words)
                if word.name == "ADD_P" and word.start < outer.first
            )
            begins = frozenset({first, *alone})
            yield replace(outer, begins=begins, first=first, whole=bool(alone))
            yield from inner

    def _enum(self, node: _Node) -> Iterator[Located]:
        *schema, name = (part.sval for part in node.typeName)
        if not self._is_own(*schema):
            return
        if isinstance(node, ast.CreateEnumStmt):
            yield from self._type("enum", node.typeName or ())
            for label, at in zip(node.vals or (), self._labels(), strict=False):  # () has none
                yield self._located("label", name, label.sval, at)
        elif node.newVal and not node.oldVal:
            yield self._whole("label", name, node.newVal, self._begins)

    def _labels(self) -> Iterator[int]:
        """Where labels begin: behind a parenthesis or a comma, as nothing else in CREATE TYPE."""
        for before, word in pairwise(self.words):
            if before.name in ("ASCII_40", "ASCII_44"):
                yield word.start
