"""What the pages have in common: bars, folds, statements, tenants."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from xml.etree.ElementTree import Element

from diffapply.model.unreadable import Unreadable, reading_asked
from diffapply.render.changes.relative import Numbered
from diffapply.render.page.elements import Content, code, element
from diffapply.render.words.folding import fold
from diffapply.render.words.wording import EXAMPLES, counted, examples, terminated, told, visible

_LONGEST_UNFOLDED = 20
"""Entries of a list that is open at first."""
_LEAST_SHARE = 0.6
"""Percent of a bar that even the smallest part has, so that it is seen."""
_MOST_PRINTED = 500
"""Tenants that are listed on paper, too."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: tenants in one state.

    Attributes:
        state: a class of the style sheet.
        label: the state for people.
    """

    state: str
    label: str
    number: int


@dataclass(frozen=True, slots=True)
class Row:
    """A tenant in the list of all.

    Attributes:
        state: a class of the style sheet.
        label: the state for people.
        more: what else there is to say.
        at: the anchor of what becomes of it; empty if there is none.
    """

    name: str
    state: str
    label: str
    more: str = ""
    at: str = ""


def anchor(number: int) -> str:
    """The anchor of a shape; 0 is the first."""
    return f"shape-{number + 1}"


def section(title: str, *content: Content, at: str = "", css: str = "") -> Element:
    """A part of the page with a heading; `at` is its anchor."""
    named = {"id": at} if at else {}
    return element("section", element("h2", title), *content, css=css, **named)


def bar(parts: Iterable[Part]) -> Element:
    """The parts beside each other, as wide as their numbers, with a legend."""
    there = [part for part in parts if part.number]
    legend = (
        element(
            "li",
            element("b", f"{part.number:,}"),
            f" {part.label}",
            css=f"key {part.state}",
        )
        for part in there
    )
    return element("div", strip(there), element("ul", *legend, css="legend"), css="overview")


def strip(parts: Sequence[Part], of: int = 0) -> Element:
    """The bar alone.

    Args:
        parts: from left to right.
        of: the number that is the whole width; 0: that of all parts.
    """
    of = of or sum(part.number for part in parts)
    shares = [max(100 * part.number / of, _LEAST_SHARE) for part in parts]
    scale = min(1.0, 100 / (sum(shares) or 1))
    drawn, left = [], 0.0
    for part, share in zip(parts, shares, strict=True):
        width = share * scale
        drawn.append(
            element("rect", css=part.state, x=f"{left:.2f}%", width=f"{width:.2f}%", height="100%")
        )
        left += width
    label = ", ".join(f"{part.number:,} {part.label}" for part in parts)
    return element("svg", *drawn, css="bar", role="img", aria_label=label)


def shapes_section(rows: Sequence[tuple[Content, str, Sequence[Part]]]) -> Element:
    """The shapes as bars, each as long as it has tenants.

    Args:
        rows: label, anchor, and the tenants by state.
    """
    numbers = [sum(part.number for part in parts) for _, _, parts in rows]
    listed = (
        element(
            "tr",
            element("td", element("a", label, href=f"#{at}")),
            element("td", strip(parts, max(numbers)), css="wide"),
            element("td", f"{number:,}", css="number"),
        )
        for (label, at, parts), number in zip(rows, numbers, strict=True)
    )
    table = element("table", element("tbody", *listed), css="shapes")
    return section(counted(len(rows), "shape"), table, at="shapes")


def folded(title: Content, *content: Content, length: int = 0) -> Element:
    """Content behind a title; open at first unless it is long.

    Args:
        title: what is read if it is closed.
        content: the rest.
        length: how many entries it has; 0: closed at first.
    """
    is_open = {"open": ""} if 0 < length <= _LONGEST_UNFOLDED else {}
    return element("details", element("summary", title), *content, **is_open)


def listing(title: str, entries: Element, length: int) -> Element:
    """A list, behind a title only if it is long."""
    return folded(title, entries) if length > _LONGEST_UNFOLDED else entries


def names(tenants: Sequence[str], kind: str = "tenant") -> Element:
    """The names of tenants; many are folded."""
    every = element("p", css="names")
    separator = ""
    for name in tenants:
        every.append(code(name))
        every[-1].tail = separator = ", "
    if separator:
        every[-1].tail = ""
    if len(tenants) <= EXAMPLES + 1:
        return every
    return folded(f"{counted(len(tenants), kind)}: {examples(tenants)}", every)


def statements(
    listed: Sequence[Numbered], here: Mapping[int, Sequence[str]] = MappingProxyType({})
) -> Element:
    """Numbered statements with what they risk.

    Args:
        listed: in order.
        here: number → what is different in it, action by action.
    """
    return element("ol", *(_statement(its, here.get(its.number, ())) for its in listed), css="sql")


def _statement(entry: Numbered, here: Sequence[str]) -> Element:
    sql = terminated(entry.statement.sql)
    first = sql.split(maxsplit=1)[0].lower()
    risks = [
        element(
            "li",
            element("span", hazard.kind, css=f"hazard {hazard.kind}", title=hazard.code.name),
            f" {visible(told(hazard))}",
        )
        for hazard in entry.statement.hazards
    ]
    return element(
        "li",
        element("pre", element("code", fold(sql))),
        *(element("p", "here: ", code(action), css="here") for action in here),
        *([element("ul", *risks, css="risks")] if risks else []),
        value=str(entry.number),
        css=first if first in {"create", "alter", "drop"} else "other",
    )


def reasons(title: str, texts: Iterable[str], css: str = "") -> Iterator[Element]:
    """What somebody must not overlook, or a hint; nothing if there is none."""
    listed = [element("li", visible(text)) for text in texts]
    if listed:
        yield element(
            "div", element("strong", title), element("ul", *listed), css=f"reasons {css}".strip()
        )


def unreadable(tenants: Sequence[Unreadable], what: str) -> Iterator[Element]:
    """How many tenants could not be read, and what helps; `what` says what could not be done."""
    if tenants:
        title = f"{counted(len(tenants), 'tenant')} could not be {what}"
        yield from reasons(title, [reading_asked([its.why for its in tenants])], "alarm")


def tenants_section(rows: Sequence[Row]) -> Element:
    """All tenants, to be searched."""
    search = element(
        "p",
        element(
            "input",
            type="search",
            placeholder="Search by name or state",
            aria_label="Search tenants by name or state",
        ),
        element("output", aria_live="polite"),
        css="search",
        hidden="",
    )
    body = element("tbody", *map(_row, rows))
    head = element(
        "thead", element("tr", *(element("th", its) for its in ("Tenant", "State", "More")))
    )
    many = " many" if len(rows) > _MOST_PRINTED else ""
    box = element("div", element("table", head, body), css=f"scroll{many}", tabindex="0")
    return section(counted(len(rows), "tenant"), search, box, at="tenants", css=f"all{many}")


def _row(row: Row) -> Element:
    more: Content = visible(row.more)
    if row.at:
        more = element("a", more, href=f"#{row.at}")
    return element(
        "tr",
        element("td", code(row.name)),
        element("td", element("span", row.label, css=f"key {row.state}")),
        element("td", more),
    )
