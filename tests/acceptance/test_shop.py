"""The example in examples/shop: its README tells the truth, and so do its models."""

import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from subprocess import run

import pytest

from diffapply.database.embedded_home import installation
from tests import pages
from tests.servers import DEFAULT_VERSION, Cli, Database

_SHOP = Path(__file__).parents[2] / "examples" / "shop"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The example in a folder of its own, where it can be changed."""
    return Path(shutil.copytree(_SHOP, tmp_path / "shop"))


def _environment(url: str, home: Path) -> dict[str, str]:
    programs = [Path(sysconfig.get_path("scripts")), installation(DEFAULT_VERSION) / "bin"]
    return pages.environment_for(url, programs, home)


@pytest.fixture
def environment(owner_url: str, tmp_path: Path) -> Mapping[str, str]:
    return _environment(owner_url, tmp_path)


@pytest.fixture
def without_database() -> Iterator[Mapping[str, str]]:
    """An environment that names none: an embedded server of its own, which ends with the test."""
    with tempfile.TemporaryDirectory() as folder:
        # The account of the server reaches it, too.
        Path(folder).chmod(0o755)
        environment = _environment("", Path(folder))
        environment["DIFFAPPLY_HOME"] = str(Path(folder) / "home")
        try:
            yield environment
        finally:
            stop = [sys.executable, "-m", "diffapply.main", "server", "stop"]
            run(stop, env=environment, check=True, capture_output=True)


def _make(shop: Path, environment: Mapping[str, str], *options: str) -> None:
    done = run(
        [sys.executable, "fleet.py", *options],
        cwd=shop,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.postgres(18, prove=(15,))
def test_the_revisions_lead_to_the_models(
    owner_url: str, shop: Path, environment: Mapping[str, str]
) -> None:
    """But for the index that a revision made and no model says: the story begins with it."""
    _make(shop, environment, "--tenants", "2")
    settings = ("--desired", "shop/models.py:Base", "--tenants", r"^merchant_\d+$")
    path = ("--search-path", "public", "--search-path", "directory", "--tenant-token", "tenant")
    drift = Cli(owner_url)("drift", "--format", "json", *settings, *path, cwd=shop)
    assert drift.code == 2, drift.err
    told = [its["name"] for one in drift.json["tenants"] for its in one["differences"]]
    assert told == ["ix_orders_placed_at"] * 2


@pytest.mark.prove
@pytest.mark.postgres(18, prove=(15, 16, 17))
def test_its_readme_can_be_followed(
    owner_url: str, shop: Path, environment: Mapping[str, str]
) -> None:
    commands = pages.run(shop / "README.md", shop, environment, owner_url)
    assert len(commands) > 15


@pytest.mark.prove
def test_its_readme_can_be_followed_without_a_database(
    shop: Path, without_database: Mapping[str, str]
) -> None:
    """On the server that diffapply brings along, which says so before each result."""
    readme = shop / "README.md"
    commands = pages.run(readme, shop, without_database, "", beside="using the embedded PostgreSQL")
    assert len(commands) > 15


_UNSAID = r"""
select nspname, array[pg_get_viewdef(v.oid), pg_get_functiondef(p.oid), pg_get_triggerdef(t.oid),
    t.tgenabled::text]
from pg_namespace n
join pg_class v on v.relnamespace = n.oid and v.relname = 'order_totals'
join pg_proc p on p.pronamespace = n.oid and p.proname = 'log_change'
join pg_trigger t on t.tgfoid = p.oid and t.tgname = 'orders_audit'
where nspname ~ '^merchant_' order by 1
"""


@pytest.mark.prove
def test_models_that_say_nothing_of_views_and_triggers(
    database: Database, owner_url: str, shop: Path, environment: Mapping[str, str]
) -> None:
    """The migrations made a view, a function and a trigger: all stay, and are told once."""
    _make(shop, environment, "--tenants", "20")
    cli = Cli(owner_url)
    before = database.rows(_UNSAID)
    assert len(before) == 20
    unsaid = ("view order_totals", "routine log_change()", "trigger orders.orders_audit")
    found = cli("init", "--yes", "--desired", "shop/tables.py:metadata", cwd=shop)
    assert found.code == 0, found.err
    assert 'manage = "declared"' in (shop / "pyproject.toml").read_text(encoding="utf-8")
    planned = cli("plan", "--format", "json", cwd=shop).json
    assert planned["tenants"]["blocked"] == 0
    said = "\n".join(
        its["sql"] for transition in planned["transitions"] for its in transition["statements"]
    )
    assert "DROP INDEX ix_orders_placed_at" in said
    assert not [its for its in unsaid if its.split()[-1].split(".")[-1].rstrip("()") in said]
    applied = cli("apply", "--yes", "--allow-destructive", cwd=shop)
    assert applied.code == 0, applied.out + applied.err
    drift = cli("drift", cwd=shop)
    assert drift.code == 0, drift.out
    for told in (found.out, drift.out):
        assert [told.count(its) for its in ("left alone, because", *unsaid)] == [1] * 4
    assert database.rows(_UNSAID) == before
