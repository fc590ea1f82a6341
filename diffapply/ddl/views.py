"""Views and materialized views."""

from diffapply.ddl.kind import Kind, Text, dropper
from diffapply.ddl.risks import computes_view, fills_view, rewrites
from diffapply.ddl.statements import Options, one, risky
from diffapply.model.catalog import Catalog, Fact
from diffapply.values import MaterializedView, View


def _create_view(fact: Fact, _: Catalog) -> Options:
    return one(f"CREATE VIEW {fact.name} {fact.definition}")


def _replace_view(_old: Fact, new: Fact, _: Catalog) -> Options:
    return one(f"CREATE OR REPLACE VIEW {new.name} {new.definition}")


def _create_materialized_view(fact: Fact, goal: Catalog) -> Options:
    empty = " WITH NO DATA" if ("unpopulated", fact.name) in goal.facts else ""
    risks = () if empty else (computes_view(fact.name),)
    create = f"CREATE MATERIALIZED VIEW {fact.name} {fact.definition}{empty}"
    return one(risky(create, *risks))


def _refresh(fact: Fact, _: Catalog) -> Options:
    refresh = f"REFRESH MATERIALIZED VIEW {fact.name}"
    return one(risky(refresh, fills_view(fact.name), rewrites(fact.name)))


def _empty(fact: Fact, _: Catalog) -> Options:
    refresh = f"REFRESH MATERIALIZED VIEW {fact.name} WITH NO DATA"
    return one(risky(refresh, rewrites(fact.name)))


VIEWS = (
    Kind(
        "view",
        _create_view,
        dropper("VIEW"),
        _replace_view,
        value=View,
        reads=Text.CODE,
        contains=True,
        told_whole=True,
        names="relation",
    ),
    Kind(
        "materialized view",
        _create_materialized_view,
        dropper("MATERIALIZED VIEW"),
        value=MaterializedView,
        reads=Text.CODE,
        contains=True,
        told_whole=True,
        names="relation",
    ),
    Kind(
        "unpopulated",
        _empty,
        _refresh,
    ),
)
