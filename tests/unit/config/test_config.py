"""Where settings come from, which source wins, and how a mistake is named."""

import os
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from diffapply.config import DEFAULT_DESIRED, SETTINGS, Settings, load
from diffapply.config.reports import Report
from diffapply.errors import UsageError


def pyproject(folder: Path, table: str) -> Path:
    """A pyproject.toml with this text under [tool.diffapply]."""
    path = folder / "pyproject.toml"
    path.write_text(f"[tool.diffapply]\n{table}\n", encoding="utf-8")
    return path


def loaded(
    start: Path,
    flags: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    return load(flags or {}, environ or {}, start)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The root of a repository, which is also the working directory."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_defaults_hold_where_nothing_is_said(repository: Path) -> None:
    """No flag, no variable, no file: the documented defaults."""
    assert loaded(repository) == Settings()
    assert Settings().tenants == r"^user_\d+$"
    assert Settings().desired == "schema/desired.py:metadata"


def test_flags_win_over_environment_over_pyproject(repository: Path) -> None:
    """Each source is overruled by the one before it, setting by setting."""
    pyproject(repository, 'tenants = "^file$"\njobs = 1\nonly = ["file"]')
    settings = loaded(
        repository,
        flags={"tenants": "^flag$", "jobs": None},
        environ={"DIFFAPPLY_TENANTS": "^env$", "DIFFAPPLY_JOBS": "2"},
    )
    assert (settings.tenants, settings.jobs, settings.only) == ("^flag$", 2, ("file",))


def test_a_byte_order_mark_is_no_part_of_the_file(repository: Path) -> None:
    """As some editors on Windows write it."""
    path = pyproject(repository, "jobs = 2")
    path.write_text(path.read_text("utf-8"), "utf-8-sig")
    assert loaded(repository).jobs == 2


def test_the_library_reads_what_the_command_line_reads(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pyproject(repository, 'tenants = "^from_pyproject$"\njobs = 2')
    (repository / "folder").mkdir()
    monkeypatch.setattr(os, "environ", {"DIFFAPPLY_JOBS": "3", "DATABASE_URL": "postgresql://x"})
    settings = Settings.load(repository / "folder")
    assert (settings.tenants, settings.jobs) == ("^from_pyproject$", 3)
    assert settings.database_url == "postgresql://x"
    monkeypatch.chdir(repository)
    assert Settings.load() == settings


def test_a_list_is_replaced_not_extended(repository: Path) -> None:
    """A source that names templates names all of them."""
    pyproject(repository, 'templates = ["a", "b"]')
    assert loaded(repository, flags={"templates": ["c"]}).templates == ("c",)


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        ({"DATABASE_URL": "postgresql:///a"}, "postgresql:///a"),
        (
            {"DATABASE_URL": "postgresql:///a", "DIFFAPPLY_DATABASE_URL": "postgresql:///b"},
            "postgresql:///b",
        ),
        ({"DATABASE_URL": "", "DIFFAPPLY_DATABASE_URL": "postgresql:///b"}, "postgresql:///b"),
    ],
)
def test_database_url_also_comes_from_database_url(
    repository: Path, environ: dict[str, str], url: str | None
) -> None:
    """DATABASE_URL counts, and the variable of our own counts more."""
    assert loaded(repository, environ=environ).database_url == url


@pytest.mark.parametrize(
    "variable", ["DATABASE_URL", "DIFFAPPLY_DATABASE_URL", "DIFFAPPLY_SCRATCH_URL"]
)
def test_an_empty_url_is_no_wish_for_another_database(repository: Path, variable: str) -> None:
    """A missing secret of CI must not lead to the embedded server, or to that of the file."""
    pyproject(repository, 'database-url = "postgresql:///mine"')
    with pytest.raises(UsageError, match=f"^{variable} is empty"):
        loaded(repository, environ={"DATABASE_URL": "postgresql:///a", variable: ""})
    name = "scratch_url" if "SCRATCH" in variable else "database_url"
    given = loaded(repository, {name: "postgresql:///b"}, {variable: ""})
    assert getattr(given, name) == "postgresql:///b"


