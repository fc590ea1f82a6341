"""Changes the code a little, many times, and looks whether a test notices: `make mutants`.

Each mutant is one small change in `diffapply/values`, `ddl`, `proposal` or `hazards`: a comparison
or a condition negated, `and` for `or`, another constant, a statement left out. It is killed when a
test fails. A mutant that survives shows code that no test holds.

A seed chooses a sample, so that it ends after some ten minutes and can be repeated. MUTANTS sets
its size, SEED another sample, JOBS how many run at a time; arguments are other tests to run.
"""

import ast
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
FOLDERS = ("diffapply/values", "diffapply/ddl", "diffapply/proposal", "diffapply/hazards")
TESTS = (
    *(f"tests/unit/{name}" for name in ("values", "ddl", "proposal", "hazards")),
    *(f"tests/unit/{name}" for name in ("renewal", "rehearsal")),
    "tests/integration/catalog/test_definitions.py",
    "tests/integration/rehearsal/test_rehearsal.py",
    "tests/acceptance/quality",
    "tests/acceptance/test_data_is_safe.py",
    "tests/acceptance/test_cases.py",
)
"""Quick ones first; `quality` says how statements are written; every eighth case finds most."""
OPTIONS = ("-x", "-q", "-k", "not pg15 and not pg16 and not pg17", "-p", "no:cacheprovider")
TIMEOUT = 600
"""Seconds after which a mutant counts as killed: it loops."""

_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


@dataclass(frozen=True)
class Mutant:
    """A module with one change.

    Attributes:
        path: of the module, from the root.
        before: the code that is changed.
        after: the code in its place.
        source: the whole module.
    """

    path: str
    line: int
    before: str
    after: str
    source: str

    def __str__(self) -> str:
        """Where it is, and what is changed."""
        return f"{self.path}:{self.line}: {self.before}  →  {self.after}"


def places(source: str) -> list[tuple[int, int]]:
    """Where a module can be changed: the number of a node, and that of the change."""
    return [
        (number, choice)
        for number, node in enumerate(_changeable(ast.parse(source)))
        for choice in range(len([*_changes(node)]))
    ]


def mutant_at(path: str, source: str, number: int, choice: int) -> Mutant:
    """The mutant with one of the changes of `places`."""
    tree = ast.parse(source)
    node = [*_changeable(tree)][number]
    before, line = _brief(node), getattr(node, "lineno", 0)
    after = [*_changes(node)][choice]
    changed = ast.fix_missing_locations(_Replace(node, after).visit(tree))
    return Mutant(path, line, before, _brief(after), ast.unparse(changed))


def _changeable(tree: ast.AST) -> Iterator[ast.AST]:
    """Nodes of the code that runs: no docstrings, annotations, decorators or imports."""
    for name, value in ast.iter_fields(tree):
        if name in {"annotation", "returns", "decorator_list"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, ast.Import | ast.ImportFrom):
                continue
            if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                continue  # a docstring
            yield child
            if not isinstance(child, ast.JoinedStr):
                yield from _changeable(child)


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in a node's place."""
    match node:
        case ast.Compare(left, [operator], right) if type(operator) in _TURNED:
            yield ast.Compare(left, [_TURNED[type(operator)]()], right)
        case ast.BoolOp(operator, values):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.IfExp(test, body, orelse):
            yield ast.IfExp(test, orelse, body)
        case ast.If(test, body, orelse):
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.Constant(value) if value is not None and value != "":
            yield ast.Constant(_another(value))
        case ast.Expr() | ast.AugAssign():
            yield ast.Pass()


def _another(value: object) -> bool | int | str:
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else ""


class _Replace(ast.NodeTransformer):
    """Puts one node in the place of another."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        """The node, or what is in its place."""
        if node is self._old:
            return self._new
        self.generic_visit(node)
        return node


def _brief(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).partition("\n")[0].split())[:70]


def sample(size: int, seed: int) -> list[Mutant]:
    """So many mutants of all modules, the same for the same seed."""
    paths = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    sources = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths}
    found = [(path, place) for path, source in sources.items() for place in places(source)]
    told = f"{len(found):,} mutants in {len(paths)} modules; a sample of {size}, seed {seed}"
    print(told, flush=True)
    chosen = random.Random(seed).sample(found, min(size, len(found)))  # noqa: S311 - no secret
    return [mutant_at(path, sources[path], *place) for path, place in chosen]


def failure(folder: Path, tests: Sequence[str]) -> str:
    """What pytest says when a test fails in a copy of the project; empty if all pass."""
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", *OPTIONS, *tests],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT,
        )
    except subprocess.TimeoutExpired:
        return f"It takes longer than {TIMEOUT} seconds."
    return ended.stdout + ended.stderr if ended.returncode else ""


def is_killed(folder: Path, mutant: Mutant, tests: Sequence[str]) -> bool:
    """Whether a test fails in a copy of the project, with the mutant in it."""
    module = folder / mutant.path
    original = module.read_text(encoding="utf-8")
    module.write_text(mutant.source, encoding="utf-8")
    try:
        killed = bool(failure(folder, tests))
    finally:
        module.write_text(original, encoding="utf-8")
    print("killed  " if killed else "SURVIVED", mutant, flush=True)
    return killed


def main(size: int, seed: int, tests: Sequence[str]) -> None:
    """Run the tests on each mutant of a sample, several at a time, and print which survive."""
    mutants = sample(size, seed)
    jobs = int(os.environ.get("JOBS", os.cpu_count() or 1))
    with TemporaryDirectory() as base, ThreadPoolExecutor(jobs) as pool:
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(jobs):
            copy = Path(base) / str(number)
            for part in ("diffapply", "docs", "schema", "tests"):
                shutil.copytree(ROOT / part, copy / part)
            shutil.copy(ROOT / "pyproject.toml", copy)
            copies.put(copy)

        def judge(mutant: Mutant) -> bool:
            copy = copies.get()
            try:
                return is_killed(copy, mutant, tests)
            finally:
                copies.put(copy)

        if wrong := failure(Path(base) / "0", tests):
            sys.exit(f"The tests fail without any mutant:\n{wrong[-2000:]}")
        verdicts = [*pool.map(judge, mutants)]
    total = Counter(mutant.path for mutant in mutants)
    killed = Counter(its.path for its, dead in zip(mutants, verdicts, strict=True) if dead)
    print(f"\n{'module':<40} mutants  killed  survived")
    for path, count in sorted(total.items()):
        print(f"{path:<40} {count:>7} {killed[path]:>7} {count - killed[path]:>9}")
    print(f"{'all':<40} {len(mutants):>7} {sum(verdicts):>7} {len(mutants) - sum(verdicts):>9}")


if __name__ == "__main__":
    main(
        int(os.environ.get("MUTANTS", "40")),
        int(os.environ.get("SEED", "1")),
        sys.argv[1:] or TESTS,
    )
