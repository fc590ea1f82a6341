"""A survey for people: the shapes by size, then what deserves a look."""

from collections.abc import Iterator, Mapping, Sequence

from rich.text import Text

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
from diffapply.render.terminal.layout import (
    ALARM,
    USUAL,
    Layout,
    object_lines,
    prose,
    reading_lines,
    with_names,
)
from diffapply.render.words.wording import counted, short, visible

_MOST_SHAPES = 12
_MOST_FINDINGS = 8
"""Findings of one kind; a fleet with many has more important ones above."""
_STYLES: Mapping[str, str] = {"+": "green", "~": "yellow", "-": "red"}


def survey_lines(survey: Survey, layout: Layout = USUAL) -> Iterator[Text]:
    """The counts, each shape beside its nearest, the findings kind by kind."""
    yield Text(survey_summary(survey), "bold")
    known = by_fingerprint(survey)
    shown = survey.shapes if layout.verbose else _most(survey.shapes)
    for shape in shown:
        yield Text()
        yield from _shape(shape, known, layout)
    if left := survey.shapes[len(shown) :]:
        yield Text()
        tenants = counted(sum(len(its.tenants) for its in left), "tenant")
        more = f"and {counted(len(left), 'more shape')} of {tenants}; --verbose shows them"
        yield Text(more, "dim")
    for kind, findings in by_kind(survey.findings).items():
        yield Text()
        yield from prose(FINDINGS[kind], layout, style="bold")
        yield from _findings(findings, layout)
    if survey.revisions is not None:
        yield Text()
        yield from _revisions(survey.revisions, layout)
    if survey.unreadable:
        yield Text()
        names = [its.name for its in survey.unreadable]
        yield from with_names(Text("unreadable  ", ALARM), names, layout)
        yield from reading_lines([its.why for its in survey.unreadable])
    if sentence := not_looked_into(survey):
        yield Text()
        yield from prose(sentence, layout, style="dim")


def _most(shapes: Sequence[SurveyedShape]) -> Sequence[SurveyedShape]:
    return shapes if len(shapes) <= _MOST_SHAPES + 1 else shapes[:_MOST_SHAPES]


def _shape(
    shape: SurveyedShape, known: Mapping[str, SurveyedShape], layout: Layout
) -> Iterator[Text]:
    head = Text(f"{short(shape.fingerprint)}  ", "bold")
    yield from with_names(head, shape.tenants, layout)
    if shape.nearest is None:
        yield from prose(contents(shape.catalog), layout, mark="  ")
        return
    yield Text(f"  like {short(shape.nearest)}, but", "dim")
    other = known[shape.nearest].catalog
    for line in likeness(shape.catalog, other, all_items=layout.verbose):
        if line.mark:
            mark = f"    {line.mark} "
            yield from prose(line.text, layout, mark=mark, style=_STYLES[line.mark])
        else:
            yield Text(f"    {line}")


def _revisions(revisions: Revisions, layout: Layout) -> Iterator[Text]:
    yield from prose(revisions_title(revisions), layout, style="bold")
    if revisions.replay.stopped:
        yield from prose(visible(revisions.replay.stopped), layout, mark="  stopped: ", style=ALARM)
    lines = stamp_lines(revisions)
    many = not layout.verbose and len(lines) > _MOST_SHAPES + 1
    shown = lines[:_MOST_SHAPES] if many else lines
    for as_stamped, told, tenants in shown:
        mark, style = ("  = ", "green") if as_stamped else ("  ! ", ALARM)
        yield from object_lines(told, tenants, layout, mark=mark, style=style)
    if left := lines[len(shown) :]:
        number = counted(sum(len(tenants) for *_, tenants in left), "more tenant")
        yield Text(f"  and {number}; --verbose shows them", "dim")


def _findings(findings: Sequence[Finding], layout: Layout) -> Iterator[Text]:
    many = not layout.verbose and len(findings) > _MOST_FINDINGS + 1
    shown = findings[:_MOST_FINDINGS] if many else findings
    for finding in shown:
        yield from object_lines(
            told_finding(finding), finding.tenants, layout, mark="  ! ", style=ALARM
        )
    if left := len(findings) - len(shown):
        yield Text(f"  and {left:,} more; --verbose shows them", "dim")
