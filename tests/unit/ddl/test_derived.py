"""What nothing has to be said of, because a partition gets it from its table."""

import pytest

from diffapply.ddl.structure.derived import (
    attachment_said_with,
    comes_down,
    comes_to_partitions,
    has_usual_parts,
    is_like_its_table,
    parts_before,
    said_with_whole,
)
from diffapply.model.catalog import Catalog, Ends, Fact
from tests.unit.fact_samples import catalog, fact, key, partition, table

_COLUMNS = ("id integer", "k integer")
_PARTITIONED = table("p", *_COLUMNS, definition="TABLE PARTITION BY LIST (k)")


def _index(of: str, name: str, keys: str) -> Fact:
    return Fact("index", name, of, f"ON {of} USING btree ({keys})")


def _attached(of: str, name: str, to: str) -> Fact:
    return Fact("index attachment", name, of, f"TO {to}")


def _like(*facts: Fact, columns: tuple[str, ...] = _COLUMNS, bound: str = "DEFAULT") -> bool:
    return is_like_its_table(
        "p1", catalog(_PARTITIONED, partition("p1", "p", bound, *columns), [*facts])
    )


class TestAPartitionLikeItsTable:
    """``CREATE TABLE … PARTITION OF`` says all of it."""

    def test_with_the_same_columns(self) -> None:
        assert _like()
        assert _like(bound="FOR VALUES IN (1)")

    @pytest.mark.parametrize(
        "columns",
        [
            ("k integer", "id integer"),
            ("id integer",),
            ("id bigint", "k integer"),
            (*_COLUMNS, "more integer"),
            ('id integer COLLATE "C"', "k integer"),
        ],
    )
    def test_not_with_others(self, columns: tuple[str, ...]) -> None:
        """Nor with the same in another order."""
        assert not _like(columns=columns)

    @pytest.mark.parametrize(
        "own",
        [
            fact("default", "id", "1", of="p1"),
            fact("not null", "id", "NOT NULL", of="p1"),
            fact("constraint", "c", "CHECK ((id > 0))", of="p1"),
            key("p1", "id"),
            fact("identity", "id", "not read here", of="p1"),
        ],
        ids=lambda own: own.kind,
    )
    def test_not_with_something_of_its_own(self, own: Fact) -> None:
        assert not _like(own)

    def test_with_the_same_default_and_not_null(self) -> None:
        same = [
            its
            for of in ("p", "p1")
            for its in (
                fact("default", "id", "1", of=of),
                fact("not null", "id", "CONSTRAINT n NOT NULL", of=of),
            )
        ]
        assert _like(*same)
        assert not _like(*same[:3], fact("not null", "id", "NOT NULL", of="p1"))

    def test_not_while_it_is_detached(self) -> None:
        assert not _like(bound="DEFAULT DETACH PENDING")

    def test_not_a_foreign_table(self) -> None:
        foreign = Fact("table", "p1", "p1", "FOREIGN TABLE SERVER s")
        assert not _like(foreign)

    def test_not_a_table_that_stands_alone(self) -> None:
        assert not is_like_its_table("p", catalog(_PARTITIONED))
        assert not is_like_its_table("no such table", catalog(_PARTITIONED))


def _with_parts(whole: Fact, *parts: Fact) -> Catalog:
    """The partitioned table with an index or a key, and partitions p1, p2 … with these parts."""
    facts: list[Fact | list[Fact]] = [_PARTITIONED, whole]
    for part in parts:
        bound = f"FOR VALUES IN ({part.object.lstrip('p')})"
        facts += [partition(part.object, "p", bound, *_COLUMNS), part]
        facts += [_attached(part.object, part.part, whole.part)]
    return catalog(*facts)


