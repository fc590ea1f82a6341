"""What `init` makes of names of schemas, of the files of a project, and of a pyproject.toml."""

import os
import re
import resource
import sys
import tomllib
from pathlib import Path

import pytest

from diffapply.adopt.alembic_python import python_with_alembic
from diffapply.errors import UsageError
from diffapply.setup.alembic import AlembicFolder, find_alembic, named_alembic, project_of
from diffapply.setup.candidates import candidates
from diffapply.setup.heads import heads_of, only_head, revisions_of
from diffapply.setup.models import find_models, named_models
from diffapply.setup.sources import read_files
from diffapply.setup.writing import write_table
from diffapply.tenants.families import families, likely, listed

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

    def test_the_likely_ones_have_several_members_and_share_none(self) -> None:
        names = {"org_1", "org_2", "org_3", "org_x", "lab-1", "lab-2", "v2", "public"}
        found = [(its.pattern, len(its.members)) for its in likely(names)]
        assert found == [("^org_.+$", 4), (r"^lab-\d+$", 2)]

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
        first, *others = candidates(read_files(root), root)
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
        first, *others = candidates(read_files(root), root)
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
        assert [its.path.name for its in candidates(read_files(root), root)] == ["models.py"]

    def test_folders_without_init_are_packages_too(self, tmp_path: Path) -> None:
        root = written(
            tmp_path,
            {
                "app/db.py": self.BASE,
                "app/a.py": self.TABLE.format("a"),
                "app/all.py": "from app.db import Base\nfrom app.a import a\n",
            },
        )
        assert {its.path.name for its in candidates(read_files(root), root) if its.reaches} == {
            "a.py",
            "all.py",
        }

    @pytest.mark.parametrize(
        ("text", "tables", "unnamed"),
        [
            ("class A(db.Model): id = db.Column(db.Integer)", [], True),
            ("class A(db.Model): pass", [], True),
            ("class A(Base): id: Mapped[int]", [], True),
            ("class A(Base, Named): id = mapped_column(Integer)", [], True),
            ("@reg.mapped\nclass A: id = Column(Integer)", [], True),
            (
                "class A(Base):\n    @declared_attr.directive\n    def __tablename__(cls): ...",
                [],
                True,
            ),
            ("class A(Base):\n    __tablename__, other = 'a', 1", ["a"], False),
            ("class A(SQLModel, table=True): id: int", ["a"], False),
            ("if x:\n    t = Table('a', Base.metadata)", ["a"], False),
            ("t = Table(name(), Base.metadata)", [], True),
            ("@event.listens_for(Base, 'after_create')\ndef f(*_): ...", [], True),
        ],
    )
    def test_every_way_to_declare(
        self, tmp_path: Path, text: str, tables: list[str], *, unnamed: bool
    ) -> None:
        db = f"{self.BASE}from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n"
        models = f"from db import db, Base\nfrom sqlalchemy import *\n{text}\n"
        root = written(tmp_path, {"db.py": db, "models.py": models})
        [found, *_] = candidates(read_files(root), root)
        assert (found.path.name, found.declares) == ("models.py", True)
        assert (sorted(found.tables), found.unnamed) == (tables, unnamed)

    @pytest.mark.parametrize(
        "text",
        [
            "class A: id = Column(Integer)",
            "class A(Base): __abstract__ = True\n",
            "class A(tables.Table): x = tables.Column()",
            "def read(): return Table('a', MetaData(), autoload_with=engine)",
        ],
    )
    def test_what_declares_nothing(self, tmp_path: Path, text: str) -> None:
        imports = "" if "tables" in text else "from db import Base\nfrom sqlalchemy import *\n"
        root = written(tmp_path, {"db.py": self.BASE, "x.py": f"{imports}{text}\n"})
        assert not any(its.declares for its in candidates(read_files(root), root))

    @pytest.mark.parametrize(
        ("text", "starts"),
        [
            ("app = Flask(__name__)", True),
            ("def create_app(): return Flask(__name__)\napp = create_app()", True),
            ("def make(): Base.metadata.create_all(x)\ndef run(): make()\nrun()", True),
            ("from app import create_app\napp = create_app()", True),
            ("import uvicorn\nuvicorn.run(1)", True),
            ("def create_app(): return Flask(__name__)", False),
            ("def init(): Base.metadata.create_all(x)", False),
            ("if __name__ == '__main__': Base.metadata.create_all(x)", False),
        ],
    )
    def test_what_starts_something(self, tmp_path: Path, text: str, *, starts: bool) -> None:
        root = written(tmp_path, {"x.py": f"{self.BASE}class A(Base): __tablename__ = 'a'\n{text}"})
        assert [its.starts for its in candidates(read_files(root), root)] == [starts]


