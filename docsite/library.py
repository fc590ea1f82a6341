"""The reference of the library, from signatures and docstrings."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import diffapply
from diffapply import errors
from diffapply.config.variant import Variant
from diffapply.model.drift import DriftReport, TenantDrift
from diffapply.model.hazards import Hazard
from diffapply.model.plan import Plan, Shape, Transition
from diffapply.model.run import RunRecord, RunResult, StepResult
from diffapply.model.statement import Statement
from diffapply.model.unreadable import Denied, Locked, Unreadable
from docsite.docstrings import parsed

_RETURNED = (
    *(Plan, Transition, Statement, Hazard, Shape),
    *(DriftReport, TenantDrift, Unreadable, Denied, Locked, Variant),
    *(RunResult, StepResult, RunRecord),
)
"""What the functions return, and what that consists of."""

_HEAD = """# In Python

This page is made from the docstrings (`make reference`).

Whatever the command line does, a function of `diffapply` does, too. `diffapply.Settings` holds the
[settings](settings.md). For a whole example, see the [README](../../README.md#in-python).
"""


def page() -> str:
    """The page, in Markdown."""
    names = [name for name in diffapply.__all__ if name not in {"__version__", "Settings"}]
    functions = [name for name in names if inspect.isfunction(getattr(diffapply, name))]
    parts = [_HEAD, "## Functions\n"]
    parts += [text for name in functions for text in _function(name)]
    parts.append("## What they return\n")
    parts += [text for kind in _RETURNED for text in _class(kind)]
    parts += ["## Errors\n", *_errors()]
    return "\n".join(parts)


def _function(name: str) -> Iterator[str]:
    function = getattr(diffapply, name)
    yield f"### diffapply.{name}\n"
    yield f"```python\n{_signature(name, function)}\n```\n"
    yield f"{parsed(function.__doc__).markdown}\n"


def _signature(name: str, function: object) -> str:
    """With an argument a line, if it is long."""
    signature = inspect.signature(function)  # type: ignore[arg-type]
    shown = [_short(str(its)) for its in signature.parameters.values()]
    keyword = [
        number
        for number, its in enumerate(signature.parameters.values())
        if its.kind is its.KEYWORD_ONLY
    ]
    if keyword:
        shown.insert(keyword[0], "*")
    result = _short(inspect.formatannotation(signature.return_annotation))
    line = f"{name}({', '.join(shown)}) -> {result}"
    if len(line) <= 80:  # noqa: PLR2004 - columns
        return line
    return f"{name}(\n" + "".join(f"    {its},\n" for its in shown) + f") -> {result}"


def _short(annotation: str) -> str:
    """Without the modules that names come from; of a function, its name."""
    text = re.sub(r"\b(?:[a-z_]\w*\.)+(?=[A-Za-z_])", "", annotation)
    return re.sub(r"<function (\w+) at 0x\w+>", r"\1", text).replace("'", "")


def _class(kind: type) -> Iterator[str]:
    docstring = parsed(kind.__doc__)
    yield f"### {kind.__name__}\n"
    yield f"{docstring.markdown}\n"
    told = docstring.sections.get("Attributes", {})
    names = [field.name for field in fields(kind)] if is_dataclass(kind) else []
    rest = [f"`{name}`" for name in names if name not in told and not name.startswith("_")]
    if rest:
        yield f"{'Also' if told else 'It has'}: {', '.join(rest)}.\n"


def _errors() -> Iterator[str]:
    yield "All are `diffapply.DiffapplyError`, and stand in `diffapply.errors`.\n"
    yield "| error | when | exit code |\n|---|---|---|"
    for kind in vars(errors).values():
        if inspect.isclass(kind) and issubclass(kind, errors.DiffapplyError):
            told = " ".join(parsed(kind.__doc__).text.split())
            yield f"| `{kind.__name__}` | {told} | {kind.exit_code} |"
    yield ""
