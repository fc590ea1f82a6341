"""A survey as a page."""

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from diffapply.model.stamps import Revisions
from diffapply.model.survey import Finding, FindingKind, Survey, SurveyedShape
from diffapply.render.differences.survey import (
    FINDINGS,
    by_kind,
    contents,
    not_looked_into,
    revisions_title,
    stamp_lines,
    survey_summary,
    told_finding,
)
from diffapply.render.page.differences import side_by_side
from diffapply.render.page.elements import Content, code, element
from diffapply.render.page.frame import page
from diffapply.render.page.parts import (
    Part,
    Row,
    anchor,
    bar,
    folded,
    listing,
    names,
    reasons,
    section,
    shapes_section,
    tenants_section,
    unreadable,
)
from diffapply.render.words.wording import counted, examples, short

_URGENT: frozenset[FindingKind] = frozenset({"sequence_behind", "sequence_ends"})
"""What soon stops an application."""


def survey_page(survey: Survey) -> str:
    """The survey: findings, shapes, Alembic's revisions, all tenants."""
    return page("survey", "Survey", survey_summary(survey), _sections(survey))


def _sections(survey: Survey) -> Iterator[Element]:
    yield element(
        "section", bar(_parts(survey)), *unreadable(survey.unreadable, "read"), css="first"
    )
    if survey.findings:
        findings = by_kind(survey.findings).items()
        listed = (its for kind, found in findings for its in _findings(kind, found))
        hint = element("p", not_looked_into(survey), css="hint")
        yield section("What deserves a look", *listed, hint, at="findings")
    if survey.revisions is not None:
        yield _revisions(survey.revisions)
    if survey.shapes:
        yield shapes_section(
            [
                (code(short(its.fingerprint)), anchor(number), [_part(its, number)])
                for number, its in enumerate(survey.shapes)
            ]
        )
    for number, shape in enumerate(survey.shapes):
        yield _shape(shape, number)
    yield tenants_section(_rows(survey))


def _parts(survey: Survey) -> Iterator[Part]:
    most = len(survey.shapes[0].tenants) if survey.shapes else 0
    alone = 0 if most == 1 else len(survey.alone)
    yield Part("busy", "have the shape of most", most)
    yield Part("other", "have other shapes", survey.total - most - alone)
    yield Part("warn", "are alone", alone)
    yield Part("unknown", "unreadable", len(survey.unreadable))


def _part(shape: SurveyedShape, number: int) -> Part:
    if not number:
        return Part("busy", "most", len(shape.tenants))
    if len(shape.tenants) == 1:
        return Part("warn", "alone", 1)
    return Part("other", "other shape", len(shape.tenants))


def _findings(kind: FindingKind, found: Sequence[Finding]) -> Iterator[Element]:
    listed = (_line("!", told_finding(its), its.tenants) for its in found)
    yield element("h3", FINDINGS[kind], css="urgent" if kind in _URGENT else "")
    yield listing(counted(len(found), "object"), element("ul", *listed, css="changes"), len(found))


def _line(mark: str, text: Content, tenants: Sequence[str]) -> Element:
    change = "missing" if mark == "=" else "extra"
    number = counted(len(tenants), "tenant")
    return element(
        "li",
        element("span", mark, css=f"mark {change}"),
        " ",
        text,
        element("span", f" {number}: {examples(tenants)}", css="in"),
    )


def _revisions(revisions: Revisions) -> Element:
    lines = stamp_lines(revisions)
    listed = (_line("=" if fits else "!", told, tenants) for fits, told, tenants in lines)
    return section(
        "Alembic's revisions",
        element("p", revisions_title(revisions), css="hint"),
        *reasons(
            "Stopped", [revisions.replay.stopped] if revisions.replay.stopped else [], "alarm"
        ),
        element("ul", *listed, css="changes"),
        at="revisions",
    )


def _shape(shape: SurveyedShape, number: int) -> Element:
    fingerprint = element("span", code(short(shape.fingerprint)), css="path")
    content = [names(shape.tenants)]
    if shape.nearest is None:
        content.append(element("p", f"{contents(shape.catalog)}.", css="hint"))
    else:
        nearest = short(shape.nearest)
        count = counted(len(shape.differences), "difference")
        table = side_by_side(shape.differences, ("here", "there"))
        content += [
            element("p", "Most like ", code(nearest), ", but:", css="hint"),
            folded(count, table, length=len(shape.differences)),
        ]
    title = element("h2", counted(len(shape.tenants), "tenant"), fingerprint)
    return element("section", title, *content, id=anchor(number), css="transition")


def _rows(survey: Survey) -> list[Row]:
    found = []
    for number, shape in enumerate(survey.shapes):
        part = _part(shape, number)
        more = short(shape.fingerprint)
        found += [Row(name, part.state, part.label, more, anchor(number)) for name in shape.tenants]
    found += [Row(its.name, "unknown", "unreadable", its.remedy) for its in survey.unreadable]
    return found
