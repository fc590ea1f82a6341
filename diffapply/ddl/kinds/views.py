"""Views and materialized views."""

from diffapply.ddl.kind import Kind, Text, dropper
from diffapply.ddl.risks.work import computes_view, fills_view, rewrites
from diffapply.ddl.statements import Ways, one, risky
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.values import NO_PARAMETERS, MaterializedView, View


def _create_view(fact: Fact, _: Catalog) -> Ways:
    return one(f"CREATE VIEW {fact.name} {fact.definition}")


def _replace_view(old: Fact, new: Fact, _: Ends) -> Ways:
    replace = f"CREATE OR REPLACE VIEW {new.name} {new.definition}"
    had, wants = View.of(old), View.of(new)
    have, want = (its.parameters or NO_PARAMETERS for its in (had, wants))
    if had.query != wants.query:
        return one(replace)
    alter = (f"ALTER VIEW {new.name} {change}" for change in have.changes_to(want))
    return (*one(*alter), *one(replace))


def _create_materialized_view(fact: Fact, goal: Catalog) -> Ways:
    empty = " WITH NO DATA" if ("unpopulated", fact.name) in goal.facts else ""
    risks = () if empty else (computes_view(fact.name),)
    create = f"CREATE MATERIALIZED VIEW {fact.name} {fact.definition}{empty}"
    return one(risky(create, *risks))


def _refresh(fact: Fact, _: Catalog) -> Ways:
    refresh = f"REFRESH MATERIALIZED VIEW {fact.name}"
    return one(risky(refresh, fills_view(fact.name), rewrites(fact.name)))


def _empty(fact: Fact, _: Catalog) -> Ways:
    refresh = f"REFRESH MATERIALIZED VIEW {fact.name} WITH NO DATA"
    return one(risky(refresh, rewrites(fact.name)))


VIEWS = (
    Kind(
        "view",
        _create_view,
        dropper("VIEW"),
        _replace_view,
        value=View,
        text=Text.CODE,
        owns_facts=True,
        shown_whole=True,
        namespace="relation",
        keeps_types=True,
        left_alone_as="view",
        is_light=True,
    ),
    Kind(
        "materialized view",
        _create_materialized_view,
        dropper("MATERIALIZED VIEW"),
        value=MaterializedView,
        text=Text.CODE,
        owns_facts=True,
        shown_whole=True,
        namespace="relation",
        keeps_types=True,
        left_alone_as="materialized view",
        is_light=True,
    ),
    Kind(
        "unpopulated",
        _empty,
        _refresh,
        said_with=lambda fact, _: (("materialized view", fact.name),),
        is_light=True,
    ),
)
