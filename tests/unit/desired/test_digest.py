"""The digest of a desired state: the same for what is built alike, none where only building tells.

It may differ where the same is built: then that is built once more.
"""

import os
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import Pool

from diffapply.desired import Desired, load, with_files
from diffapply.desired.metadata.creation import TenantNames
from diffapply.desired.metadata.digest import metadata_digest

_TENANCY = TenantNames()

_MODELS = """
from functools import partial

from sqlalchemy import (
    DDL, CheckConstraint, Column, Computed, Enum, ForeignKey, Identity, Index, Integer, MetaData,
    Sequence, String, Table, Text, UniqueConstraint, event, text,
)
from sqlalchemy.dialects.postgresql import DOMAIN
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import DDLElement

metadata = MetaData()
numbers = Sequence("numbers", metadata=metadata, start=5)
mood = Enum("good", "bad", name="mood")
jobs = Table(
    "jobs", metadata,
    Column("id", Integer, Identity(start=1), primary_key=True),
    Column("name", String(20), nullable=False, server_default="none", comment="as told"),
    Column("mood", mood),
    Column("size", DOMAIN("size", Integer(), check="value > 0")),
    Column("twice", Integer, Computed("id * 2")),
    CheckConstraint("id > 0", name="positive"),
    UniqueConstraint("name", name="one_name"),
    comment="what is to be done",
)
Index("jobs_by_name", jobs.c.name)
Index("jobs_by_mood", jobs.c.mood, postgresql_where=text("id > 7"))
Index("jobs_by_size", jobs.c.size)
Index("jobs_by_twice", jobs.c.twice)
tasks = Table(
    "tasks", metadata,
    Column("id", Integer, primary_key=True),
    Column("job", Integer, ForeignKey("jobs.id", name="of_job", ondelete="cascade")),
)
others = Table(
    "others", metadata,
    Column("id", Integer, primary_key=True),
    Column("job", Integer, ForeignKey("jobs.id", name="of_other", use_alter=True)),
    comment="the rest",
)

class CreateView(DDLElement):
    inherit_cache = False

@compiles(CreateView)
def create_view(element, compiler, **kw):
    return "CREATE VIEW names AS SELECT name FROM jobs"

event.listen(jobs, "after_create", DDL("ALTER TABLE jobs ENABLE ROW LEVEL SECURITY"))
event.listen(metadata, "after_create", CreateView())
event.listen(
    metadata, "after_create", DDL("ANALYZE jobs").execute_if(dialect="postgresql")
)
"""
"""Of each kind of object something, and what a listener adds without a line of Python."""

_PLAIN = """
from functools import partial

import sqlalchemy as sa
from sqlalchemy import event

metadata = sa.MetaData()
mood = sa.Enum("good", "bad", name="mood")
numbers = sa.Sequence("numbers", metadata=metadata)
jobs = sa.Table(
    "jobs", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("mood", mood),
    sa.Column("other", sa.Integer, sa.ForeignKey("jobs.id", name="of_job", use_alter=True)),
)
index = sa.Index("jobs_by_mood", jobs.c.mood)
[of_job] = [its for its in jobs.constraints if its.name == "of_job"]
called = []

def listener(*_, **__):
    called.append(1)
"""
"""Models that others add a listener to."""


def _defined(folder: Path, text: str) -> dict[str, Any]:
    """What is defined by a text in Python."""
    file = folder / "models.py"
    file.write_text(text, "utf-8")
    return runpy.run_path(str(file))


def _digest(folder: Path, text: str) -> str | None:
    return metadata_digest(_defined(folder, text)["metadata"], _TENANCY)


def test_what_is_made_twice_is_equal(tmp_path: Path) -> None:
    """And it is the same when it is asked for again."""
    metadata = _defined(tmp_path, _MODELS)["metadata"]
    first = metadata_digest(metadata, _TENANCY)
    assert first is not None
    assert metadata_digest(metadata, _TENANCY) == first
    assert _digest(tmp_path, _MODELS) == first