def test_every_setting_can_come_from_the_environment(repository: Path) -> None:
    """Lists are separated by commas; numbers and truths are read as such."""
    environ = {
        "DIFFAPPLY_DATABASE_URL": "postgresql:///a",
        "DIFFAPPLY_SCRATCH_URL": "postgresql:///s",
        "DIFFAPPLY_DESIRED": "app.models:Base",
        "DIFFAPPLY_TENANTS": "^t",
        "DIFFAPPLY_TENANTS_QUERY": "select name from tenants",
        "DIFFAPPLY_TEMPLATE": "public, blank ,",
        "DIFFAPPLY_TENANT_TOKEN": "tenant",
        "DIFFAPPLY_SCHEMALESS": "shared",
        "DIFFAPPLY_SEARCH_PATH": "app, public",
        "DIFFAPPLY_IGNORE": "table:audit_*, comment:*",
        "DIFFAPPLY_MANAGE": "declared",
        "DIFFAPPLY_RUNTIME_PARTITIONS": "yes",
        "DIFFAPPLY_ONLY": "user_1*,user_2*",
        "DIFFAPPLY_EXCLUDE": "user_13",
        "DIFFAPPLY_ALLOW_NONE": "yes",
        "DIFFAPPLY_JOBS": "8",
        "DIFFAPPLY_LOCK_TIMEOUT": "0.5",
        "DIFFAPPLY_MAX_FAILURES": "3",
        "DIFFAPPLY_PRIVILEGES": "on",
        "DIFFAPPLY_TRUST_TENANTS": "true",
        "DIFFAPPLY_FULL": "1",
        "DIFFAPPLY_MESSAGE": "ticket 4711",
        "DIFFAPPLY_FORMAT": "json",
        "DIFFAPPLY_PROVISION_LIKE": "blank",
        "DIFFAPPLY_COPY_ROWS": "countries, currencies",
        "DIFFAPPLY_QUIET": "yes",
        "DIFFAPPLY_DEBUG": "1",
        "DIFFAPPLY_LOG_FILE": "run.log",
        "DIFFAPPLY_REPORT": "junit:a.xml, sql:C:\\b.sql",
    }
    settings = loaded(repository, environ=environ)
    assert settings == Settings(
        database_url="postgresql:///a",
        scratch_url="postgresql:///s",
        desired="app.models:Base",
        tenants="^t",
        tenants_query="select name from tenants",
        templates=("public", "blank"),
        tenant_token="tenant",
        schemaless="shared",
        search_path=("app", "public"),
        ignore=("table:audit_*", "comment:*"),
        manage="declared",
        runtime_partitions=True,
        only=("user_1*", "user_2*"),
        exclude=("user_13",),
        allow_none=True,
        jobs=8,
        lock_timeout=0.5,
        max_failures=3,
        privileges=True,
        trust_tenants=True,
        full=True,
        provision_like="blank",
        copy_rows=("countries", "currencies"),
        message="ticket 4711",
        format="json",
        quiet=True,
        debug=True,
        log_file="run.log",
        reports=(Report("junit", Path("a.xml")), Report("sql", Path("C:\\b.sql"))),
    )
    default = Settings()
    others = [f.name for f in fields(Settings) if not SETTINGS[f.name].in_files_alone]
    assert all(getattr(settings, name) != getattr(default, name) for name in others)
    with pytest.raises(UsageError, match=r"DIFFAPPLY_VARIANTS must hold tables"):
        loaded(repository, environ={"DIFFAPPLY_VARIANTS": "user_42"})


def test_templates_is_another_name_for_template_in_the_environment(repository: Path) -> None:
    """Both spellings are understood."""
    assert loaded(repository, environ={"DIFFAPPLY_TEMPLATES": "public"}).templates == ("public",)


