"""Whatever structures hypothesis thinks of: there, back and there again, or blocked with reasons.

`make test` runs a few pairs and `make prove` hundreds, the same ones each time: what fails is a
change of ours. `HUNT=1 make prove` looks at new ones.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, reject, settings

from tests.acceptance.case_files import Case
from tests.acceptance.case_runs import RefusedError, Workshop, workshop
from tests.acceptance.generated.pairs import Pair, pairs
from tests.servers import Server

_FEW, _MANY = 5, 150

_SETTINGS = settings(
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module")
def shop(server: Server) -> Iterator[Workshop]:
    with workshop(server) as shop:
        yield shop


@pytest.mark.postgres(18, prove=(15,))
def test_a_few_pairs(shop: Workshop, server: Server, record_property: Callable[..., None]) -> None:
    few = settings(_SETTINGS, max_examples=_FEW, derandomize=True)
    record_property("tally", _prove(shop, server.version, few))


@pytest.mark.prove
@pytest.mark.postgres(15, 18)
def test_many_pairs(shop: Workshop, server: Server, record_property: Callable[..., None]) -> None:
    many = settings(_SETTINGS, max_examples=_MANY, derandomize="HUNT" not in os.environ)
    record_property("tally", _prove(shop, server.version, many))


def _prove(shop: Workshop, version: int, its: settings) -> str:
    """Prove as many pairs as the settings say; returns what became of them."""
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()

    @its
    @given(pairs(version))
    def prove(pair: Pair) -> None:
        case = Case("generated", "pair", str(pair.old), str(pair.new), version, {})
        try:
            outcomes = shop.outcomes(case)
        except RefusedError:
            counts["refused by PostgreSQL"] += 1
            reject()
        counts["pairs"] += 1
        for direction, outcome in outcomes.items():
            counts[outcome.verdict] += 1
            told = "\n".join((*outcome.details, "statements:", *outcome.statements))
            assert outcome.verdict != "wrong", f"{direction} is wrong: {told}"
            if outcome.verdict == "blocked":
                reasons["; ".join(outcome.details)] += 1

    prove()
    totals = ", ".join(f"{number} {what}" for what, number in counts.items())
    return "\n    ".join((totals, *(f"blocked {n}x: {why}" for why, n in reasons.most_common())))