def test_it_is_the_same_in_another_process(tmp_path: Path) -> None:
    """SQLAlchemy keeps the indexes of a table in a set: their order is another in each process."""
    (tmp_path / "models.py").write_text(_MODELS, "utf-8")
    program = (
        "import sys; from diffapply.desired import load; "
        "desired = load(sys.argv[1]); print(desired.digest())"
    )
    digests = set()
    for seed in ("0", "1", "2", "3"):
        done = subprocess.run(
            [sys.executable, "-c", program, f"{tmp_path / 'models.py'}:metadata"],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(done.stdout.strip())
    assert digests == {_digest(tmp_path, _MODELS)}


_CHANGES = {
    "a column more": ('Column("mood", mood),', 'Column("mood", mood), Column("note", Text),'),
    "a column fewer": (
        '    Column("job", Integer, ForeignKey("jobs.id", name="of_other", use_alter=True)),\n',
        "",
    ),
    "a column's name": ('Column("job", Integer', 'Column("jobs", Integer'),
    "the order of columns": (
        '"mood", mood),\n    Column("size", DOMAIN("size", Integer(), check="value > 0")),',
        '"size", DOMAIN("size", Integer(), check="value > 0")),\n    Column("mood", mood),',
    ),
    "a type": ("String(20)", "String(30)"),
    "not null": ("nullable=False", "nullable=True"),
    "a default": ('server_default="none"', 'server_default="nothing"'),
    "no default": ('server_default="none", ', ""),
    "a column's comment": ('comment="as told"', 'comment="as said"'),
    "a table's comment": ("what is to be done", "what was done"),
    "a table's name": ('"others", metadata', '"more", metadata'),
    "a table's option": (
        'comment="what is to be done"',
        'comment="what is to be done", postgresql_tablespace="other"',
    ),
    "an unlogged table": (
        'comment="what is to be done"',
        'comment="what is to be done", prefixes=["UNLOGGED"]',
    ),
    "an identity": ("Identity(start=1)", "Identity(start=2)"),
    "a computed column": ("id * 2", "id * 3"),
    "an index more": (
        'Index("jobs_by_name", jobs.c.name)',
        'Index("jobs_by_name", jobs.c.name); Index("more", jobs.c.id)',
    ),
    "an index fewer": ('Index("jobs_by_name", jobs.c.name)\n', ""),
    "an index's columns": (
        'Index("jobs_by_name", jobs.c.name)',
        'Index("jobs_by_name", jobs.c.id)',
    ),
    "a unique index": (
        'Index("jobs_by_name", jobs.c.name)',
        'Index("jobs_by_name", jobs.c.name, unique=True)',
    ),
    "an index's condition": ("id > 7", "id > 8"),
    "a check": ("id > 0", "id > 1"),
    "a constraint's name": ('"positive"', '"more_than_none"'),
    "a unique constraint": ('UniqueConstraint("name"', 'UniqueConstraint("id", "name"'),
    "a foreign key": ('ondelete="cascade"', 'ondelete="set null"'),
    "no foreign key": (', ForeignKey("jobs.id", name="of_job", ondelete="cascade")', ""),
    "a primary key": (
        '"tasks", metadata,\n    Column("id", Integer, primary_key=True)',
        '"tasks", metadata,\n    Column("id", Integer, nullable=False)',
    ),
    "a label": ('Enum("good", "bad"', 'Enum("good", "bad", "so so"'),
    "the order of labels": ('Enum("good", "bad"', 'Enum("bad", "good"'),
    "an enum's name": ('name="mood"', 'name="feeling"'),
    "an enum that is text": ('name="mood"', 'name="mood", native_enum=False'),
    "a domain's check": ("value > 0", "value > 1"),
    "a domain's type": ('DOMAIN("size", Integer()', 'DOMAIN("size", Text()'),
    "a domain's default": ('check="value > 0"', 'check="value > 0", default="1"'),
    "a sequence": ("start=5", "start=6"),
    "a sequence's name": ('"numbers"', '"digits"'),
    "what a listener executes": ("ENABLE ROW LEVEL SECURITY", "FORCE ROW LEVEL SECURITY"),
    "whether a listener executes it": ('dialect="postgresql"', 'dialect="sqlite"'),
    "a listener fewer": ('event.listen(metadata, "after_create", CreateView())\n', ""),
    "what is compiled by the models": ("SELECT name FROM jobs", "SELECT id FROM jobs"),
    "a naming convention": (
        "MetaData()",
        'MetaData(naming_convention={"pk": "pk_%(table_name)s"})',
    ),
    "a schema": ('comment="the rest"', 'comment="the rest", schema="shared"'),
    "a type that is made elsewhere": (
        "metadata = MetaData()",
        "from sqlalchemy.dialects.postgresql import ENUM as Enum\nmetadata = MetaData()",
    ),
}
"""What is changed → how the models say it."""


@pytest.mark.parametrize("change", _CHANGES)
def test_whatever_is_built_otherwise_differs(tmp_path: Path, change: str) -> None:
    old, new = _CHANGES[change]
    assert _MODELS.count(old) >= 1
    changed = _MODELS.replace(old, new)
    if "made elsewhere" in change:
        changed = changed.replace('name="mood"', 'name="mood", create_type=False')
    assert _digest(tmp_path, changed) not in (None, _digest(tmp_path, _MODELS))


_FIRST = """event.listen(jobs, "after_create", DDL("COMMENT ON TABLE jobs IS 'one'"))\n"""
_SECOND = """event.listen(jobs, "after_create", DDL("COMMENT ON TABLE jobs IS 'two'"))\n"""


@pytest.mark.parametrize(
    "later",
    [
        _SECOND + _FIRST,
        _FIRST.replace("after", "before") + _SECOND,
        _FIRST.replace("listen(jobs", "listen(metadata") + _SECOND,
        _FIRST.replace("listen(jobs", "listen(tasks") + _SECOND,
    ],
    ids=["in another order", "before", "after all tables", "after another table"],
)
def test_when_a_listener_executes_something_counts(tmp_path: Path, later: str) -> None:
    """The same statements build something else in another order."""
    assert _digest(tmp_path, _MODELS + later) != _digest(tmp_path, _MODELS + _FIRST + _SECOND)


@pytest.mark.parametrize(
    "executed",
    ["sa.text('select make(:name)'), {'name': NAME}", "sa.select(sa.func.make(NAME))"],
    ids=["parameter", "constant"],
)
def test_a_value_beside_a_statement_counts(tmp_path: Path, executed: str) -> None:
    """That of a statement in Python within a DDL element; or there is no digest."""
    element = f"""
class Made(sa.schema.DDLElement):
    def __call__(self, target, bind, **_):
        bind.execute({executed})

event.listen(jobs, "after_create", Made())
"""
    one, other = (
        _digest(tmp_path, _PLAIN + element.replace("NAME", name)) for name in ("'one'", "'other'")
    )
    assert one is None or one != other


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("nullable=False, ", 'nullable=False, default="some", '),
        ("nullable=False, ", 'nullable=False, info={"renamed_from": "title"}, '),
        ("nullable=False, ", 'nullable=False, doc="What people call it.", '),
        ("nullable=False, ", "nullable=False, onupdate=str, "),
    ],
)
def test_what_python_alone_knows_does_not_count(tmp_path: Path, old: str, new: str) -> None:
    assert old in _MODELS
    assert _digest(tmp_path, _MODELS.replace(old, new)) == _digest(tmp_path, _MODELS)