@pytest.mark.parametrize("separator", ["-", "_"])
def test_keys_in_pyproject_are_in_kebab_or_snake_case(repository: Path, separator: str) -> None:
    """`lock-timeout` and `lock_timeout` are the same key."""
    keys = 'lock-timeout = 2\nallow-none = true\ntenant-token = "t"'
    pyproject(repository, keys.replace("-", separator))
    settings = loaded(repository)
    assert (settings.lock_timeout, settings.allow_none, settings.tenant_token) == (2.0, True, "t")


@pytest.mark.parametrize("line", ['template = "public"', 'templates = ["public"]'])
def test_one_name_may_stand_for_a_list_of_one(repository: Path, line: str) -> None:
    """`template = "public"` needs no brackets."""
    pyproject(repository, line)
    assert loaded(repository).templates == ("public",)


def test_a_comma_in_a_flag_or_in_toml_is_part_of_the_name(repository: Path) -> None:
    """Only the environment has no other way to write a list."""
    pyproject(repository, 'only = ["a,b"]')
    assert loaded(repository).only == ("a,b",)
    assert loaded(repository, flags={"only": ["c,d"]}).only == ("c,d",)


class TestWhichFile:
    """Which pyproject.toml is read."""

    def test_the_nearest_above_counts(self, repository: Path) -> None:
        """It is looked for upwards; one further up is not read."""
        inner = repository / "a" / "b"
        inner.mkdir(parents=True)
        pyproject(repository, 'tenants = "outer"')
        assert loaded(inner).tenants == "outer"
        pyproject(repository / "a", 'tenants = "inner"')
        assert loaded(inner).tenants == "inner"

    def test_the_search_ends_with_the_repository(self, repository: Path) -> None:
        """A file above the .git folder belongs to somebody else."""
        inner = repository / "inner"
        (inner / ".git").mkdir(parents=True)
        pyproject(repository, 'tenants = "outer"')
        assert loaded(inner) == Settings()

    def test_a_file_without_our_table_says_nothing(self, repository: Path) -> None:
        """Other tools' settings are no concern, though their names be like ours."""
        for other in ("other", "diffapp", "apply"):
            (repository / "pyproject.toml").write_text(f"[tool.{other}]\nx = 1\n", encoding="utf-8")
            assert loaded(repository) == Settings()

    def test_a_table_that_is_nearly_ours_is_a_mistake(self, repository: Path) -> None:
        """Else all its settings would be passed over."""
        table = "[tool.diffaply]\ntenants = 'a'\n"
        (repository / "pyproject.toml").write_text(table, encoding="utf-8")
        with pytest.raises(UsageError, match=r"\[tool\.diffaply\]") as raised:
            loaded(repository)
        assert "Did you mean 'diffapply'?" in raised.value.hint


