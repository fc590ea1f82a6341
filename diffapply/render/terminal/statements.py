"""Statements for people: numbered, folded, each with what it risks."""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from rich.text import Text

from diffapply.model.hazards import HazardKind
from diffapply.model.plan import Transition
from diffapply.render.changes.relative import Numbered, Relative, numbered, relative
from diffapply.render.terminal.layout import ALARM, Layout, prose
from diffapply.render.words.folding import WIDTH, fold_lines
from diffapply.render.words.wording import terminated, told, visible, visible_block

_HAZARD: dict[HazardKind, str] = {
    "data": ALARM,
    "drop": "red",
    "lock": "yellow",
    "rewrite": "yellow",
    "time": "cyan",
    "rows": "yellow",
    "code": ALARM,
    "stale": "yellow",
    "shared": "yellow",
    "numbers": "yellow",
}
_DROP = re.compile(r"\bDROP\b", re.IGNORECASE)
_CREATE = re.compile(r"\s*CREATE\b", re.IGNORECASE)


def transition_statements(
    transition: Transition, first: Transition | None, layout: Layout
) -> Iterator[Text]:
    """The statements of a transition, told by those of the first one where that is shorter.

    Args:
        first: the transition that is shown in full; None if there is none.
    """
    own = [*_listed(numbered(transition), layout, len(transition.statements))]
    if first is not None and first is not transition and (shorter := relative(transition, first)):
        highest = max(len(transition.statements), len(first.statements))
        told = [*_relative(shorter, layout, highest)]
        if len(told) < len(own):
            own = told
    yield from own


def _relative(shorter: Relative, layout: Layout, highest: int) -> Iterator[Text]:
    shown = [*shorter.told]
    if not shown:
        yield Text("  the same statements")
    for head, statements in shown:
        yield Text()
        yield Text(f"  {head}", "bold")
        yield from _listed(statements, layout, highest, shorter.here)


def _listed(
    statements: Sequence[Numbered],
    layout: Layout,
    highest: int,
    here: Mapping[int, Sequence[str]] = MappingProxyType({}),
) -> Iterator[Text]:
    """The statements; an empty line only where one has several lines.

    Args:
        highest: the highest number that stands in the same column.
        here: number → what is different in it, action by action.
    """
    after_block = True
    digits = max(len(str(highest)), 2)
    for statement in statements:
        lines = [*_statement(statement, layout, digits)]
        for action in here.get(statement.number, ()):
            mark = f"{' ' * (digits + 6)}here: "
            lines += prose(visible(action), layout, mark=mark, style="bold")
        is_block = len(lines) > 1
        if is_block or after_block:
            yield Text()
        yield from lines
        after_block = is_block


def _statement(entry: Numbered, layout: Layout, digits: int) -> Iterator[Text]:
    statement, margin = entry.statement, " " * (digits + 4)
    style = "cyan"
    if _CREATE.match(statement.sql):
        style = "green"
    elif _DROP.search(statement.sql):
        style = "red"
    first, *others = fold_lines(terminated(statement.sql), WIDTH - len(margin))
    yield Text.assemble(
        (f"  {entry.number:>{digits}}  ", "dim"), (visible_block(first.text), style)
    )
    for line in others:
        lead = "" if line.verbatim or not line.text else margin
        yield Text(f"{lead}{visible_block(line.text)}", style)
    for hazard in statement.hazards:
        mark = f"{margin}  {hazard.kind}: "
        yield from prose(visible(told(hazard)), layout, mark=mark, style=_HAZARD[hazard.kind])
