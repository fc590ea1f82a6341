"""A survey as GitHub Markdown, to be pasted into an issue."""

from collections.abc import Iterator, Mapping

from diffapply.model.stamps import Revisions
from diffapply.model.survey import Finding, Survey, SurveyedShape
from diffapply.render.differences.likeness import likeness
from diffapply.render.differences.survey import (
    FINDINGS,
    by_fingerprint,
    by_kind,
    contents,
    not_looked_into,
    revisions_title,
    stamp_lines,
    survey_summary,
    told_finding,
)
from diffapply.render.markdown.marks import all_names, cell, code, could_not_be_read, fenced, folded
from diffapply.render.words.wording import EXAMPLES, counted, short


def survey_comment(survey: Survey) -> str:
    """The survey: a table of shapes, how they differ, a table of findings."""
    return "\n".join(_survey(survey)) + "\n"


def _survey(survey: Survey) -> Iterator[str]:
    yield "### diffapply survey"
    yield ""
    yield f"**{survey_summary(survey)}**"
    if survey.shapes:
        yield ""
        yield "| Shape | Tenants | Such as | Most like |"
        yield "| --- | ---: | --- | --- |"
        yield from map(_row, survey.shapes)
    known = by_fingerprint(survey)
    for shape in survey.shapes:
        yield from _shape(shape, known)
    for kind, findings in by_kind(survey.findings).items():
        yield ""
        yield f"#### {FINDINGS[kind]}"
        yield ""
        yield "| What | Tenants | Such as |"
        yield "| --- | ---: | --- |"
        yield from map(_finding, findings)
    if survey.revisions is not None:
        yield from _revisions(survey.revisions)
    if survey.unreadable:
        yield ""
        yield f"#### unreadable: {counted(len(survey.unreadable), 'tenant')}"
        yield ""
        yield from all_names([its.name for its in survey.unreadable])
        yield ""
        yield could_not_be_read([its.why for its in survey.unreadable])
    if sentence := not_looked_into(survey):
        yield ""
        yield sentence


def _shape(shape: SurveyedShape, known: Mapping[str, SurveyedShape]) -> Iterator[str]:
    """Its tenants, and what it has; or how it differs from the one that it is most like.

    Args:
        known: the shapes by their fingerprints.
    """
    yield ""
    yield f"#### {code(short(shape.fingerprint))}: {counted(len(shape.tenants), 'tenant')}"
    yield ""
    yield from all_names(shape.tenants)
    yield ""
    if shape.nearest is None:
        yield f"{contents(shape.catalog)}."
        return
    yield f"Like {code(short(shape.nearest))}, but:"
    yield ""
    lines = [*likeness(shape.catalog, known[shape.nearest].catalog)]
    text = fenced("\n".join(map(str, lines)), "diff").split("\n")
    yield from folded(counted(len(lines), "line"), text)


def _revisions(revisions: Revisions) -> Iterator[str]:
    yield ""
    yield f"#### {code(revisions_title(revisions))}"
    if revisions.replay.stopped:
        yield ""
        yield f"Stopped: {code(revisions.replay.stopped)}."
    if revisions.tenants:
        yield ""
        yield "| Where | Tenants | Such as |"
        yield "| --- | ---: | --- |"
    for _, told, tenants in stamp_lines(revisions):
        such_as = ", ".join(map(cell, tenants[:EXAMPLES]))
        yield f"| {cell(told)} | {len(tenants):,} | {such_as} |"


def _row(shape: SurveyedShape) -> str:
    such_as = ", ".join(map(cell, shape.tenants[:EXAMPLES]))
    nearest = cell(short(shape.nearest)) if shape.nearest else ""
    name = cell(short(shape.fingerprint))
    return f"| {name} | {len(shape.tenants):,} | {such_as} | {nearest} |"


def _finding(finding: Finding) -> str:
    such_as = ", ".join(map(cell, finding.tenants[:EXAMPLES]))
    return f"| {cell(told_finding(finding))} | {len(finding.tenants):,} | {such_as} |"
