"""Why a transition is blocked: what counts comes first, and long lists are counted."""

from diffapply.model.catalog import Difference
from diffapply.model.listing import in_one_line, ranges
from diffapply.rehearsal.proof.verify import reasons
from diffapply.rehearsal.search.search import Found

_MISSING = tuple(Difference("column", f"t.c{n}", "missing", "integer", None) for n in range(30))


def test_the_cause_comes_before_what_it_leads_to() -> None:
    told = reasons("summary", Found((), _MISSING[:1], ("refused",)), ["because"])
    assert told == ("summary", "PostgreSQL: refused", "because", "missing column t.c0")


def test_the_rest_is_counted() -> None:
    told = reasons("summary", Found((), _MISSING, tuple(map(str, range(11)))))
    assert told[9:11] == ("PostgreSQL: and 3 more errors", "missing column t.c0")
    assert told[-1] == "and 22 more differences"


def test_a_line_has_the_first() -> None:
    line = in_one_line([f"reason {n}" for n in range(20)])
    assert line.startswith("reason 0; reason 1; ")
    assert line.endswith("; reason 7; and more")
    assert in_one_line(["one", "two"]) == "one; two"


def test_numbers_in_a_row_are_a_range() -> None:
    assert ranges([]) == ""
    assert ranges([2, 4, 5, 7, 8, 9]) == "2, 4 to 5, 7 to 9"
