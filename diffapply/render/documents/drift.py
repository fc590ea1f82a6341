"""Drift as a JSON document."""

from diffapply.catalog.comparison import field_changes
from diffapply.config.variant import Variant
from diffapply.model.drift import DriftReport, TenantDrift
from diffapply.model.own_name import shown
from diffapply.render.documents.contract import (
    VERSION,
    ApprovedDifferences,
    DriftDocument,
    DriftTenant,
)
from diffapply.render.documents.shared import as_json


def drift_json(report: DriftReport) -> str:
    """`drift_document` as text."""
    return as_json(drift_document(report))


def drift_document(report: DriftReport) -> DriftDocument:
    """The drift: every tenant with all its differences."""
    document: DriftDocument = {
        "version": VERSION,
        "in_sync": report.in_sync,
        "tenants": [_drift(tenant) for tenant in report.tenants],
    }
    if report.notes:
        document["notes"] = report.notes
    return document


def _drift(tenant: TenantDrift) -> DriftTenant:
    document: DriftTenant = {
        "name": tenant.name,
        "state": tenant.state,
        "differences": [
            {
                "kind": difference.kind,
                "name": shown(difference.name, tenant.name),
                "change": difference.change,
                "desired": _own(difference.desired, tenant.name),
                "live": _own(difference.live, tenant.name),
                "fields": [
                    {
                        "field": shown(its.field, tenant.name),
                        "desired": _own(its.desired, tenant.name),
                        "live": _own(its.live, tenant.name),
                    }
                    for its in field_changes(difference)
                ],
            }
            for difference in tenant.differences
        ],
    }
    if tenant.empty:
        document["empty"] = True
    if tenant.why:
        document["remedy"] = tenant.remedy
        document["why"] = tenant.why.word
    if tenant.approved is not None:
        document["approved"] = _approved(tenant.approved)
    return document


def _approved(variant: Variant) -> ApprovedDifferences:
    return {
        "owner": variant.owner,
        "reason": variant.reason,
        "expires": variant.expires.isoformat() if variant.expires else None,
        "ignore": variant.ignore,
        "sql": variant.sql,
    }


def _own(definition: str | None, tenant: str) -> str | None:
    return None if definition is None else shown(definition, tenant)
