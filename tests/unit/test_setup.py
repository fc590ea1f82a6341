"""What `init` makes of names of schemas, of the files of a project, and of a pyproject.toml."""

import re
import tomllib
from pathlib import Path

import pytest

from diffapply.errors import UsageError
from diffapply.setup.alembic import find_alembic
from diffapply.setup.families import families, listed
from diffapply.setup.sources import candidates, read_sources
from diffapply.setup.writing import write_table

VALUES = {"desired": "app.py:Base", "tenants": r"^user_\d+$", "templates": ["public", 'o"dd']}


def written(root: Path, files: dict[str, str]) -> Path:
    """A project with these files."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


class TestFamilies:
    @pytest.mark.parametrize(
        ("names", "pattern"),
        [
            (("user_1", "user_22"), r"^user_\d+$"),
            (("t-1-eu", "t-2-eu"), r"^t-\d+-eu$"),
            (("org_acme", "org_globex"), "^org_.+$"),
            (
                (
                    "c_0f8fad5bd9cb469fa16570867728950e",
                    "c_7c9e6679-7425-40de-944b-e07fc1f90ae7",
                ),
                "^c_[0-9a-f_-]{32,36}$",
            ),
            (("a.1", "a.2"), r"^a\.\d+$"),
        ],
    )
    def test_a_pattern_matches_its_schemas(self, names: tuple[str, ...], pattern: str) -> None:
        [first, *_] = families({*names, "public"})
        assert (first.pattern, first.members) == (pattern, frozenset(names))
        assert all(re.fullmatch(pattern, name) for name in names)
        assert not re.fullmatch(pattern, "public")

    def test_names_with_nothing_in_common_are_listed(self) -> None:
        assert families({"acme", "globex"}) == []
        family = listed({"acme", "x.y"})
        assert family is not None
        names = ("acme", "x.y", "xzy")
        assert [its for its in names if re.fullmatch(family.pattern, its)] == ["acme", "x.y"]

    def test_too_many_names_are_no_pattern(self) -> None:
        assert listed(f"{letter}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz") is None


class TestSources:
    BASE = "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): pass\n"
    TABLE = "from app.db import Base\nclass {0}(Base):\n    __tablename__ = '{0}'\n"

    def test_who_imports_most_tables_comes_first(self, tmp_path: Path) -> None:
        """Not the base itself, nor the application, which may do more when it is imported."""
        root = written(
            tmp_path,
            {
                "app/__init__.py": "",
                "app/db.py": self.BASE,
                "app/models/__init__.py": "from app.db import Base\nfrom . import a, b\n",
                "app/models/a.py": self.TABLE.format("a"),
                "app/models/b.py": self.TABLE.format("b"),
                "app/main.py": "from app.db import Base\nfrom app import models\n"
                "Base.metadata.create_all(engine)\n",
                ".venv/lib/other.py": self.BASE + self.TABLE.format("x"),
                "tests/models.py": self.BASE + self.TABLE.format("y"),
                "app/broken.py": "class Base(:\n",
            },
        )
        first, *others = candidates(read_sources(root), root)
        assert first.path == root / "app/models/__init__.py"
        assert first.holders == ("Base",)
        assert {path.name for path in first.reaches} == {"a.py", "b.py"}
        assert {its.path.name for its in others} == {"a.py", "b.py", "db.py"}

    def test_who_imports_ddl_as_well_comes_first(self, tmp_path: Path) -> None:
        """The tables alone would leave out a trigger that another file makes with them."""
        root = written(
            tmp_path,
            {
                "app/__init__.py": "",
                "app/db.py": self.BASE,
                "app/a.py": self.TABLE.format("a"),
                "app/a_tables.py": "from app.db import Base\nfrom app import a\n",
                "app/triggers.py": "from sqlalchemy import DDL, event\nfrom app.db import Base\n"
                "event.listen(Base.metadata, 'after_create', DDL('create trigger …'))\n",
                "app/models.py": "from app.db import Base\nfrom app import a_tables, triggers\n",
            },
        )
        first, *others = candidates(read_sources(root), root)
        assert first.path == root / "app/models.py"
        assert {path.name for path in first.reaches} == {"a.py", "triggers.py"}
        assert "a_tables.py" in {its.path.name for its in others}

    @pytest.mark.parametrize(
        "text",
        [
            "import sqlalchemy as sa\nm = sa.MetaData()\nt = sa.Table('t', m)\n",
            "from sqlalchemy.orm import declarative_base\nm: object = declarative_base()\n",
            "from flask_sqlalchemy import SQLAlchemy\nm = SQLAlchemy()\n",
            "from sqlmodel import SQLModel\nclass m(SQLModel, table=True): pass\n",
        ],
    )
    def test_every_way_to_have_a_metadata(self, tmp_path: Path, text: str) -> None:
        root = written(tmp_path, {"models.py": text})
        assert [its.path.name for its in candidates(read_sources(root), root)] == ["models.py"]

    def test_folders_without_init_are_packages_too(self, tmp_path: Path) -> None:
        root = written(
            tmp_path,
            {
                "app/db.py": self.BASE,
                "app/a.py": self.TABLE.format("a"),
                "app/all.py": "from app.db import Base\nfrom app.a import a\n",
            },
        )
        assert {its.path.name for its in candidates(read_sources(root), root) if its.reaches} == {
            "a.py",
            "all.py",
        }


class TestAlembic:
    def test_what_the_ini_names(self, tmp_path: Path) -> None:
        root = written(
            tmp_path,
            {
                "alembic.ini": "[alembic]\nscript_location = %(here)s/db/changes\n"
                "[loggers]\nformat = %(message)s\n",
                "db/changes/env.py": "raise SystemExit\n",
                "db/changes/versions/1.py": "revision = 'a'\ndown_revision = None\n",
                "db/changes/versions/2.py": "revision: str = 'b'\ndown_revision: str = 'a'\n",
                "db/changes/versions/3.py": "revision = 'c'\ndown_revision = ('a',)\n",
                "db/changes/versions/4.py": "revision = 'd'\ndown_revision = ('b', 'c')\n",
                "db/changes/versions/5.py": "revision = open('x')\n",
            },
        )
        found = find_alembic(root)
        assert found is not None
        assert found.path == root / "db/changes"
        assert found.revisions == {"a": (), "b": ("a",), "c": ("a",), "d": ("b", "c")}
        assert found.heads == ("d",)

    def test_without_an_ini(self, tmp_path: Path) -> None:
        root = written(tmp_path, {"migrations/env.py": "", "migrations/versions/1.py": ""})
        found = find_alembic(root)
        assert found is not None
        assert (found.path.name, found.revisions, found.heads) == ("migrations", {}, ())

    def test_none(self, tmp_path: Path) -> None:
        assert find_alembic(written(tmp_path, {"versions/1.py": "", "a/env.py": ""})) is None


class TestWriting:
    @pytest.mark.parametrize(
        "before",
        [
            b'[project]\nname = "x"  # stays\n',
            b"[project]\nname = 'x'",
            b"[tool.ruff]\r\nline-length = 9\r\n",
            b"",
        ],
    )
    def test_the_rest_stays_byte_for_byte(self, tmp_path: Path, before: bytes) -> None:
        path = tmp_path / "pyproject.toml"
        path.write_bytes(before)
        write_table(path, VALUES)
        after = path.read_bytes()
        assert after.startswith(before)
        assert (b"\r\n" in after) == (b"\r\n" in before)
        read = tomllib.loads(after.decode())
        assert read["tool"].pop("diffapply") == VALUES
        assert {**read, "tool": read["tool"] or None} == {
            "tool": None,
            **tomllib.loads(before.decode()),
        }

    def test_a_new_file(self, tmp_path: Path) -> None:
        path = tmp_path / "pyproject.toml"
        write_table(path, {"tenant_token": "it's \\ \x7f\n", "privileges": True})
        table = tomllib.loads(path.read_text(encoding="utf-8"))["tool"]["diffapply"]
        assert table == {"tenant-token": "it's \\ \x7f\n", "privileges": True}

    @pytest.mark.parametrize(
        "before",
        [
            "[tool.diffapply]\njobs = 2\n",
            "[tool]\ndiffapply.jobs = 2\n",
            "tool = {diffapply = {}}\n",
            "tool = {ruff = {}}\n",  # cannot be extended
            "not toml",
        ],
    )
    def test_nothing_is_overwritten(self, tmp_path: Path, before: str) -> None:
        path = tmp_path / "pyproject.toml"
        path.write_text(before, encoding="utf-8")
        with pytest.raises(UsageError):
            write_table(path, VALUES)
        assert path.read_text(encoding="utf-8") == before
