"""Plans are what a careful DBA writes; the pairs that are not there yet stand in `known.txt`.

`make test` plans the first pair of each kind, `make prove` the others; `make quality` prints the
score.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.quality.comparison import folded, score, small_keywords
from tests.acceptance.quality.desk import Desk, desk
from tests.acceptance.quality.known import known
from tests.acceptance.quality.pair_files import Pair, all_pairs
from tests.acceptance.quality.scoring import result
from tests.servers import DEFAULT_VERSION, Server

ALL = tuple(all_pairs())
_FIRST = {pair.kind: pair for pair in reversed(ALL)}
PARAMETERS = [
    pytest.param(pair, id=pair.name, marks=() if pair is _FIRST[pair.kind] else pytest.mark.prove)
    for pair in ALL
]


@pytest.fixture(scope="module")
def its_desk(server: Server) -> Iterator[Desk]:
    with desk(server) as its:
        yield its


def test_there_are_at_least_120_pairs() -> None:
    assert len(ALL) >= 120


def test_what_is_known_is_of_a_pair() -> None:
    assert known().keys() <= {pair.name for pair in ALL}


@pytest.mark.postgres(DEFAULT_VERSION)
@pytest.mark.parametrize("first", [True, pytest.param(False, marks=pytest.mark.prove)])
def test_what_is_expected_is_right(its_desk: Desk, *, first: bool) -> None:
    """Run by hand, the expected statements lead to what is wanted; pg_dump judges."""
    wrong = its_desk.wrong_by_hand([its for its in ALL if (its is _FIRST[its.kind]) is first])
    assert not wrong, "\n".join(f"{name}:\n{what}" for name, what in wrong.items())


@pytest.mark.parametrize("pair", ALL, ids=lambda pair: pair.name)
def test_what_is_expected_is_in_style(pair: Pair) -> None:
    """A line that says why; keywords in capitals."""
    assert "\n" not in pair.why
    assert not [word for each in pair.expected for word in small_keywords(each)]


@pytest.mark.postgres(DEFAULT_VERSION)
@pytest.mark.parametrize("pair", PARAMETERS)
def test_plan(pair: Pair, its_desk: Desk) -> None:
    """The plan is the expected one, statement for statement, unless it is known not to be yet."""
    planned = result(its_desk, pair)
    if pair.name in known():
        assert planned.score != "exact", "it is exact now: remove its line from known.txt"
    else:
        assert planned.score == "exact", planned.difference
        assert not planned.small_keywords


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        ("CREATE TABLE t (\n    a text,\n    b text\n)", "CREATE TABLE t (a text, b text)"),
        ("SELECT 'a\n  b',c", "SELECT 'a\n  b', c"),
        ("AS $$ begin\n  null; end $$;", "AS $$ begin\n  null; end $$"),
        ('SELECT "é  è" ;', 'SELECT "é  è"'),
    ],
)
def test_only_whitespace_between_words_is_folded(statement: str, line: str) -> None:
    assert folded(statement) == line


@pytest.mark.parametrize(
    ("ours", "expected", "word"),
    [
        (["DROP  TABLE t"], ["DROP TABLE t"], "exact"),
        (["GRANT UPDATE (a) ON t TO x"], ["GRANT UPDATE(a) ON t TO x"], "exact"),
        (["COMMENT ON TABLE t IS 'a  b'"], ["COMMENT ON TABLE t IS 'a b'"], "text"),
        (["drop table t"], ["DROP TABLE t"], "text"),
        (['DROP TABLE "t"'], ["DROP TABLE t"], "text"),
        (["DROP TABLE a", "DROP TABLE b"], ["DROP TABLE b", "DROP TABLE a"], "order"),
        (["DROP TABLE a", "DROP TABLE b"], ["DROP TABLE a, b"], "more"),
        (["DROP TABLE a, b"], ["DROP TABLE a", "DROP TABLE b"], "fewer"),
        ([], ["DROP TABLE a"], "fewer"),
    ],
)
def test_scores(ours: list[str], expected: list[str], word: str) -> None:
    assert score(ours, expected) == word


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("ALTER TABLE t ADD COLUMN value integer", ()),
        ("CREATE TABLE t (name text, at timestamp(3) with time zone DEFAULT now())", ()),
        ("ALTER TABLE t ALTER COLUMN a SET DEFAULT true", ()),
        ("alter table t ADD column value integer", ("alter", "table", "column")),
        ("alter sequence s increment by 5", ("alter", "sequence", "increment", "by")),
        ("CREATE TABLE t (a double precision not null)", ("not", "null")),
        ("ALTER TABLE t add COLUMN add integer", ()),
    ],
)
def test_small_keywords_are_told_from_names_and_types(
    statement: str, words: tuple[str, ...]
) -> None:
    assert small_keywords(statement) == words


@pytest.mark.parametrize("line", ["columns/x", "columns/x: ", "a/b: c\na/b: d"])
def test_a_line_of_what_is_known_says_what_differs(line: str, tmp_path: Path) -> None:
    (tmp_path / "known.txt").write_text(line, "utf-8")
    with pytest.raises(ValueError, match="what differs"):
        known(tmp_path / "known.txt")


@pytest.mark.parametrize("text", ["-- before\n", "-- why: x\n-- after\n-- before\n-- expected\n"])
def test_a_pair_has_its_sections_in_order(text: str, tmp_path: Path) -> None:
    (tmp_path / "kind").mkdir()
    (tmp_path / "kind" / "subject.sql").write_text(text, "utf-8")
    with pytest.raises(ValueError, match="-- before, -- after, -- expected"):
        list(all_pairs(tmp_path))
