"""Drift for people: by object, or by shape."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from diffapply.model.drift import DriftReport
from diffapply.render.differences.approved import approved_blocks
from diffapply.render.differences.drift import DriftBlock, by_object, drift_blocks, drift_summary
from diffapply.render.differences.items import DIFFERENCE_MARKS
from diffapply.render.terminal.differences import CHANGE, definitions, difference_lines
from diffapply.render.terminal.layout import (
    ALARM,
    USUAL,
    Layout,
    notes,
    object_lines,
    prose,
    reading_lines,
    with_names,
)
from diffapply.render.words.wording import counted


def drift_lines(report: DriftReport, layout: Layout = USUAL) -> Iterator[Text]:
    """A summary, then each object that differs with its tenants, or each shape.

    By object if more than one shape differs, unless the layout says how.
    """
    yield Text(drift_summary(report), "green" if report.in_sync else ALARM)
    blocks = drift_blocks(report)
    differing = [block for block in blocks if not block.whys]
    detail = layout.detail or ("object" if len(differing) > 1 else "shape")
    by_shape = blocks if detail == "shape" else [block for block in blocks if block.whys]
    for block in by_shape:
        yield Text()
        yield from _block(block, layout)
    if detail == "object" and differing:
        yield Text()
        yield from _objects(differing, layout)
    for approved in approved_blocks(report):
        yield Text()
        yield from with_names(Text("approved ", "green"), approved.tenants, layout)
        for line in approved.told:
            yield from prose(line, layout, mark="  ")
    if report.notes:
        yield Text()
        yield from notes(report.notes, layout)


def _block(block: DriftBlock, layout: Layout) -> Iterator[Text]:
    head = Text(f"{block.state:<8} ", "yellow" if block.state == "behind" else ALARM)
    yield from with_names(head, block.tenants, layout)
    if block.whys:
        yield from reading_lines(block.whys)
    if block.empty and not layout.verbose:
        yield from prose(block.lacks, layout, mark="  - ", style=CHANGE["missing"])
    else:
        yield from difference_lines(block.differences, layout)


def _objects(blocks: Sequence[DriftBlock], layout: Layout) -> Iterator[Text]:
    empty = () if layout.verbose else [block for block in blocks if block.empty]
    for block in empty:
        yield from object_lines(
            "empty", block.tenants, layout, mark="  - ", style=CHANGE["missing"]
        )
        yield from prose(block.lacks, layout, mark="      ")
    for item, names in by_object(block for block in blocks if block not in empty):
        of = item.difference
        mark, style = f"  {DIFFERENCE_MARKS[of.change]} ", CHANGE[of.change]
        yield from object_lines(item.named, names, layout, mark=mark, style=style)
        yield from definitions(item, layout)
    if len(blocks) > 1 and layout.detail is None:
        yield Text()
        yield Text(f"In {counted(len(blocks), 'shape')}; --detail shape shows each.", "dim")