def test_what_belongs_to_the_tenant_counts(tmp_path: Path) -> None:
    """The same models mean something else with another token, or if they are shared."""
    text = _MODELS.replace('"the rest"', '"the rest", schema="tenant"')
    metadata = _defined(tmp_path, text)["metadata"]
    tenancies = (TenantNames(), TenantNames("tenant"), TenantNames("tenant", "shared"))
    assert len({metadata_digest(metadata, its) for its in tenancies}) == 3


_BY_CODE = {
    "of the metadata": 'event.listen(metadata, "after_create", listener)',
    "before all": 'event.listen(metadata, "before_create", listener)',
    "of a table": 'event.listen(jobs, "before_create", listener)',
    "after a table": 'event.listen(jobs, "after_create", listener)',
    "of an index": 'event.listen(index, "after_create", listener)',
    "of a sequence": 'event.listen(numbers, "after_create", listener)',
    "of a type": 'event.listen(mood, "after_create", listener)',
    "of a type in an array": """
jobs.append_column(sa.Column("all", sa.ARRAY(feeling := sa.Enum("so", name="feeling"))))
event.listen(feeling, "after_create", listener)
""",
    "of a type behind another": """
class Feeling(sa.TypeDecorator):
    impl = feeling = sa.Enum("so", name="feeling")
    cache_ok = True

jobs.append_column(sa.Column("feeling", Feeling()))
event.listen(Feeling.feeling, "after_create", listener)
""",
    "of a type for PostgreSQL alone": """
feeling = sa.Enum("so", name="feeling")
jobs.append_column(sa.Column("feeling", sa.String().with_variant(feeling, "postgresql")))
event.listen(feeling, "after_create", listener)
""",
    "of a type in a shared table": """
feeling = sa.Enum("so", name="feeling")
sa.Table("kinds", metadata, sa.Column("feeling", feeling), schema="shared")
event.listen(feeling, "after_create", listener)
""",
    "of a type that no table has": """
feeling = sa.Enum("so", name="feeling", metadata=metadata)
event.listen(feeling, "after_create", listener)
""",
    "a type that makes itself": """
class Own(sa.Enum):
    def create(self, bind, checkfirst=True, **named):
        called.append(1)
        super().create(bind, checkfirst, **named)

sa.Table("made", metadata, sa.Column("is", Own("so", name="own")))
""",
    "a MetaData of their own": """
class Own(sa.MetaData):
    def create_all(self, bind, *given, **named):
        called.append(1)
        super().create_all(bind, *given, **named)

metadata = Own()
sa.Table("jobs", metadata, sa.Column("id", sa.Integer, primary_key=True))
""",
    "of a foreign key": 'event.listen(of_job, "after_create", listener)',
    "by name": 'event.listen(jobs, "before_create", listener, named=True)',
    "once": 'event.listen(jobs, "before_create", listener, once=True)',
    "first": 'event.listen(jobs, "before_create", listener, insert=True)',
    "a lambda": 'event.listen(jobs, "before_create", lambda *_, **__: called.append(1))',
    "in part": 'event.listen(jobs, "before_create", partial(listener, 1))',
    "in part, twice": 'event.listen(jobs, "before_create", partial(partial(listener, 1), 2))',
    "a method": """
class Audit:
    def listen(self, *_, **__):
        called.append(1)

event.listen(jobs, "before_create", Audit().listen)
""",
    "an object": """
class Audit:
    def __call__(self, *_, **__):
        called.append(1)

event.listen(jobs, "before_create", Audit())
""",
    "an object that knows a table": """
class Audit:
    def __init__(self, target):
        self.target = target
    def __call__(self, *_, **__):
        called.append(1)

event.listen(jobs, "before_create", Audit(jobs))
""",
    "after DDL": """
event.listen(jobs, "after_create", sa.DDL("select 1"))
event.listen(jobs, "after_create", listener)
""",
}
"""How models let their own code run → the lines that do it."""


