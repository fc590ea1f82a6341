"""What `init` has found, for people."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich.text import Text

from diffapply.render.terminal.layout import Layout, prose
from diffapply.render.words.wording import counted, examples, visible
from diffapply.setup import Findings, table_text

_WIDTH = 13


def finding_lines(found: Findings, layout: Layout) -> Iterator[Text]:
    """A paragraph for each setting: what it is, and what speaks for it."""
    for name, text in _findings(found):
        yield from prose(text, layout, mark=f"{name:<{_WIDTH}} ", style="bold")
    yield Text()


def table_lines(values: Mapping[str, object], file: Path) -> Iterator[Text]:
    """The table that is to be written, as it is written."""
    yield Text()
    yield Text(f"For {visible(str(file))}:", "bold")
    yield Text()
    yield from (Text(f"  {visible(line)}") for line in table_text(values).splitlines())
    yield Text()


def failure_lines(message: str, remedy: str, layout: Layout) -> Iterator[Text]:
    """Why the tenants could not be compared with the models."""
    yield from prose(
        visible(f"Not compared yet: {message} {remedy}".strip()), layout, style="yellow"
    )


def more_line(left: int) -> Text:
    """Says that there is more to see."""
    return Text(f"and {counted(left, 'more line')}; `diffapply drift` shows all.", "dim")


def _findings(found: Findings) -> Iterator[tuple[str, str]]:
    values = found.values
    if desired := values.get("desired"):
        yield "desired", _desired(_several(desired), found)
    if found.unimported:
        has = "have" if len(found.unimported) > 1 else "has"
        paths = [its.path for its in found.unimported]
        yield "", f"Not imported: {examples(paths)}, which {has} tables or DDL, too."
    if found.others:
        labels = [f"{its.label} ({counted(len(its.tables), 'table')})" for its in found.others]
        yield "", f"Not taken: {examples(labels)}."
    yield "tenants", _tenants(found)
    for setting, sentence in (
        ("templates", "also {has} the tenants' tables, and {is_} kept like them"),
        ("tenant_token", "stands for the tenant in the models"),
        ("schemaless", "is what names without a schema belong to"),
        ("search_path", "{comes} after the tenant on the search path"),
        ("ignore", "{is_} left alone, wherever it is"),
    ):
        if value := values.get(setting):
            names = _several(value)
            one = len(names) == 1
            said = sentence.format(
                has="has" if one else "have",
                is_="is" if one else "are",
                comes="comes" if one else "come",
            )
            yield setting.replace("_", "-"), f"{examples(names)}: {said}."
    if found.missed:
        yield "", f"The models need {examples(found.missed)}, which is not on the role's own path."
    if values.get("manage") == "declared":
        yield "manage", "Views, routines and the like are left alone if the models mention none."
    yield "Alembic", _alembic(found)


def _desired(labels: Sequence[str], found: Findings) -> str:
    text = examples(labels)
    if not found.models:
        return f"{text}, as given."
    tables = [f"{counted(found.own, 'table')} of the tenant"]
    tables += [f"{number:,} shared in {visible(schema)}" for schema, number in found.shared.items()]
    return f"{text}: {', '.join(tables)}."


def _tenants(found: Findings) -> str:
    pattern = found.values.get("tenants_query") or found.values.get("tenants")
    text = f"{visible(str(pattern))}: " if pattern else "No pattern was found: "
    if not found.tenants:
        text += "no schema is a tenant. Give --tenants REGEX if there are any."
        return f"{text} Schemas: {examples(found.rest)}." if found.rest else text
    text += f"{counted(len(found.tenants), 'schema')}, {examples(found.tenants)}."
    return f"{text} No tenants: {examples(found.rest, 5)}." if found.rest else text


def _alembic(found: Findings) -> str:
    if not found.alembic:
        return "No folder of revisions was found."
    each = [
        f"{visible(name)}: {counted(number, 'revision')}" for name, number in found.alembic.items()
    ]
    text = each[0] if len(each) == 1 else f"{len(each)} places have revisions; {'; '.join(each)}"
    stamped = sum(name in found.stamped for name in found.tenants)
    elsewhere = sorted(found.stamped.difference(found.tenants))
    places = [f"{stamped:,} of {counted(len(found.tenants), 'tenant')}"] if stamped else []
    places += [examples(elsewhere)] if elsewhere else []
    return f"{text}; alembic_version is in {' and '.join(places)}." if places else f"{text}."


def _several(value: object) -> list[str]:
    return [str(its) for its in value] if isinstance(value, list | tuple) else [str(value)]
