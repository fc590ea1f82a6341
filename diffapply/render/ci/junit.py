"""Drift as JUnit XML, which every CI server reads: one test case for each tenant."""

from functools import cache
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from diffapply.model.catalog import Difference
from diffapply.model.drift import DriftReport
from diffapply.render.differences.approved import Approved
from diffapply.render.differences.drift import drift_summary
from diffapply.render.differences.items import described
from diffapply.render.words.wording import counted, visible


def drift_suite(report: DriftReport) -> str:
    """The test suite, in ASCII, so that it is valid in every encoding."""
    # Tenants of one shape have the same differences: describe 10,000 of them once.
    describe = cache(_description)
    failures = sum(tenant.state in ("drifted", "behind") for tenant in report.tenants)
    counts = {
        "tests": str(len(report.tenants)),
        "failures": str(failures),
        "errors": str(len(report.unreadable)),
        "skipped": "0",
    }
    root = Element("testsuites", {"name": "diffapply", **counts})
    suite = SubElement(root, "testsuite", {"name": "diffapply drift", **counts})
    for tenant in report.tenants:
        attributes = {"classname": "diffapply.drift", "name": visible(tenant.name), "time": "0"}
        case = SubElement(suite, "testcase", attributes)
        if tenant.state == "unreadable":
            SubElement(case, "error", {"type": tenant.state, "message": visible(tenant.remedy)})
        elif tenant.state != "in_sync":
            message = f"{tenant.state}: {counted(len(tenant.differences), 'difference')}"
            failure = SubElement(case, "failure", {"type": tenant.state, "message": message})
            failure.text = describe(tenant.differences)
        elif tenant.approved is not None:
            told = Approved(tenant.approved, (tenant.name,)).told
            SubElement(case, "system-out").text = "\n".join(("approved", *told))
    told = (drift_summary(report), *(f"note: {visible(note)}" for note in report.notes))
    SubElement(suite, "system-out").text = "\n".join(told)
    indent(root)
    xml: bytes = tostring(root, encoding="us-ascii", xml_declaration=True)
    return xml.decode("ascii") + "\n"


def _description(differences: tuple[Difference, ...]) -> str:
    # `described` has escaped the characters that XML does not allow.
    return "\n".join(described(differences))