@pytest.mark.parametrize("way", _BY_CODE)
def test_code_of_the_models_has_no_digest(tmp_path: Path, way: str) -> None:
    """Only building it shows what it does. Nothing calls it before."""
    assert _digest(tmp_path, _PLAIN) is not None
    defined = _defined(tmp_path, _PLAIN + _BY_CODE[way])
    assert metadata_digest(defined["metadata"], _TENANCY) is None
    assert defined["called"] == []


_BY_CONNECTION = {
    "a value": "bind.scalar(sa.text('select true'))",
    "a result": "bind.execute(sa.text('select true')).scalar()",
    "by an inspector": "sa.inspect(bind).has_table('jobs')",
    "its version": "bind.dialect.server_version_info >= (15,)",
    "whatever goes wrong": "asked(bind)",
}
"""How a condition of a DDL element asks the database → what it says."""


@pytest.mark.parametrize(
    "on",
    [
        "event.listen(jobs, 'after_create', sa.DDL('select 1').execute_if(callable_=condition))",
        "index.ddl_if(callable_=condition)",
    ],
    ids=["DDL", "index"],
)
@pytest.mark.parametrize("way", _BY_CONNECTION)
def test_a_condition_that_asks_the_database_has_no_digest(
    tmp_path: Path, way: str, on: str
) -> None:
    """What it says is known only in scratch."""
    condition = f"""
def asked(bind):
    try:
        return bind.scalar(sa.text("select true"))
    except Exception:
        return False

def condition(ddl, target, bind, **_):
    return {_BY_CONNECTION[way]}

{on}
"""
    assert _digest(tmp_path, _PLAIN + condition) is None


