"""What was written to a shape file, for people."""

from collections.abc import Iterator
from pathlib import Path

from rich.text import Text

from diffapply.planning.desired_shape import DesiredShape, hindrance
from diffapply.render.wording import counted, visible


def shape_lines(shape: DesiredShape, path: Path) -> Iterator[Text]:
    """Which shape it is, how many statements build it, and how many ways lead to it."""
    statements = counted(len(shape.ddl or ()), "statement")
    yield Text(
        f"Shape {shape.fingerprint[:12]} of {visible(shape.desired)}: {statements}, written to "
        f"{visible(str(path))}.",
        "bold",
    )
    proved = [way for way in shape.ways if not way.blocked]
    if shape.ways:
        quick = sum(not hindrance(way) for way in proved)
        yield Text(
            f"{counted(len(proved), 'proved way')} from other shapes; `ensure_in` takes {quick:,} "
            "of them, the rest is for `diffapply apply`."
        )
    for way in shape.ways:
        if way.blocked:
            reasons = visible("; ".join(way.blocked))
            yield Text(f"No way from {way.source[:12]}: {reasons}", "yellow")
