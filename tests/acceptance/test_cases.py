"""Every case reaches its goal, both ways, or says why not; nothing is silently wrong.

`make test` runs the first case of each kind, `make prove` the others.
"""

from collections.abc import Iterator

import pytest

from tests.acceptance.case_files import Case, all_cases
from tests.acceptance.case_runs import Workshop, workshop
from tests.servers import Server

CASES = tuple(all_cases())
_FIRST = {case.kind: case for case in reversed(CASES)}
PARAMETERS = [
    pytest.param(case, id=case.name, marks=() if case is _FIRST[case.kind] else pytest.mark.prove)
    for case in CASES
]


@pytest.fixture(scope="module")
def shop(server: Server) -> Iterator[Workshop]:
    with workshop(server) as shop:
        yield shop


def test_there_are_at_least_250_cases() -> None:
    assert len(CASES) >= 250


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize("case", PARAMETERS)
def test_case(case: Case, shop: Workshop, server: Server) -> None:
    """Proved, run for real, and compared by fingerprint and by pg_dump; then taken back."""
    if server.version < case.min_version:
        pytest.skip(f"the syntax is that of PostgreSQL {case.min_version}")
    for direction, outcome in shop.outcomes(case).items():
        expected = "blocked" if direction in case.reasons else "applied"
        told = "\n".join((*outcome.details, "statements:", *outcome.statements))
        assert outcome.verdict == expected, f"{direction} is {outcome.verdict}: {told}"
        assert outcome.seen, f"{direction}: no difference is seen, so the case shows nothing"
