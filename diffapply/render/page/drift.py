"""Drift as a page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from xml.etree.ElementTree import Element

from diffapply.model.drift import DriftReport, DriftState
from diffapply.model.unreadable import reading_asked
from diffapply.render.differences.approved import approved_blocks
from diffapply.render.differences.drift import DriftBlock, by_object, drift_blocks, drift_summary
from diffapply.render.differences.items import Item, is_block, sides
from diffapply.render.page.differences import named, side_by_side
from diffapply.render.page.elements import element
from diffapply.render.page.frame import page
from diffapply.render.page.parts import (
    Part,
    Row,
    anchor,
    bar,
    folded,
    names,
    reasons,
    section,
    shapes_section,
    tenants_section,
)
from diffapply.render.words.wording import counted, examples

_STATES: Mapping[DriftState, tuple[str, str]] = {
    "in_sync": ("good", "in sync"),
    "behind": ("busy", "behind"),
    "drifted": ("bad", "drifted"),
    "unreadable": ("unknown", "unreadable"),
}
"""State → its class, and how it is called."""
_APPROVED = ("approved", "approved")


def drift_page(report: DriftReport) -> str:
    """The drift: counts, what differs object by object, each shape, all tenants."""
    title = "In sync" if report.in_sync else "Drift"
    lead = drift_summary(report).partition(": ")[2]
    return page("drift", title, lead, _sections(report))


def _sections(report: DriftReport) -> Iterator[Element]:
    states = [tenant.state for tenant in report.tenants]
    parts = [Part(*how, states.count(state)) for state, how in _STATES.items()]
    if approved := sum(tenant.approved is not None for tenant in report.tenants):
        parts[0] = replace(parts[0], number=parts[0].number - approved)
        parts.insert(1, Part(*_APPROVED, approved))
    yield element("section", bar(parts), *reasons("Notes", report.notes), css="first")
    blocks = drift_blocks(report)
    differing = [block for block in blocks if not block.whys]
    if differing:
        yield _objects(differing)
    if blocks:
        yield shapes_section([_shape(block, number) for number, block in enumerate(blocks)])
    yield from (_block(block, number) for number, block in enumerate(blocks))
    for number, one in enumerate(approved_blocks(report)):
        told = element("ul", *(element("li", line) for line in one.told))
        yield section(one.title, names(one.tenants), told, at=_approved_at(number))
    yield tenants_section(_rows(report, blocks))


def _objects(blocks: Sequence[DriftBlock]) -> Element:
    empty = [block for block in blocks if block.empty]
    found = by_object(block for block in blocks if not block.empty)
    listed = [*map(_empty, empty), *(_object(*its) for its in found)]
    title = counted(len(listed), "difference")
    changes = element("ul", *listed, css="changes")
    return section("What differs", folded(title, changes, length=len(listed)), at="changes")


def _empty(block: DriftBlock) -> Element:
    lacks = element("ul", element("li", block.lacks))
    return element("li", element("span", "empty", css="change missing"), _in(block.tenants), lacks)


def _in(tenants: tuple[str, ...]) -> Element:
    return element("span", f" {counted(len(tenants), 'tenant')}", css="in", title=examples(tenants))


def _object(item: Item, tenants: tuple[str, ...]) -> Element:
    of = item.difference
    more = []
    if of.change == "changed" and not is_block(of):
        desired, live = sides(of)
        told = element("li", f"desired {desired}"), element("li", f"live {live}")
        more = [element("ul", *told)]
    return element("li", *named(item), _in(tenants), *more)


def _shape(block: DriftBlock, number: int) -> tuple[str, str, list[Part]]:
    state, label = _STATES[block.state]
    part = Part(state, label, len(block.tenants))
    return f"{label}: {examples(block.tenants, 1)}", anchor(number), [part]


def _approved_at(number: int) -> str:
    return f"approved-{number + 1}"


def _block(block: DriftBlock, number: int) -> Element:
    content = [names(block.tenants)]
    if block.whys:
        content += reasons("Could not be read", [reading_asked(block.whys)], "alarm")
    else:
        count = counted(len(block.differences), "difference")
        table = side_by_side(block.differences)
        content.append(folded(count, table, length=len(block.differences)))
    return section(block.title, *content, at=anchor(number), css="transition")


def _rows(report: DriftReport, blocks: Sequence[DriftBlock]) -> list[Row]:
    of = {name: number for number, block in enumerate(blocks) for name in block.tenants}
    approved = {
        name: number for number, its in enumerate(approved_blocks(report)) for name in its.tenants
    }
    found = []
    for tenant in report.tenants:
        state, label = _STATES[tenant.state]
        more, at = "", ""
        if tenant.approved is not None:
            state, label = _APPROVED
            more, at = tenant.approved.told, _approved_at(approved[tenant.name])
        if tenant.state != "in_sync":
            more = tenant.remedy or counted(len(tenant.differences), "difference")
            at = anchor(of[tenant.name])
        found.append(Row(tenant.name, state, label, more, at))
    return found
