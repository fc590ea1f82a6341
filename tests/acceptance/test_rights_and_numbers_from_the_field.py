"""Situations from the field in which rights, numbers or answers were lost; see `field/`."""

import pytest

from tests.acceptance.field_cases import FIELD, TENANTS, build
from tests.servers import Database

_versions = pytest.mark.postgres(15, 17, 18)


@pytest.mark.prove
@_versions
def test_clones_get_sequences_of_their_own(database: Database) -> None:
    case = build("clone_shares_sequences", database)
    largest = case.answers("select max(id) from things")
    case.applied()
    inserted = case.answers("insert into things (n) values ('c') returning id")
    for name in TENANTS:
        assert inserted[name][0][0] > largest[name][0][0]
    sequences = case.answers("select pg_get_serial_sequence('things', 'id')")
    assert sequences == {name: [(f"{name}.things_id_seq",)] for name in TENANTS}


@pytest.mark.prove
@pytest.mark.postgres(18, prove=(15, 17))
def test_a_function_comes_before_the_index_on_it(database: Database) -> None:
    """By the index as many rows are found as by a scan."""
    case = build("function_body_before_index", database)
    case.applied()
    by_scan = "set local enable_indexscan = off; set local enable_bitmapscan = off;"
    by_index = "set local enable_seqscan = off;"
    for how in (by_scan, by_index):
        found = case.answers(f"{how} select count(*) from t where f(i) = 6")
        assert found == {name: [(1,)] for name in TENANTS}


@pytest.mark.prove
@_versions
def test_grants_and_owners_stay_where_a_type_changes(database: Database) -> None:
    case = build("grants_on_view_lost", database)
    kept = (FIELD / "grants_on_view_lost" / "kept.sql").read_text()
    before = case.answers(kept)
    case.applied()
    assert case.answers(kept) == before
    back = case("apply", "--backward", "--yes")
    assert back.code == 0, back.out + back.err
    assert case.answers(kept) == before


@pytest.mark.prove
@_versions
def test_a_key_with_rows_that_becomes_serial(database: Database) -> None:
    case = build("int_pk_becomes_serial", database)
    case.applied()
    numbers = case.answers("select nextval('doc_id_seq'), nextval('doc2_id_seq')")
    assert numbers == {name: [(6, 6)] for name in TENANTS}


@pytest.mark.prove
@_versions
def test_a_sequence_outlives_its_table(database: Database) -> None:
    """There and back it stands where it stood."""
    case = build("sequence_outlives_table", database)
    case.applied()
    assert case.answers("select last_value from s") == {name: [(42,)] for name in TENANTS}
    back = case("apply", "--backward", "--yes")
    assert back.code == 0, back.out + back.err
    assert case.answers("select last_value from s") == {name: [(42,)] for name in TENANTS}