class TestModels:
    """What is imported of a project, in as few processes as can be."""

    BASE = "from sqlalchemy import *\nfrom sqlalchemy.orm import *\nBase = declarative_base()\n"
    TABLE = (
        "from app.db import *\nclass {0}(Base):\n    __tablename__ = '{0}'\n"
        "    id = Column(Integer, primary_key=True)\n"
    )

    def project(self, root: Path, files: dict[str, str]) -> Path:
        tables = {f"app/{name}.py": self.TABLE.format(name) for name in "ab"}
        return written(root, {"app/__init__.py": "", "app/db.py": self.BASE, **tables, **files})

    def test_a_base_without_a_common_importer(self, tmp_path: Path) -> None:
        own = self.BASE + self.TABLE.format("other").partition("\n")[2]
        found = find_models(self.project(tmp_path, {"app/other.py": own}))
        labels = [its.labels for its in found.models]
        assert labels == [("app/a.py:Base", "app/b.py:Base"), ("app/other.py:Base",)]
        assert [sorted(its.tables) for its in found.models] == [
            [(None, "a"), (None, "b")],
            [(None, "other")],
        ]
        assert (found.unimported, found.failures) == ((), ())

    def test_a_common_importer_is_enough(self, tmp_path: Path) -> None:
        text = "from app.db import Base\nfrom app import a\nif a:\n    from app import b\n"
        found = find_models(self.project(tmp_path, {"app/all.py": text}))
        assert [its.labels for its in found.models] == [("app/all.py:Base",)]

    @pytest.mark.parametrize(
        ("files", "label"),
        [
            ({"app/all.py": "# all\nfrom app.a import a\nfrom app import b\n"}, "app/all.py:a"),
            ({"app/all.py": "from app import a, b, db\n"}, "app/all.py:a.Base"),
            (
                {
                    "migrations/env.py": "import app.all\n",
                    "migrations/versions/1.py": "",
                    "app/all.py": "from app import a, b, db\ndef metadata(): ...\n",
                },
                "app/all.py:a.Base",
            ),
        ],
    )
    def test_one_that_only_imports(self, tmp_path: Path, files: dict[str, str], label: str) -> None:
        """As the module that Alembic's env.py imports; it need not name the base."""
        found = find_models(self.project(tmp_path, files))
        assert [its.labels for its in found.models] == [(label,)]

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("import not_there\n", "No module named 'not_there'"),
            ("import os; os._exit(3)\n", "app/c.py ends the process that imports it."),
            ("app = Flask()\n", "it does more than define models"),
            ("Base.metadata.drop_all(None)\n", "it does more than define models"),
            (
                "class Store:\n    def __init__(self): Base.metadata.create_all(None)\nStore()\n",
                "it does more than define models",
            ),
            (
                "async def f(to): await to.run_sync(Base.metadata.create_all)\nrun(f(None))\n",
                "it does more than define models",
            ),
        ],
    )
    def test_one_that_cannot_be_imported(self, tmp_path: Path, text: str, why: str) -> None:
        """Not even what it has left behind counts: `d` imports what it has declared."""
        files = {
            "app/c.py": f"from app import a, b\n{self.TABLE.format('c')}{text}",
            "app/d.py": self.TABLE.format("d"),
        }
        found = find_models(self.project(tmp_path, files))
        [models] = found.models
        assert models.labels == tuple(f"app/{name}.py:Base" for name in "abd")
        assert len(models.tables) == 3
        [unimported] = found.unimported
        assert unimported.path == "app/c.py"
        assert why in unimported.why
        assert not models.homes.isdisjoint(unimported.homes)

    def test_what_others_have_is_not_missed(self, tmp_path: Path) -> None:
        """A file with a copy of what another one declares, such as to read an older database."""
        own = self.BASE + self.TABLE.format("a").partition("\n")[2]
        found = find_models(self.project(tmp_path, {"app/old.py": f"{own}import not_there\n"}))
        assert found.unimported == ()
        assert [its.labels for its in found.models] == [("app/a.py:Base", "app/b.py:Base")]

    def test_threads_and_what_is_printed(self, tmp_path: Path) -> None:
        text = "import threading, sys\nprint('x' * 100_000, file=sys.stderr)\n"
        text += "threading.Thread(target=threading.Event().wait).start()\n"
        text += "import atexit; atexit.register(threading.Event().wait, 20)\n"
        found = find_models(self.project(tmp_path, {"app/db.py": self.BASE + text}))
        assert len(found.models[0].tables) == 2

    def services(self, root: Path, database: str, models: str) -> Path:
        """Two, each with modules of the same names in a folder that is no package."""
        own = {"shop": "orders", "billing": "invoices"}
        files = {f"{its}/database.py": database for its in own}
        table = "    id = Column(Integer, primary_key=True)\n"
        for its, name in own.items():
            files[f"{its}/models.py"] = f"{models}    __tablename__ = '{name}'\n{table}"
        return written(root, files)

    SERVICE = "from database import *\nclass A(Base):\n"

    def test_services_with_modules_of_the_same_names(self, tmp_path: Path) -> None:
        found = find_models(self.services(tmp_path, self.BASE, self.SERVICE))
        assert {its.labels: its.tables for its in found.models} == {
            ("billing/models.py:Base",): ((None, "invoices"),),
            ("shop/models.py:Base",): ((None, "orders"),),
        }
        assert (found.unimported, found.failures) == ((), ())

    @pytest.mark.parametrize("where", ["models", "database"])
    def test_a_service_that_cannot_be_imported(self, tmp_path: Path, where: str) -> None:
        """Nothing of it is missing in the other one."""
        root = self.services(tmp_path, self.BASE, self.SERVICE)
        with (root / f"billing/{where}.py").open("a", encoding="utf-8") as file:
            file.write("import not_there\n")
        found = find_models(root)
        [models] = found.models
        assert (models.labels, models.tables) == (("shop/models.py:Base",), ((None, "orders"),))
        [unimported] = found.unimported
        assert unimported.path == "billing/models.py"
        assert models.homes.isdisjoint(unimported.homes)

    def test_services_with_the_metadata_of_a_library(self, tmp_path: Path) -> None:
        """Each has its own, as its application has."""
        text = "from sqlmodel import SQLModel\nfrom sqlalchemy import *\n"
        text += "class A(SQLModel, table=True):\n"
        library = self.BASE + "class SQLModel(Base):\n    __abstract__ = True\n"
        library += "    def __init_subclass__(cls, table=False): super().__init_subclass__()\n"
        root = self.services(tmp_path, "", text)
        written(root, {".hidden/sqlmodel.py": library})
        code = "import sys; sys.path.insert(0, '.hidden')\n"
        for its in ("shop", "billing"):
            path = root / its / "models.py"
            path.write_text(code + path.read_text(encoding="utf-8"), encoding="utf-8")
        found = find_models(root)
        assert sorted(its.label for its in found.models) == [
            "billing/models.py:SQLModel",
            "shop/models.py:SQLModel",
        ]
        [one, other] = found.models
        assert one.homes.isdisjoint(other.homes)

    def test_folders_with_one_base_share_a_process(self, tmp_path: Path) -> None:
        """They are packages without an `__init__.py`, and have one MetaData, not two."""
        files = {
            "app/db.py": self.BASE,
            "app/a.py": self.TABLE.format("a"),
            "app/more/b.py": f"import app.a\n{self.TABLE.format('b')}",
            "app/most/c.py": f"import app.a\n{self.TABLE.format('c')}",
        }
        found = find_models(written(tmp_path, files))
        [models] = found.models
        assert models.labels == ("app/more/b.py:Base", "app/most/c.py:Base")
        assert len(models.tables) == 3

    def test_one_base_in_services_that_cannot_share_a_process(self, tmp_path: Path) -> None:
        """Their tables are one MetaData's; the half of it must not pass for all."""
        files = {"common/__init__.py": "", "common/db.py": self.BASE}
        files["common/user.py"] = self.TABLE.format("user").replace("app.db", "common.db")
        for its, name in (("shop", "orders"), ("billing", "invoices")):
            text = self.TABLE.format(name).replace("app.db", "common.db")
            files |= {
                f"{its}/config.py": "from common import user\n",
                f"{its}/models.py": f"import config\n{text}",
            }
        found = find_models(written(tmp_path, files))
        [models] = found.models
        assert len(models.tables) == 2
        [unimported] = found.unimported
        assert not models.homes.isdisjoint(unimported.homes)
        assert {models.label.partition("/")[0], unimported.path.partition("/")[0]} == {
            "shop",
            "billing",
        }

    def test_many_that_fail_hide_none(self, tmp_path: Path) -> None:
        """Each leaves its table behind, so that the next process begins anew."""
        files = {
            f"app/c{number}.py": f"from app import a\n{self.TABLE.format(f'c{number}')}import no\n"
            for number in range(9)
        }
        found = find_models(self.project(tmp_path, files))
        [models] = found.models
        assert models.labels == ("app/a.py:Base", "app/b.py:Base")
        assert len(found.unimported) == 9

    def test_so_many_are_imported(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Neither those that add nothing nor those that fail are among them."""
        monkeypatch.setattr("diffapply.setup.models._MOST_FILES", 2)
        files = {
            "app/all.py": "from app.db import Base\nfrom app import a, b\n",
            "app/bad.py": f"import no\n{self.TABLE.format('bad')}",
            "app/c.py": self.TABLE.format("c"),
            "app/d.py": self.TABLE.format("d"),
        }
        found = find_models(self.project(tmp_path, files))
        assert [its.labels for its in found.models] == [("app/all.py:Base", "app/c.py:Base")]
        [bad, one] = found.unimported
        assert (bad.path, one.path, one.why) == ("app/bad.py", "app/d.py", "it was not tried.")

    def test_named_ones(self, tmp_path: Path) -> None:
        """Several names of one MetaData are one of the models."""
        root = self.project(tmp_path, {})
        found = named_models(["app/a.py:Base", "x.sql", "app.b:Base.metadata", "no.py:Base"], root)
        [models] = found.models
        assert models.labels == ("app/a.py:Base", "app.b:Base.metadata")
        assert len(models.tables) == 2


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
        [found] = find_alembic(root, root)
        assert found == AlembicFolder("alembic.ini", root / "alembic.ini", root / "db/changes")
        revisions = revisions_of(found)
        assert revisions == {"a": (), "b": ("a",), "c": ("a",), "d": ("b", "c")}
        assert heads_of(revisions) == ("d",)
        assert only_head([found]) == "d"

    def test_without_an_ini(self, tmp_path: Path) -> None:
        root = written(tmp_path, {"migrations/env.py": "", "migrations/versions/1.py": ""})
        [found] = find_alembic(root, root)
        assert found == AlembicFolder("migrations", scripts=root / "migrations")
        assert (revisions_of(found), only_head([found])) == ({}, None)

    def test_none(self, tmp_path: Path) -> None:
        root = written(tmp_path, {"versions/1.py": "", "a/env.py": ""})
        assert find_alembic(root, root) == ()
        assert only_head(()) is None

    def test_in_a_monorepo(self, tmp_path: Path) -> None:
        """The nearest one, here or above; else all below the project, each by its place."""
        root = written(
            tmp_path,
            {
                ".git/HEAD": "",
                "shop/alembic.ini": "[alembic]\nscript_location = migrations\n",
                "shop/migrations/env.py": "",
                "shop/migrations/versions/1.py": "revision = 's1'\n",
                "shop/src/app.py": "",
                "blog/alembic.ini": "[alembic]\nscript_location = migrations\n",
                "blog/migrations/env.py": "",
                "blog/migrations/versions/1.py": "revision = 'b1'\n",
                "empty/alembic.ini": "[alembic]\nscript_location = gone\n",
            },
        )
        shop, blog = root / "shop", root / "blog"
        for start, label in (
            (shop, "alembic.ini"),
            (shop / "src", "../alembic.ini"),
            (shop / "migrations" / "versions", "../../alembic.ini"),
        ):
            found = find_alembic(start, root)
            assert found == (AlembicFolder(label, shop / "alembic.ini", shop / "migrations"),)
            assert only_head(found) == "s1"
        several = find_alembic(root, root)
        assert several == (
            AlembicFolder("blog/alembic.ini", blog / "alembic.ini", blog / "migrations"),
            AlembicFolder("shop/alembic.ini", shop / "alembic.ini", shop / "migrations"),
        )
        with pytest.raises(UsageError) as refused:
            only_head(several)
        assert str(refused.value).startswith(
            "Alembic has revisions in 2 places: blog/alembic.ini, shop/alembic.ini."
        )

    def test_an_ini_beside_its_scripts(self, tmp_path: Path) -> None:
        """As Flask-Migrate has it: its own code tells Alembic where they are."""
        root = written(
            tmp_path,
            {
                "migrations/alembic.ini": "[alembic]\n",
                "migrations/env.py": "",
                "migrations/versions/1.py": "revision = 'a'\n",
            },
        )
        [found] = find_alembic(root, root)
        assert (found.label, only_head([found])) == ("migrations/alembic.ini", "a")
        assert named_alembic(root / "migrations") == AlembicFolder(
            str(root / "migrations"), root / "migrations/alembic.ini", root / "migrations"
        )

    def test_outside_of_a_project_nothing_below_is_looked_at(self, tmp_path: Path) -> None:
        """As in the folder with all of somebody's projects."""
        root = written(
            tmp_path, {"shop/migrations/env.py": "", "shop/migrations/versions/1.py": ""}
        )
        assert project_of(root, root / "pyproject.toml") is None
        assert find_alembic(root, None) == ()
        (root / "pyproject.toml").touch()
        assert project_of(root, root / "pyproject.toml") == root
        (root / "shop" / ".git").mkdir()
        assert project_of(root / "shop", root / "shop/pyproject.toml") == root / "shop"

    def test_what_belongs_to_others_is_not_run(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Neither above nor below; in the folder itself, whoever went there has seen to it."""
        root = written(
            tmp_path,
            {
                ".git/HEAD": "",
                "alembic.ini": "[alembic]\nscript_location = migrations\n",
                "migrations/env.py": "",
                "own/app.py": "",
                "own/below/alembic.ini": "[alembic]\nscript_location = .\n",
                "own/below/env.py": "",
            },
        )
        theirs = {root / "alembic.ini", root / "own/below", root / "own/below/alembic.ini"}
        stat = Path.stat

        def of_others(path: Path, **given: bool) -> os.stat_result:
            found = stat(path, **given)
            changed = (*found[:4], found.st_uid + 1, *found[5:])
            return os.stat_result(changed) if path in theirs else found

        monkeypatch.setattr(Path, "stat", of_others)
        monkeypatch.setattr(os, "geteuid", lambda: stat(root).st_uid)
        assert len(find_alembic(root, root)) == 1
        assert find_alembic(root / "own", root) == ()
        (root / "alembic.ini").unlink()
        theirs.remove(root / "alembic.ini")
        assert find_alembic(root / "own", root / "own") == ()
        theirs.clear()
        assert len(find_alembic(root / "own", root / "own")) == 1

    def test_what_everybody_may_write_is_not_run(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        """It is passed over, and said; by the same rule as a pyproject.toml above."""
        root = written(
            tmp_path,
            {
                ".git/HEAD": "",
                "alembic.ini": "[alembic]\nscript_location = migrations\n",
                "migrations/env.py": "",
                "own/migrations/env.py": "",
                "own/migrations/versions/1.py": "",
            },
        )
        (root / "alembic.ini").chmod(0o666)
        assert find_alembic(root / "own", root) == ()
        assert f"passed over: {root}/alembic.ini may be written by every user" in caplog.text
        (root / "alembic.ini").unlink()
        assert len(find_alembic(root / "own", root / "own")) == 1
        (root / "own" / "migrations").chmod(0o777)
        assert find_alembic(root / "own", root / "own") == ()

    def test_a_python_that_does_not_start_is_no_obstacle(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The next one may have Alembic."""
        root = written(tmp_path, {"bin/python": "#!/bin/sh\n"})
        (root / "bin" / "python").chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(root / "none"))
        monkeypatch.setenv("VIRTUAL_ENV", str(root))
        assert python_with_alembic() == str(root / "bin" / "python")


class TestWriting:
    @pytest.mark.parametrize(
        "before",
        [
            b'[project]\nname = "x"  # stays\n',
            b"[project]\nname = 'x'",
            b"[tool.ruff]\r\nline-length = 9\r\n",
            b"\xef\xbb\xbf[tool.ruff]\r\nline-length = 9\r\n",
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
        read = tomllib.loads(after.decode("utf-8-sig"))
        assert read["tool"].pop("diffapply") == VALUES
        assert {**read, "tool": read["tool"] or None} == {
            "tool": None,
            **tomllib.loads(before.decode("utf-8-sig")),
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

    def test_on_a_full_disk_all_stays_as_it_was(self, tmp_path: Path) -> None:
        """Not half a table."""
        path = tmp_path / "pyproject.toml"
        before = b"# mine\n" * 100
        path.write_bytes(before)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 10, hard))
        try:
            with pytest.raises(UsageError, match="cannot be written"):
                write_table(path, VALUES)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert path.read_bytes() == before
        assert [its.name for its in tmp_path.iterdir()] == ["pyproject.toml"]

    def test_a_link_stays_one_and_rights_stay(self, tmp_path: Path) -> None:
        path = tmp_path / "pyproject.toml"
        its = tmp_path / "shared.toml"
        its.write_text("[tool.ruff]\n", encoding="utf-8")
        its.chmod(0o640)
        path.symlink_to(its)
        write_table(path, VALUES)
        assert path.is_symlink()
        assert its.stat().st_mode & 0o777 == 0o640
        assert "[tool.diffapply]" in its.read_text(encoding="utf-8")
