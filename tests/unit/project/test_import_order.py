"""Imports run in one direction, modules are short, and only the command line prints and exits."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import diffapply
from diffapply.rehearsal.cache import _RULES

ROOT = Path(__file__).parents[3]

ORDER = [
    "diffapply.version",
    "diffapply.lazy",
    "diffapply.errors",
    "diffapply.typed",
    "diffapply.progress",
    "diffapply.queries",
    "diffapply.checkout",
    "diffapply.files",
    "diffapply.ending",
    "diffapply.documentation",
    "diffapply.config",
    "diffapply.model",
    "diffapply.values",
    "diffapply.database",
    "diffapply.desired",
    "diffapply.ddl",
    "diffapply.proposal",
    "diffapply.catalog",
    "diffapply.scratch",
    "diffapply.hazards",
    "diffapply.renewal",
    "diffapply.rehearsal",
    "diffapply.journal",
    "diffapply.tenants",
    "diffapply.setup",
    "diffapply.planning",
    "diffapply.rollout",
    "diffapply.adopt",
    "diffapply.render",
    "diffapply.opening",
    "diffapply.api",
    "diffapply.demo",
    "diffapply.cli",
    "diffapply",
    "diffapply.main",
    "diffapply.__main__",
]
"""Modules and packages; each may import from those above it, and within itself without cycles."""

PRINTING = {"diffapply.cli.terminal", "diffapply.ending", "diffapply.main"}
EXITING = {"diffapply.ending", "diffapply.main", "diffapply.__main__"}

PRINTS = {"print", "typer.echo", "typer.secho", "click.echo", "sys.stdout", "sys.stderr"}
EXITS = {"exit", "quit", "sys.exit", "os._exit", "os.abort", "SystemExit", "typer.Exit"}


LONGEST = 300
LONGER = "Longer than other modules: "
"""How a longer module begins to say why."""


def _texts() -> dict[str, str]:
    found = {}
    for path in sorted((ROOT / "diffapply").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        found[name] = path.read_text(encoding="utf-8")
    return found


TEXTS = _texts()
MODULES = {name: ast.parse(text) for name, text in TEXTS.items()}
LINES = {name: len(text.splitlines()) for name, text in TEXTS.items()}


def _place(module: str) -> str:
    """The entry of ORDER that the module belongs to: itself or its package."""
    if module in ORDER:
        return module
    package = ".".join(module.split(".")[:2])
    assert package in ORDER, f"{module} has no place in ORDER"
    return package


def _imports(module: str) -> Iterator[str]:
    """Modules of ours that the module imports, anywhere in it."""
    for node in ast.walk(MODULES[module]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import"
            for alias in node.names:
                imported = f"{node.module}.{alias.name}"
                if imported in MODULES:
                    yield imported
                elif node.module in MODULES:
                    yield node.module


def _names(module: str) -> set[str]:
    """Names used in the module, with what they are looked up in, such as `sys.exit`."""
    nodes = list(ast.walk(MODULES[module]))
    # To catch an exit is not to exit.
    caught = {
        id(name)
        for node in nodes
        if isinstance(node, ast.ExceptHandler) and node.type is not None
        for name in ast.walk(node.type)
    }
    return {
        ast.unparse(node)
        for node in nodes
        if isinstance(node, ast.Name | ast.Attribute) and id(node) not in caught
    }


def test_every_entry_of_the_order_exists() -> None:
    assert set(ORDER) <= set(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_up_the_order(module: str) -> None:
    place = ORDER.index(_place(module))
    below = [name for name in _imports(module) if ORDER.index(_place(name)) > place]
    assert not below


def test_no_module_hides_what_the_library_offers() -> None:
    """A module's name becomes an attribute of its package once it is imported."""
    assert not {f"diffapply.{name}" for name in diffapply.__all__} & set(MODULES)


def test_nothing_imports_in_a_circle() -> None:
    graph = {module: set(_imports(module)) - {module} for module in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))


def test_the_folders_of_a_package_import_in_one_direction() -> None:
    """So each can be understood without those that come later."""
    folders = {name for name in MODULES if name.count(".") == 2 and _is_folder(name)}
    graph: dict[str, set[str]] = {folder: set() for folder in folders}
    for module in MODULES:
        of = _folder(module)
        if of in folders:
            graph[of] |= {its for its in map(_folder, _imports(module)) if its in folders} - {of}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))


def _is_folder(name: str) -> bool:
    return any(module.startswith(f"{name}.") for module in MODULES)


def _folder(module: str) -> str:
    """The folder of a package that a module is in, such as ``diffapply.ddl.kinds``."""
    return ".".join(module.split(".")[:3])


def test_proofs_are_forgotten_when_what_proves_them_changes() -> None:
    """The key of a proof has a digest of all folders that its code is in."""
    proving, left = set(), {"diffapply.rehearsal.prover"}
    while left:
        module = left.pop()
        proving.add(module)
        left |= {*_imports(module)} - proving
    folders = {_place(module) for module in proving if module.count(".") > 1}
    assert folders <= {f"diffapply.{name}" for name in _RULES}


def test_a_long_module_says_why() -> None:
    """In its docstring."""
    reasoned = {name for name, tree in MODULES.items() if LONGER in (ast.get_docstring(tree) or "")}
    long = {name for name, lines in LINES.items() if lines > LONGEST}
    assert reasoned == long


@pytest.mark.parametrize("module", MODULES)
def test_only_the_command_line_prints_and_exits(module: str) -> None:
    forbidden = (set() if module in PRINTING else PRINTS) | (set() if module in EXITING else EXITS)
    found = _names(module) & forbidden
    assert not found