@pytest.mark.parametrize(
    "element",
    [
        "class Strange(sa.schema.DDLElement): ...",
        """
from sqlalchemy.ext.compiler import compiles
class Strange(sa.schema.DDLElement): ...
@compiles(Strange)
def strange(*_, **__):
    raise LookupError
""",
    ],
    ids=["unknown", "raises"],
)
def test_what_cannot_be_compiled_has_no_digest(tmp_path: Path, element: str) -> None:
    """Building it says what is wrong, and where."""
    listens = "\nevent.listen(jobs, 'after_create', Strange())"
    assert _digest(tmp_path, _PLAIN + element + listens) is None


def test_what_models_compile_counts_as_what_it_computes(tmp_path: Path) -> None:
    """The usual recipe for partitions compiles tables anew."""
    compiled = """
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateTable

class Dated(CreateTable):
    inherit_cache = False

@compiles(Dated)
def dated(element, compiler, **named):
    return "CREATE TABLE day PARTITION OF days FOR VALUES FROM (DAY) TO ('2027-01-01')"

event.listen(jobs, "after_create", Dated(sa.Table("day", sa.MetaData())))
"""
    assert _digest(tmp_path, _PLAIN + compiled.replace("DAY", "'2026-01-01'")) is not None
    assert _digest(tmp_path, _PLAIN + compiled.replace("DAY", "'today'")) is None


@contextmanager
def _listening(target: Any, name: str, **how: Any) -> Iterator[list[object]]:  # noqa: ANN401
    """In the block, our own code listens; yields what it was called with."""
    called: list[object] = []

    def listener(*given: object, **_: object) -> object:
        called.append(given)
        return given[1:4] if how.get("retval") else None

    event.listen(target, name, listener, **how)
    try:
        yield called
    finally:
        event.remove(target, name, listener)