class TestDesired:
    """What a relative path is relative to."""

    def test_in_pyproject_it_is_relative_to_the_file(self, repository: Path) -> None:
        """Commands work from any folder of the repository."""
        inner = repository / "inner"
        inner.mkdir()
        pyproject(inner, 'desired = "models.py:Base"')
        assert loaded(inner).desired == f"{inner}/models.py:Base"

    @pytest.mark.parametrize("desired", ["schema", "schema/tables.sql", "schema/"])
    def test_so_is_a_file_or_folder_of_sql(self, repository: Path, desired: str) -> None:
        """They name no attribute, and are paths all the same."""
        inner = repository / "inner"
        inner.mkdir()
        pyproject(inner, f'desired = "{desired}"')
        assert loaded(inner).desired == str(inner / desired)

    def test_the_default_is_relative_to_the_file_as_well(self, repository: Path) -> None:
        """Where there is a file, the default counts as written in it."""
        inner = repository / "inner"
        inner.mkdir()
        pyproject(inner, "")
        assert loaded(inner).desired == f"{inner}/{DEFAULT_DESIRED}"

    def test_it_stays_as_it_is_written_where_that_is_right(self, repository: Path) -> None:
        """Beside the file there is nothing to resolve, and the short name reads better."""
        pyproject(repository, 'desired = "models.py:Base"')
        assert loaded(repository).desired == "models.py:Base"

    def test_a_module_is_not_a_path(self, repository: Path) -> None:
        """`package.module:attribute` is found by import."""
        inner = repository / "inner"
        inner.mkdir()
        pyproject(inner, 'desired = "app.models:Base"')
        assert loaded(inner).desired == "app.models:Base"

    def test_several_are_each_relative_to_the_file(self, repository: Path) -> None:
        """A flag or a variable names all of them, too."""
        inner = repository / "inner"
        inner.mkdir()
        pyproject(inner, 'desired = ["app.models:Base", "triggers.sql"]')
        assert loaded(inner).desired == ("app.models:Base", f"{inner}/triggers.sql")
        assert loaded(inner, flags={"desired": ["a.py:m", "b.sql"]}).desired == ("a.py:m", "b.sql")
        environ = {"DIFFAPPLY_DESIRED": "a.py:m, b.sql"}
        assert loaded(inner, environ=environ).desired == ("a.py:m", "b.sql")

    def test_from_flag_or_environment_it_is_relative_to_the_working_directory(
        self, repository: Path
    ) -> None:
        """As with every command."""
        inner = repository / "inner"
        inner.mkdir()
        pyproject(inner, "")
        assert loaded(inner, flags={"desired": "a.py:m"}).desired == "a.py:m"
        assert loaded(inner, environ={"DIFFAPPLY_DESIRED": "a.py:m"}).desired == "a.py:m"


