"""Drift for CI servers: workflow commands and JUnit XML, whatever the names hold."""

from xml.etree import ElementTree as ET

from diffapply.model.drift import DriftReport, TenantDrift
from diffapply.render.ci.github import drift_annotations
from diffapply.render.ci.junit import drift_suite
from tests.unit.render_samples import DRIFT, HOSTILE, IN_SYNC, MISSING_TABLE, hostile_drift, users


def parsed(xml: str) -> ET.Element:
    return ET.fromstring(xml)  # noqa: S314 - our own output


class TestGithub:
    """Workflow commands."""

    def test_tenants_that_differ_alike_are_one_error(self) -> None:
        """GitHub shows ten annotations a step: they are not spent on ten equal tenants."""
        tenants = tuple(TenantDrift(name, "behind", MISSING_TABLE) for name in users(*range(99)))
        error, summary = drift_annotations(DriftReport(tenants)).splitlines()
        assert error.startswith("::error title=diffapply%3A behind%3A 99 tenants::user_0, user_1")
        assert "and 89 more%0A- missing table marketplace_tasks" in error
        assert summary == "Drift: 99 of 99 tenants not at the desired state (99 behind)."

    def test_an_annotation_says_what_differs_line_by_line(self) -> None:
        """Line breaks are escaped as %0A."""
        error = drift_annotations(DRIFT).splitlines()[0]
        assert "%0A~ changed column marketplace_jobs.name%0A    desired  character" in error

    def test_without_drift_there_is_only_the_summary(self) -> None:
        """No error where all is well."""
        assert drift_annotations(IN_SYNC) == "In sync: 1 tenant at the desired state.\n"

    def test_hostile_names_cannot_forge_a_command(self) -> None:
        """Percent signs, line breaks and colons are escaped where they mean something."""
        lines = drift_annotations(hostile_drift()).splitlines()
        assert len(lines) == 2
        _, properties, message = lines[0].split("::", 2)
        assert properties == "error title=diffapply%3A drifted%3A 9 tenants"
        assert "user_4%250A::error::x" in message
        assert r"user_2\nuser_3" in message
        assert lines[0].isprintable()


class TestJunit:
    """JUnit XML."""

    def test_every_tenant_is_a_test_case(self) -> None:
        """A failure where it differs, with what differs."""
        root = parsed(drift_suite(DRIFT))
        suite = root.find("testsuite")
        assert suite is not None
        assert suite.attrib["tests"] == "4"
        assert suite.attrib["failures"] == "3"
        cases = {case.attrib["name"]: case.find("failure") for case in suite.findall("testcase")}
        assert list(cases) == ["user_1", "user_2", "user_3", "user_4"]
        assert cases["user_1"] is None
        failure = cases["user_3"]
        assert failure is not None
        assert failure.attrib == {"type": "behind", "message": "behind: 4 differences"}
        assert "- missing index ix_job" in str(failure.text)

    def test_it_is_valid_whatever_the_names_hold(self) -> None:
        """Control characters, which no XML may hold, are shown as escapes."""
        text = drift_suite(hostile_drift())
        assert text.isascii()
        cases = parsed(text).iter("testcase")
        names = [case.attrib["name"] for case in cases]
        assert len(names) == len(HOSTILE)
        assert {'user_1"; drop', r"user_2\nuser_3", "<script>alert(1)</script>"} <= {*names}
        assert r"]]>&amp;\x00\x0b\ufffe" in names

    def test_a_database_without_tenants_is_a_suite_without_cases(self) -> None:
        """It is valid as well."""
        assert not [*parsed(drift_suite(DriftReport(()))).iter("testcase")]