@pytest.mark.parametrize(
    ("target", "name", "how"),
    [
        (sa.Table, "before_create", {}),
        (sa.Table, "after_create", {"named": True}),
        (sa.MetaData, "after_create", {}),
        (sa.Index, "after_create", {}),
        (sa.Sequence, "after_create", {}),
        (sa.Engine, "engine_connect", {}),
        (sa.Engine, "connect", {}),
        (sa.Engine, "do_connect", {}),
        (sa.Engine, "before_execute", {}),
        (sa.Engine, "before_execute", {"retval": True}),
        (sa.Engine, "after_execute", {}),
        (sa.Engine, "before_cursor_execute", {}),
        (sa.Engine, "begin", {}),
        (sa.engine.Connection, "after_execute", {}),
        (Pool, "connect", {}),
        (Pool, "checkout", {}),
    ],
)
def test_code_for_all_of_a_class_has_no_digest(
    tmp_path: Path, target: type, name: str, how: dict[str, bool]
) -> None:
    """Such as that for each table, or each connection; without it, there is one again."""
    plain = _digest(tmp_path, _PLAIN)
    with _listening(target, name, **how) as called:
        metadata = _defined(tmp_path, _PLAIN)["metadata"]
        assert metadata_digest(metadata, _TENANCY) is None
    assert called == []
    assert _digest(tmp_path, _PLAIN) == plain


@pytest.fixture
def sql_folder(tmp_path: Path) -> Callable[..., Desired]:
    """Loads the desired state of files of SQL, given as name and text."""

    def loaded(**files: str) -> Desired:
        folder = tmp_path / f"sql{len([*tmp_path.iterdir()])}"
        folder.mkdir()
        for name, text in files.items():
            (folder / f"{name}.sql").write_text(text, "utf-8")
        return load(str(folder))

    return loaded


_ONE, _TWO = "create table one (id int);", "create table two (id int);"


def test_sql_that_says_the_same_is_equal(sql_folder: Callable[..., Desired]) -> None:
    """Wherever it is."""
    first = sql_folder(a=_ONE, b=_TWO).digest()
    assert first is not None
    assert sql_folder(a=_ONE, b=_TWO).digest() == first


@pytest.mark.parametrize(
    "files",
    [
        {"a": _ONE},
        {"a": _TWO, "b": _ONE},
        {"b": _ONE, "a": _TWO},
        {"a": _ONE, "b": _TWO, "c": "create table more (id int);"},
        {"a": _ONE, "b": _TWO.replace("int", "bigint")},
        {"a": _ONE, "b": _TWO.replace("id", "ID2")},
        {"a": _ONE, "b": f"{_TWO} comment on table two is ' '"},
    ],
    ids=["fewer", "the other order", "named so", "more", "type", "name", "comment"],
)
def test_sql_that_says_something_else_differs(
    sql_folder: Callable[..., Desired], files: dict[str, str]
) -> None:
    """Another text, or the same texts in another order."""
    digest = sql_folder(a=_ONE, b=_TWO).digest()
    assert sql_folder(**files).digest() not in (None, digest)


def test_a_token_in_sql_counts(tmp_path: Path) -> None:
    """A schema that stands for the tenant is not created."""
    file = tmp_path / "desired.sql"
    file.write_text(f"create schema app; {_ONE}")
    assert load(str(file)).digest() != load(str(file), "app").digest()


def test_several_desired_states_are_one_in_their_order(tmp_path: Path) -> None:
    """Each of them counts, and which comes first."""
    one, two = tmp_path / "one.sql", tmp_path / "two.sql"
    one.write_text(_ONE)
    two.write_text(_TWO)
    digests = [
        load(str(one)).digest(),
        load((str(one), str(two))).digest(),
        load((str(two), str(one))).digest(),
        with_files(load((str(one), str(two))), [str(one)]).digest(),
    ]
    assert None not in digests
    assert len({*digests}) == len(digests)
    assert with_files(load(str(one)), [str(two)]).digest() == digests[1]


def test_one_without_a_digest_leaves_all_without(tmp_path: Path) -> None:
    models, more = tmp_path / "listening_models.py", tmp_path / "more.sql"
    models.write_text(_PLAIN + _BY_CODE["of a table"])
    more.write_text(_ONE)
    assert load(str(more)).digest() is not None
    assert load((str(more), f"{models}:metadata")).digest() is None
    assert with_files(load(f"{models}:metadata"), [str(more)]).digest() is None
