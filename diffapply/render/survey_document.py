"""A survey as a JSON document. Fields are added, never changed."""

from collections.abc import Iterable

from diffapply.model.catalog import Difference
from diffapply.model.own_name import STAND_IN
from diffapply.model.stamps import Revisions, StampedTenants
from diffapply.model.survey import Finding, Survey, SurveyedShape
from diffapply.render.contract import (
    VERSION,
    AlembicRevisions,
    ShapeDifference,
    StampedGroup,
    SurveyDocument,
    SurveyFinding,
    SurveyShape,
)
from diffapply.render.document import as_json, unreadable_tenant


def survey_json(survey: Survey) -> str:
    """`survey_document` as text."""
    return as_json(survey_document(survey))


def survey_document(survey: Survey) -> SurveyDocument:
    """The survey: every shape with all its tenants and differences, every finding."""
    document: SurveyDocument = {
        "version": VERSION,
        "total": survey.total,
        "own_name": STAND_IN,
        "shapes": [_shape(shape) for shape in survey.shapes],
        "findings": [_finding(finding) for finding in survey.findings],
        "unreadable": [unreadable_tenant(its) for its in survey.unreadable],
        "unchecked_sequences": survey.unchecked,
    }
    if survey.revisions is not None:
        document["alembic"] = _revisions(survey.revisions)
    return document


def _revisions(its: Revisions) -> AlembicRevisions:
    document: AlembicRevisions = {
        "folder": its.replay.folder,
        "heads": its.replay.heads,
        "revisions": its.replay.revisions,
        "replayed": len(its.replay.structures),
        "tenants": [_stamped(tenants) for tenants in its.tenants],
    }
    if its.replay.stopped:
        document["stopped"] = its.replay.stopped
    return document


def _stamped(its: StampedTenants) -> StampedGroup:
    return {
        "tenants": its.tenants,
        "shape": its.shape,
        "stamps": its.stamps,
        "at": its.at,
        "nearest": its.nearest or None if not its.at else None,
        "differences": _differences(its.differences),
    }


def _shape(shape: SurveyedShape) -> SurveyShape:
    return {
        "fingerprint": shape.fingerprint,
        "tenants": shape.tenants,
        "objects": {kind: len(facts) for kind, facts in shape.catalog.by_kind.items()},
        "nearest": shape.nearest,
        "differences": _differences(shape.differences),
    }


def _differences(differences: Iterable[Difference]) -> list[ShapeDifference]:
    return [
        {
            "kind": its.kind,
            "name": its.name,
            "change": its.change,
            "here": its.live,
            "there": its.desired,
        }
        for its in differences
    ]


def _finding(finding: Finding) -> SurveyFinding:
    document: SurveyFinding = {
        "kind": finding.kind,
        "name": finding.name,
        "table": finding.table,
        "tenants": finding.tenants,
    }
    if finding.detail:
        document["detail"] = finding.detail
    return document