class TestPartsOfIndexesAndKeys:
    """PostgreSQL makes them with the whole, and names them."""

    @pytest.mark.parametrize(
        ("whole", "part"),
        [
            (_index("p", "ix", "id"), _index("p1", "p1_id_idx", "id")),
            (_index("p", "ix", "id, k DESC"), _index("p1", "p1_id_k_idx", "id, k DESC")),
            (_index("p", "ix", '"The id"'), _index("p1", '"p1_The id_idx"', '"The id"')),
            (
                _index("p", "ix", "id) INCLUDE (k"),
                _index("p1", "p1_id_k_idx", "id) INCLUDE (k"),
            ),
            (key("p", "id", "k"), key("p1", "id", "k")),
            (
                key("p", "id", "k", word="UNIQUE", name="u"),
                key("p1", "id", "k", word="UNIQUE"),
            ),
        ],
    )
    def test_with_their_usual_names(self, whole: Fact, part: Fact) -> None:
        """They come with the whole, the partition, or the attachment: whatever is new."""
        goal = _with_parts(whole, part)
        brought = (("table", "p1"), ("partition", "p1"), whole.key)
        assert said_with_whole(part, goal) == brought
        assert attachment_said_with(_attached("p1", part.part, whole.part), goal) == brought
        assert has_usual_parts(whole, goal)

    @pytest.mark.parametrize(
        ("whole", "part"),
        [
            (_index("p", "ix", "id"), _index("p1", "mine", "id")),
            (_index("p", "ix", "id"), _index("p1", "p1_id_idx1", "id")),
            # How PostgreSQL calls an index of an expression is not foretold.
            (_index("p", "ix", "lower(id)"), _index("p1", "p1_lower_idx", "lower(id)")),
            (key("p", "id", "k"), key("p1", "id", "k", name="mine")),
        ],
    )
    def test_with_other_names_they_are_said(self, whole: Fact, part: Fact) -> None:
        goal = _with_parts(whole, part)
        assert said_with_whole(part, goal) == ()
        assert not has_usual_parts(whole, goal)

    def test_if_one_part_has_another_name_all_are_said(self) -> None:
        """All are built before the index then, so that none comes by itself."""
        whole, usual = _index("p", "ix", "id"), _index("p1", "p1_id_idx", "id")
        goal = _with_parts(whole, usual, _index("p2", "mine", "id"))
        assert said_with_whole(usual, goal) == ()
        assert not has_usual_parts(whole, goal)
        assert {its.name for its in parts_before(whole, goal)} == {"p1_id_idx", "mine"}

    @pytest.mark.parametrize("whole", [_index("p", "ix", "lower(id)"), key("p", "id", "k")])
    def test_without_partitions(self, whole: Fact) -> None:
        """Those that are not structure get theirs from the table."""
        goal = catalog(_PARTITIONED, whole)
        assert has_usual_parts(whole, goal)
        assert parts_before(whole, goal) == ()

    def test_a_foreign_table_has_none(self) -> None:
        whole, part = _index("p", "ix", "id"), _index("p1", "p1_id_idx", "id")
        foreign = partition("p2", "p", "DEFAULT", *_COLUMNS)
        foreign[0] = Fact("table", "p2", "p2", "FOREIGN TABLE SERVER s")
        goal = catalog([*_with_parts(whole, part).facts.values(), *foreign])
        assert has_usual_parts(whole, goal)

    def test_with_names_of_their_own_they_come_first(self) -> None:
        """PostgreSQL attaches them to the whole then: that says the attachment."""
        whole, part = _index("p", "ix", "id"), _index("p1", "mine", "id")
        goal = _with_parts(whole, part)
        assert parts_before(whole, goal) == (part,)
        assert attachment_said_with(_attached("p1", "mine", "ix"), goal) == (whole.key,)

    def test_not_where_another_index_may_be_attached(self) -> None:
        """Then they are attached by name."""
        whole, part = _index("p", "ix", "id"), _index("p1", "mine", "id")
        rival = _index("p1", "rival", "id DESC")
        goal = catalog([*_with_parts(whole, part).facts.values(), rival])
        assert parts_before(whole, goal) == ()
        assert not has_usual_parts(whole, goal)
        assert attachment_said_with(_attached("p1", "mine", "ix"), goal) == ()

    def test_of_the_table_alone_where_a_partition_has_none(self) -> None:
        """The desired state says so. To give all of them one, it is made anew."""
        whole, part = _index("p", "ix", "id"), _index("p1", "p1_id_idx", "id")
        alone = catalog(_PARTITIONED, whole, partition("p1", "p", "DEFAULT", *_COLUMNS))
        everywhere = _with_parts(whole, part)
        assert not has_usual_parts(whole, alone)
        assert parts_before(whole, alone) == ()
        assert comes_to_partitions(whole, Ends(alone, everywhere))
        assert not comes_to_partitions(whole, Ends(alone, alone))
        assert not comes_to_partitions(whole, Ends(everywhere, everywhere))

    def test_if_a_partition_has_no_part_all_are_said(self) -> None:
        whole, usual = _index("p", "ix", "id"), _index("p1", "p1_id_idx", "id")
        more = partition("p2", "p", "DEFAULT", *_COLUMNS)
        goal = Catalog.of((*_with_parts(whole, usual).facts.values(), *more))
        assert said_with_whole(usual, goal) == ()

    @pytest.mark.parametrize(("letters", "usual"), [(56, True), (57, False)])
    def test_names_that_postgresql_cuts_are_said(self, *, letters: int, usual: bool) -> None:
        """It keeps 63 bytes: here, those of the partition, and ``_id_idx``."""
        name = "p" * letters
        part = _index(name, f"{name}_id_idx", "id")
        whole = _index("p", "ix", "id")
        bound = partition(name, "p", "DEFAULT", *_COLUMNS)
        goal = catalog(_PARTITIONED, whole, bound, part, _attached(name, part.name, "ix"))
        assert has_usual_parts(whole, goal) is usual

    def test_an_index_of_its_own_is_said(self) -> None:
        own = _index("p1", "p1_id_idx", "id")
        goal = catalog(_PARTITIONED, partition("p1", "p", "DEFAULT", *_COLUMNS), own)
        assert said_with_whole(own, goal) == ()


class TestWhatComesDown:
    """A partition's default changes with that of its table, as PostgreSQL changes both."""

    @staticmethod
    def _comes(*, above: tuple[str, str], own: tuple[str, str], attached: bool = True) -> bool:
        """Whether it does, by both defaults before and after; empty for none."""
        live, goal = (
            catalog(
                _PARTITIONED,
                partition("p1", "p", "DEFAULT", *_COLUMNS) if attached else table("p1", *_COLUMNS),
                [fact("default", "k", its, of=of) for of, its in (("p", up), ("p1", down)) if its],
            )
            for up, down in zip(above, own, strict=True)
        )
        key = ("default", "p1.k")
        return comes_down(goal.facts.get(key) or live.facts[key], Ends(live, goal))

    @pytest.mark.parametrize("change", [("", "1"), ("1", "2"), ("1", "")])
    def test_the_same_change(self, change: tuple[str, str]) -> None:
        """It is set, set to another value, or dropped, on both."""
        assert self._comes(above=change, own=change)
        assert not self._comes(above=change, own=change, attached=False)

    @pytest.mark.parametrize(
        ("above", "own"),
        [
            (("", "1"), ("", "2")),
            (("1", "1"), ("", "1")),
            (("", "1"), ("1", "1")),
            (("1", "1"), ("1", "")),
            (("", ""), ("", "1")),
            (("", ""), ("1", "")),
        ],
    )
    def test_another_change(self, above: tuple[str, str], own: tuple[str, str]) -> None:
        """Or none on one of them."""
        assert not self._comes(above=above, own=own)
