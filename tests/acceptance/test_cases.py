"""Every case reaches its goal, both ways, or says why not; nothing is silently wrong.

`make test` runs one case of each sort, `make prove` all of them, on the oldest and the newest
version.
"""

from collections.abc import Iterator

import pytest
from case_files import Case, all_cases
from case_runs import Workshop, workshop
from servers import Server

CASES = tuple(all_cases())


@pytest.fixture(scope="module")
def shop(server: Server) -> Iterator[Workshop]:
    with workshop(server) as shop:
        yield shop


@pytest.mark.postgres(15, 18)
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_case(case: Case, shop: Workshop, server: Server) -> None:
    if server.version < case.min_version:
        pytest.skip(f"the syntax is that of PostgreSQL {case.min_version}")
    for direction, outcome in shop.outcomes(case).items():
        expected = "blocked" if direction in case.reasons else "applied"
        told = "\n".join((*outcome.details, "statements:", *outcome.statements))
        assert outcome.verdict == expected, f"{direction} is {outcome.verdict}: {told}"
        assert outcome.seen, f"{direction}: nothing is seen, so the case shows nothing"
