"""Reads what a Python file declares when it is imported, without running it."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_HOLDERS = {"MetaData", "declarative_base", "automap_base", "registry", "SQLAlchemy"}
"""What returns a MetaData, or something that has one, when it is called."""
_BASES = {"DeclarativeBase", "DeclarativeBaseNoMeta", "MappedAsDataclass", "SQLModel"}
_MAPPED = {"Mapped", "WriteOnlyMapped", "DynamicMapped"}
_COLUMNS = {"Column", "mapped_column"}
_CREATION = {"before_create", "after_create"}
_STARTS = {
    *("create_all", "drop_all", "FastAPI", "Flask", "Starlette", "create_app", "make_app"),
    "uvicorn.run",
}
"""Calls in files that do more than define models when they are imported."""
_LIBRARIES = ("sqlalchemy", "sqlmodel", "flask_sqlalchemy")


@dataclass(frozen=True, slots=True)
class Declared:
    """What a file declares.

    Attributes:
        tables: the names that it gives to tables.
        unnamed: whether it has tables whose names it does not say.
        ddl: whether it has DDL that is run with the tables.
        bases: what classes derive from that say nothing of a table, but may be one by that.
        holders: the names that it defines, and that have a MetaData.
        starts: whether importing it may do more than define models.
        is_sqlalchemys: whether it imports SQLAlchemy itself.
        only_imports: whether it does nothing but import others.
    """

    tables: frozenset[str] = frozenset()
    unnamed: bool = False
    ddl: bool = False
    bases: frozenset[str] = frozenset()
    holders: frozenset[str] = frozenset()
    starts: bool = False
    is_sqlalchemys: bool = False
    only_imports: bool = False


def declared(tree: ast.Module, nodes: Sequence[ast.AST]) -> Declared:
    """What a file declares.

    Args:
        tree: the file.
        nodes: the parts of it that an import runs; see `at_import`.
    """
    named = [_tables(node) for node in nodes]
    return Declared(
        tables=frozenset(name for names in named for name in names or () if name),
        unnamed=any(None in names for names in named if names),
        ddl=any(map(_is_ddl, nodes)),
        bases=frozenset(name for node in nodes for name in _bases(node)),
        holders=frozenset(name for node in tree.body for name in _held(node)),
        starts=_starts(tree, nodes),
        is_sqlalchemys=any(map(_imports_sqlalchemy, nodes)),
        only_imports=all(map(_is_import, tree.body)),
    )


def at_import(tree: ast.AST) -> Iterator[ast.AST]:
    """The parts of a file that are run when it is imported: no bodies of functions."""
    left: list[ast.AST] = [tree]
    while left:
        node = left.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            left += node.decorator_list
        elif isinstance(node, ast.If) and _is_for_others(node.test):
            left += node.orelse
        elif not isinstance(node, ast.Lambda):
            left += ast.iter_child_nodes(node)


def assigned(node: ast.stmt) -> list[ast.Name]:
    """The plain names that a statement sets."""
    named = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign):
        named = [node.target]
    found: list[ast.Name] = []
    for one in named:
        parts = one.elts if isinstance(one, ast.Tuple) else [one]
        found += [its for its in parts if isinstance(its, ast.Name)]
    return found


def _is_for_others(test: ast.expr) -> bool:
    """Whether it asks if the file is a program, or is only read by a type checker."""
    text = ast.unparse(test)
    return text.startswith("__name__ ==") or text.rpartition(".")[2] == "TYPE_CHECKING"


def _held(node: ast.stmt) -> set[str]:
    """Names that the statement defines, and that have a MetaData."""
    if isinstance(node, ast.ClassDef):
        return {node.name} if {_last(base) for base in node.bases} & _BASES else set()
    value = getattr(node, "value", None)
    if isinstance(value, ast.Call) and _last(value.func) in _HOLDERS:
        return {name.id for name in assigned(node)}
    if isinstance(value, ast.Attribute) and value.attr == "metadata":
        return {name.id for name in assigned(node)}
    return set()


def _tables(node: ast.AST) -> set[str | None] | None:
    """The names of the tables that it declares; None among them if one is not said."""
    if isinstance(node, ast.ClassDef):
        return _of_class(node)
    if isinstance(node, ast.Call) and _last(node.func) == "Table" and len(node.args) > 1:
        return {_text(node.args[0])}
    return None


def _of_class(node: ast.ClassDef) -> set[str | None] | None:
    said = _said(node)
    if "__tablename__" in said:
        return {_text(said["__tablename__"])}
    if "__table__" in said:  # a Table that is found by itself, or one that is not known
        return None if isinstance(said["__table__"], ast.Call) else {None}
    if any(keyword.arg == "table" for keyword in node.keywords):  # SQLModel
        return {node.name.lower()}
    if _is_base(node, said) or not (node.bases or node.decorator_list):
        return None
    return {None} if any(map(_is_column, node.body)) else None


def _said(node: ast.ClassDef) -> Mapping[str, ast.expr | None]:
    found: dict[str, ast.expr | None] = {}
    for statement in node.body:
        value = getattr(statement, "value", None)
        names = assigned(statement)
        several = value.elts if isinstance(value, ast.Tuple) and len(names) > 1 else []
        for index, name in enumerate(names):
            found[name.id] = several[index] if index < len(several) else value
    return found


def _is_base(node: ast.ClassDef, said: Mapping[str, object]) -> bool:
    """Whether others derive from it, and it has no table itself."""
    bases = {_last(base) for base in node.bases}
    return "__abstract__" in said or (bool(bases) and bases <= _BASES)


def _is_column(statement: ast.stmt) -> bool:
    value = getattr(statement, "value", None)
    if isinstance(value, ast.Call) and _last(value.func) in _COLUMNS:
        return True
    kind = statement.annotation if isinstance(statement, ast.AnnAssign) else None
    return isinstance(kind, ast.Subscript) and _last(kind.value) in _MAPPED


def _bases(node: ast.AST) -> Iterator[str]:
    """Names that make a class a table, if they have a MetaData: ``Base``, or ``db`` of db.Model."""
    if isinstance(node, ast.ClassDef) and not _of_class(node) and not _is_base(node, _said(node)):
        for base in node.bases:
            if isinstance(base, ast.Attribute) and base.attr == "Model":
                yield _last(base.value)
            elif (name := _last(base)) not in _BASES:
                yield name


def _is_ddl(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    if _last(node.func) == "DDL":
        return True
    return _last(node.func) in {"listen", "listens_for"} and any(
        _text(its) in _CREATION for its in node.args
    )


def _starts(tree: ast.Module, nodes: Sequence[ast.AST]) -> bool:
    """Whether it starts something, by itself or by what it defines and calls."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    defined = {its.name: its for its in tree.body if isinstance(its, kinds)}
    seen: set[str] = set()
    left = [its for its in nodes if isinstance(its, ast.Call)]
    while left:
        call = left.pop()
        name = _last(call.func)
        own = defined.get(name) if isinstance(call.func, ast.Name) else None
        # What is handed on is called by others: run_sync(metadata.create_all).
        if own is None and not {name, ast.unparse(call.func), *map(_last, call.args)}.isdisjoint(
            _STARTS
        ):
            return True
        if own is not None and name not in seen:
            seen.add(name)
            left += [its for its in ast.walk(own) if isinstance(its, ast.Call)]
    return False


def _imports_sqlalchemy(node: ast.AST) -> bool:
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    if isinstance(node, ast.ImportFrom) and not node.level:
        names = [node.module or ""]
    return any(name.partition(".")[0] in _LIBRARIES for name in names)


def _is_import(node: ast.stmt) -> bool:
    """Whether it imports something; or is a docstring, or a list such as ``__all__``."""
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Expr):
        return not any(isinstance(its, ast.Call) for its in ast.walk(node))
    return isinstance(node, ast.Import | ast.ImportFrom)


def _text(node: ast.expr | None) -> str | None:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else None


def _last(node: ast.expr) -> str:
    """The last part of a dotted name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
