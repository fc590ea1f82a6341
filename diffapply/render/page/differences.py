"""Differences side by side: what is live, and what is desired."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import zip_longest
from xml.etree.ElementTree import Element

from diffapply.model.catalog import Difference, FieldChange
from diffapply.render.differences.items import Item, differing_fields, is_block, items
from diffapply.render.page.elements import Content, add, code, element
from diffapply.render.words.wording import visible, visible_block

_TOKEN = re.compile(r"\w+|\s+|.", re.DOTALL)
_MOST_TOKENS = 500
"""Of longer definitions, what differs within a line is not marked."""
_AROUND = 3
"""Lines that are shown before and after those that differ."""


def side_by_side(
    differences: Sequence[Difference], sides: tuple[str, str] = ("live", "desired")
) -> Element:
    """A row for each item; the definitions of those that are changed beside each other.

    Args:
        differences: in order.
        sides: how the two are called. Of others, neither is the one that should be.
    """
    css = "differences" if sides == ("live", "desired") else "differences neutral"
    head = element("tr", *(element("th", its.capitalize()) for its in ("what", *sides)))
    rows = (_row(item, sides) for item in items(differences))
    return element("table", element("thead", head), element("tbody", *rows), css=css)


def named(item: Item) -> Iterator[Content]:
    """What an item is, not what it says."""
    of = item.difference
    if not item.state:
        yield element("span", of.change, css=f"change {of.change}")
    yield f" {item.kind} "
    yield code(of.name)
    yield f"{item.state}{item.with_parts}"


@lru_cache(maxsize=2**12)  # most shapes differ in the same; a tree may hold an element twice
def _row(item: Item, sides: tuple[str, str]) -> Element:
    of = item.difference
    what = element("td", *named(item))
    if of.change == "changed" and is_block(of):
        return element(
            "tr", what, element("td", _lines(of.live or "", of.desired or ""), colspan="2")
        )
    live, desired = _definitions(of)
    return element(
        "tr",
        what,
        element("td", live, css="live", data_title=sides[0]),
        element("td", desired, css="desired", data_title=sides[1]),
    )


def _definitions(of: Difference) -> tuple[Element, Element]:
    if of.change != "changed":
        return _said(of.live), _said(of.desired)
    if changes := differing_fields(of):
        return _fields(changes)
    return _words(of.live or "", of.desired or "")


def _said(definition: str | None) -> Element:
    if definition is None:
        return element("span", "none", css="none")
    if "\n" in definition:
        return element("pre", element("code", definition))
    return code(definition)


def _fields(changes: Sequence[FieldChange]) -> tuple[Element, Element]:
    """The fields that differ alone, each on a line."""
    return (
        element("div", *(_field(its.field, its.live) for its in changes)),
        element("div", *(_field(its.field, its.desired) for its in changes)),
    )


def _field(name: str, value: str | None) -> Element:
    shown = element("mark", visible(value)) if value else element("span", "none", css="none")
    return element("p", f"{visible(name)} ", element("code", shown), css="field")


def _words(live: str, desired: str) -> tuple[Element, Element]:
    """Two definitions of a line; what only one of them says is marked."""
    left, right = (_TOKEN.findall(visible(text)) for text in (live, desired))
    found = element("code"), element("code")
    if max(len(left), len(right)) > _MOST_TOKENS:
        return code(live), code(desired)
    for tag, *ends in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        for made, tokens, (start, end) in (
            (found[0], left, ends[:2]),
            (found[1], right, ends[2:]),
        ):
            text = "".join(tokens[start:end])
            if text:
                add(made, [text if tag == "equal" else element("mark", text)])
    return found


def _lines(live: str, desired: str) -> Element:
    """Two definitions of several lines: each line beside the one that it corresponds to."""
    left, right = (visible_block(text).rstrip().split("\n") for text in (live, desired))
    found = element("div", css="lines")
    for group in SequenceMatcher(None, left, right, autojunk=False).get_grouped_opcodes(_AROUND):
        if len(found):
            found.append(_pair("…", "…", "gap"))
        for tag, *ends in group:
            pairs = zip_longest(left[slice(*ends[:2])], right[slice(*ends[2:])])
            css = "same" if tag == "equal" else "different"
            found.extend(_pair(live, desired, css) for live, desired in pairs)
    return found


def _pair(live: str | None, desired: str | None, css: str) -> Element:
    sides = (
        element("code", line or "", css=side if line is not None else f"{side} absent")
        for side, line in (("live", live), ("desired", desired))
    )
    return element("div", *sides, css=f"pair {css}")
