"""What is set on single columns."""

from diffapply.ddl.kind import Kind, Text, Turn, its_column, set_anew
from diffapply.ddl.statements import Ways, alter_column, one
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.values import NO_OPTIONS, Column, ForeignOptions, Parameters

_STORED_MAIN = ("numeric", "inet", "cidr")


def _set_storage(fact: Fact, _: Catalog) -> Ways:
    return one(alter_column(fact, f"SET STORAGE {fact.definition}"))


def _default_storage(fact: Fact, catalog: Catalog) -> Ways:
    """Before PostgreSQL 16 the type's own storage must be named."""
    column = catalog.facts.get(("column", fact.name))
    usual = "MAIN" if column and Column.of(column).base in _STORED_MAIN else "EXTENDED"
    return tuple((alter_column(fact, f"SET STORAGE {its}"),) for its in ("DEFAULT", usual))


def _setting(name: str, form: str, unset: str, *, comes_down: bool = False) -> Kind:
    """A column's setting that one form sets, and another sets back."""

    def assign(fact: Fact, _: Catalog) -> Ways:
        return one(alter_column(fact, form.format(fact.definition)))

    return Kind(
        name,
        assign,
        lambda fact, _: one(alter_column(fact, unset)),
        set_anew(assign),
        goes_with=its_column,
        comes_down=comes_down,
        is_action=True,
        turn=Turn.ALTER,
        left_alone_as=name,
    )


def _reset_options(fact: Fact, _: Catalog) -> Ways:
    return one(alter_column(fact, f"RESET ({Parameters.of(fact).names})"))


def _foreign_options(fact: Fact, old: ForeignOptions, new: ForeignOptions) -> Ways:
    alter = f"ALTER FOREIGN TABLE {fact.object} ALTER COLUMN {fact.part}"
    return one(f"{alter} OPTIONS ({old.changes_to(new)})")


def _add_foreign_options(fact: Fact, _: Catalog) -> Ways:
    return _foreign_options(fact, NO_OPTIONS, ForeignOptions.of(fact))


def _drop_foreign_options(fact: Fact, _: Catalog) -> Ways:
    return _foreign_options(fact, ForeignOptions.of(fact), NO_OPTIONS)


def _alter_foreign_options(old: Fact, new: Fact, _: Ends) -> Ways:
    return _foreign_options(new, ForeignOptions.of(old), ForeignOptions.of(new))


COLUMN_SETTINGS = (
    Kind(
        "column storage",
        _set_storage,
        _default_storage,
        set_anew(_set_storage),
        goes_with=its_column,
        comes_down=True,
        is_action=True,
        turn=Turn.ALTER,
        left_alone_as="column storage",
    ),
    _setting("column compression", "SET COMPRESSION {}", "SET COMPRESSION DEFAULT"),
    _setting("column statistics", "SET STATISTICS {}", "SET STATISTICS -1", comes_down=True),
    Kind(
        "column options",
        lambda fact, _: one(alter_column(fact, f"SET ({fact.definition})")),
        _reset_options,
        value=Parameters,
        goes_with=its_column,
        is_action=True,
        turn=Turn.ALTER,
        left_alone_as="column options",
    ),
    Kind(
        "foreign column options",
        _add_foreign_options,
        _drop_foreign_options,
        _alter_foreign_options,
        value=ForeignOptions,
        text=Text.CONSTANTS,
        goes_with=its_column,
        is_action=True,
        turn=Turn.ALTER,
    ),
)
