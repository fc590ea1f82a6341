"""What was written to a shape file, for people."""

from collections.abc import Iterator
from pathlib import Path

from rich.text import Text

from diffapply.model.listing import in_one_line
from diffapply.planning.desired_shape import DesiredShape, hindrance
from diffapply.render.terminal.layout import USUAL, Layout, prose
from diffapply.render.words.wording import counted, short, visible


def shape_file_lines(shape: DesiredShape, path: Path, layout: Layout = USUAL) -> Iterator[Text]:
    """Which shape it is, how many statements build it, and how many ways lead to it."""
    statements = counted(len(shape.ddl or ()), "statement")
    yield from prose(
        f"Shape {short(shape.fingerprint)} of {visible(shape.desired)}: {statements}, written to "
        f"{visible(str(path))}.",
        layout,
        style="bold",
    )
    proved = [way for way in shape.ways if not way.blocked]
    if shape.ways:
        quick = sum(not hindrance(way) for way in proved)
        yield from prose(
            f"{counted(len(proved), 'proved way')} from other shapes; `ensure_in` takes {quick:,} "
            "of them, the rest is for `diffapply apply`.",
            layout,
        )
    for way in shape.ways:
        if way.blocked:
            reasons = visible(in_one_line(way.blocked))
            yield from prose(f"No way from {short(way.source)}: {reasons}", layout, style="yellow")
