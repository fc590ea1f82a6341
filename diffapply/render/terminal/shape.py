"""A structure for people: who has it, and the statements that build it."""

from collections.abc import Iterator

from rich.text import Text

from diffapply.model.pulled import ShownShape
from diffapply.render.terminal.layout import USUAL, Layout, with_names
from diffapply.render.words.folding import fold
from diffapply.render.words.wording import short, terminated, visible_block


def shape_lines(shown: ShownShape, layout: Layout = USUAL) -> Iterator[Text]:
    """A structure for people: who has it, and the statements that build it."""
    head = Text(f"-- {short(shown.shape.fingerprint)}  ", "bold")
    if shown.tenants:
        first, *others = with_names(head, shown.tenants, layout)
        yield from (first, *(Text(f"-- {line.plain}") for line in others))
    else:
        yield head.append("no tenant now; known from the journal")
    for statement in shown.shape.ddl or ():
        yield Text()
        yield Text(visible_block(fold(terminated(statement))))
