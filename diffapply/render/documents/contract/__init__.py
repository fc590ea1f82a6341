"""The JSON documents of the command line, as types.

Fields are added, never changed. ``docs/schema`` is generated from them.
"""

from diffapply.render.documents.contract.drift import (
    ApprovedDifferences,
    DriftDocument,
    DriftTenant,
)
from diffapply.render.documents.contract.plan import (
    PlanDocument,
    PlannedTransition,
    StatementHazard,
    UndoneByPlan,
)
from diffapply.render.documents.contract.runs import (
    HistoryDocument,
    HistoryRun,
    HistoryStep,
    OtherRun,
    RunDocument,
)
from diffapply.render.documents.contract.shared import VERSION, UnreadableTenant
from diffapply.render.documents.contract.survey import (
    AlembicRevisions,
    ShapeDifference,
    ShapeDocument,
    StampedGroup,
    SurveyDocument,
    SurveyFinding,
    SurveyShape,
)

__all__ = [
    "VERSION",
    "AlembicRevisions",
    "ApprovedDifferences",
    "DriftDocument",
    "DriftTenant",
    "HistoryDocument",
    "HistoryRun",
    "HistoryStep",
    "OtherRun",
    "PlanDocument",
    "PlannedTransition",
    "RunDocument",
    "ShapeDifference",
    "ShapeDocument",
    "StampedGroup",
    "StatementHazard",
    "SurveyDocument",
    "SurveyFinding",
    "SurveyShape",
    "UndoneByPlan",
    "UnreadableTenant",
]
