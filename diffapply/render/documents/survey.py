"""A survey as a JSON document. Fields are added, never changed."""

from collections.abc import Iterable

from diffapply.model.catalog import Difference
from diffapply.model.own_name import STAND_IN
from diffapply.model.stamps import Revisions, StampedTenants
from diffapply.model.survey import Finding, Survey, SurveyedShape
from diffapply.render.documents.contract import (
    VERSION,
    AlembicRevisions,
    ShapeDifference,
    StampedGroup,
    SurveyDocument,
    SurveyFinding,
    SurveyShape,
)
from diffapply.render.documents.shared import as_json, unreadable_tenant


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


def _revisions(revisions: Revisions) -> AlembicRevisions:
    document: AlembicRevisions = {
        "folder": revisions.replay.folder,
        "heads": revisions.replay.heads,
        "revisions": revisions.replay.revisions,
        "replayed": len(revisions.replay.structures),
        "tenants": [_stamped(tenants) for tenants in revisions.tenants],
    }
    if revisions.replay.stopped:
        document["stopped"] = revisions.replay.stopped
    return document


def _stamped(stamped: StampedTenants) -> StampedGroup:
    return {
        "tenants": stamped.tenants,
        "shape": stamped.shape,
        "stamps": stamped.stamps,
        "at": stamped.at,
        "nearest": stamped.nearest or None if not stamped.at else None,
        "differences": _differences(stamped.differences),
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