class TestMistakes:
    """A mistake is a UsageError that names where it stands."""

    @pytest.mark.parametrize(
        ("line", "named"),
        [
            ("tenant = '^x$'", "'tenant'"),
            ("tenants = 3", "tenants in [tool.diffapply]"),
            ("templates = 'a'\ntemplate = 'b'", "template in [tool.diffapply]"),
            ("lock-timeout = 1\nlock_timeout = 2", "lock_timeout in"),
            ("only = [1]", "only in"),
            ("desired = []", "desired in"),
            ("schemaless = 'mine'", "schemaless in"),
            ("only = {a = 1}", "only in"),
            ("only = ['']", "only in"),
            ("jobs = '4'", "jobs in"),
            ("jobs = true", "jobs in"),
            ("jobs = 0", "jobs in"),
            ("jobs = 1.5", "jobs in"),
            ("lock-timeout = 0", "lock-timeout in"),
            ("lock-timeout = -1", "lock-timeout in"),
            ("lock-timeout = nan", "lock-timeout in"),
            ("lock-timeout = inf", "lock-timeout in"),
            ("lock-timeout = true", "lock-timeout in"),
            ("allow-none = 1", "allow-none in"),
            ("tenants = '('", "tenants in"),
            ("tenants = ''", "tenants in"),
            ("database-url = ['postgresql://u:secret@h/d']", "database-url in"),
        ],
    )
    def test_in_pyproject(self, repository: Path, line: str, named: str) -> None:
        """The message names the key and the file, and never what might be a password."""
        path = pyproject(repository, line)
        with pytest.raises(UsageError) as raised:
            loaded(repository)
        assert named in raised.value.message
        assert str(path) in raised.value.message
        assert "secret" not in raised.value.message + raised.value.hint
        assert "Nothing was done." in raised.value.hint

    @pytest.mark.parametrize("content", [b"[tool", b"\xff", b"tool = 3", b"[tool]\ndiffapply = 3"])
    def test_in_a_file_that_cannot_be_read(self, repository: Path, content: bytes) -> None:
        """Broken TOML, broken UTF-8 and a table that is none are told apart from no file."""
        path = repository / "pyproject.toml"
        path.write_bytes(content)
        with pytest.raises(UsageError, match=r"pyproject\.toml"):
            loaded(repository)

    @pytest.mark.parametrize(
        ("variable", "value"),
        [
            ("DIFFAPPLY_JOBS", "many"),
            ("DIFFAPPLY_JOBS", "0"),
            ("DIFFAPPLY_JOBS", "2.5"),
            ("DIFFAPPLY_LOCK_TIMEOUT", "soon"),
            ("DIFFAPPLY_LOCK_TIMEOUT", "nan"),
            ("DIFFAPPLY_LOCK_TIMEOUT", "0.0001"),
            ("DIFFAPPLY_ALLOW_NONE", "maybe"),
            ("DIFFAPPLY_TENANTS", "*"),
        ],
    )
    def test_in_the_environment(self, repository: Path, variable: str, value: str) -> None:
        """The message names the variable."""
        with pytest.raises(UsageError, match=variable):
            loaded(repository, environ={variable: value})

    def test_in_the_name_of_a_variable(
        self,
        repository: Path,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """It is told; a name that is not like any of ours may be the user's own."""
        for name in ("DESIERD", "IN_CI", "REPO", "PORT", "JOBS"):
            monkeypatch.setenv(f"DIFFAPPLY_{name}", "1")
        assert Settings.load(repository) == Settings(jobs=1)
        assert caplog.messages == [
            "diffapply: DIFFAPPLY_DESIERD is not read. Did you mean 'DIFFAPPLY_DESIRED'?"
        ]

    @pytest.mark.parametrize(
        ("name", "value", "flag"),
        [
            ("jobs", 0, "--jobs"),
            ("lock_timeout", 0.0, "--lock-timeout"),
            ("tenants", "[", "--tenants"),
            ("database_url", "", "--database-url"),
            ("templates", [""], "--template "),
        ],
    )
    def test_in_a_flag(self, repository: Path, name: str, value: object, flag: str) -> None:
        """The message names the flag; an empty value, as of an unset variable, is a mistake."""
        with pytest.raises(UsageError, match=f"^{flag}"):
            loaded(repository, flags={name: value})


def test_no_password_is_ever_shown() -> None:
    """The repr of settings, as in a log or a traceback, holds no URL."""
    settings = Settings(database_url="postgresql://u:secret@h/d", scratch_url="password=secret")
    assert "secret" not in repr(settings)
    assert "database_url='***'" in repr(settings)
    assert "database_url=None" in repr(Settings())


def _open_to_all(folder: Path) -> None:
    (folder / "pyproject.toml").chmod(0o666)


def _in_a_folder_open_to_all(folder: Path) -> None:
    folder.chmod(0o1777)


def _anothers(folder: Path) -> None:
    os.chown(folder / "pyproject.toml", 12345, -1)


def _anothers_link(folder: Path) -> None:
    (folder / "pyproject.toml").rename(folder / "own.toml")
    (folder / "pyproject.toml").symlink_to(folder / "own.toml")
    os.chown(folder / "pyproject.toml", 12345, -1, follow_symlinks=False)


class TestAFolderAbove:
    """What a pyproject.toml above the working folder names is run: it must not be anybody's."""

    @pytest.mark.parametrize(
        "spoil", [_open_to_all, _in_a_folder_open_to_all, _anothers, _anothers_link]
    )
    def test_that_others_may_have_written(
        self, repository: Path, spoil: Callable[[Path], None]
    ) -> None:
        """It is refused by its name, and is none of the settings."""
        if spoil in (_anothers, _anothers_link) and os.geteuid() != 0:
            pytest.skip("only root can give a file away")
        pyproject(repository, 'tenants-query = "select evil()"')
        (inner := repository / "inner").mkdir()
        assert load({}, {}, inner).tenants_query == "select evil()"
        spoil(repository)
        with pytest.raises(UsageError, match=r"pyproject\.toml, in a folder above"):
            load({}, {}, inner)

    def test_of_whoever_owns_the_working_folder(self, repository: Path) -> None:
        """As root in somebody's project, such as in a container, it is as it always was."""
        if os.geteuid() != 0:
            pytest.skip("only root can give a file away")
        pyproject(repository, 'tenants = "outer"')
        (inner := repository / "inner").mkdir()
        for path in (repository, inner, repository / "pyproject.toml"):
            os.chown(path, 12345, -1)
        assert load({}, {}, inner).tenants == "outer"

    def test_in_the_working_folder_itself(self, repository: Path) -> None:
        """Whoever went there has seen to it."""
        pyproject(repository, 'tenants = "here"')
        _open_to_all(repository)
        assert load({}, {}, repository).tenants == "here"


ENVS = """jobs = 2
templates = ["public", "blank"]
[tool.diffapply.env.staging]
database-url = "postgresql:///staging"
templates = ["blank"]
[tool.diffapply.env.production]
jobs = 16
"""


class TestEnv:
    """[tool.diffapply.env.NAME] overrides what [tool.diffapply] says."""

    def test_not_chosen_it_says_nothing(self, repository: Path) -> None:
        pyproject(repository, ENVS)
        settings = loaded(repository)
        assert (settings.jobs, settings.database_url) == (2, None)

    @pytest.mark.parametrize(
        ("flags", "environ"),
        [
            ({"env": "staging"}, {}),
            ({}, {"DIFFAPPLY_ENV": "staging"}),
            ({"env": "staging"}, {"DIFFAPPLY_ENV": "production"}),
        ],
    )
    def test_its_keys_win_over_the_file(
        self, repository: Path, flags: dict[str, object], environ: dict[str, str]
    ) -> None:
        """A list replaces the list; what it does not say stays."""
        pyproject(repository, ENVS)
        settings = loaded(repository, flags, environ)
        assert settings.database_url == "postgresql:///staging"
        assert (settings.templates, settings.jobs) == (("blank",), 2)

    def test_flags_and_variables_win_over_it(self, repository: Path) -> None:
        pyproject(repository, ENVS)
        settings = loaded(repository, {"env": "production"}, {"DIFFAPPLY_JOBS": "3"})
        assert settings.jobs == 3

    def test_an_unknown_name_lists_the_known_ones(self, repository: Path) -> None:
        pyproject(repository, ENVS)
        with pytest.raises(UsageError, match=r"'stging'.* has 'production', 'staging'\."):
            loaded(repository, {"env": "stging"})

    def test_none_is_known(self, repository: Path) -> None:
        with pytest.raises(UsageError, match="no environment 'x': no pyproject"):
            loaded(repository, {"env": "x"})
        pyproject(repository, "jobs = 2")
        with pytest.raises(UsageError, match=r"no environment 'x'.* has none"):
            loaded(repository, {"env": "x"})

    @pytest.mark.parametrize("table", ["env = 1", "env = {x = 1}", "[tool.diffapply.env]\nx = 1"])
    def test_a_value_that_is_no_table(self, repository: Path, table: str) -> None:
        pyproject(repository, table)
        with pytest.raises(UsageError, match="must hold tables"):
            loaded(repository)

    def test_a_mistake_is_found_even_if_another_is_chosen(self, repository: Path) -> None:
        pyproject(repository, ENVS + "[tool.diffapply.env.ci]\njobbs = 1")
        with pytest.raises(UsageError, match=r"\[tool.diffapply.env.ci\].*'jobbs'"):
            loaded(repository, {"env": "staging"})

    @pytest.mark.parametrize("variable", ["DATABASE_URL", "DIFFAPPLY_DATABASE_URL"])
    def test_two_databases_are_not_guessed_between(self, repository: Path, variable: str) -> None:
        """Whoever chooses staging must not reach production because of a variable."""
        pyproject(repository, ENVS)
        environ = {variable: "postgresql://app:s3cret@prod/app"}
        with pytest.raises(UsageError, match="name different databases") as raised:
            loaded(repository, {"env": "staging"}, environ)
        assert "s3cret" not in f"{raised.value} {raised.value.hint}"
        same = {variable: "postgresql:///staging"}
        assert loaded(repository, {"env": "staging"}, same).database_url == same[variable]
        chosen = {"env": "staging", "database_url": "postgresql:///third"}
        assert loaded(repository, chosen, environ).database_url == "postgresql:///third"
        assert loaded(repository, {"env": "production"}, environ).database_url == environ[variable]
