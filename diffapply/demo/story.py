"""The demo's steps. Each runs the real command line and shows what it prints."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path

from psycopg2.extensions import make_dsn

from diffapply.config import DEFAULT_DESIRED
from diffapply.database import embedded
from diffapply.database.connection import connected
from diffapply.errors import DiffapplyError

DATABASE = "diffapply_demo"
"""A database of the demo's own on the embedded server; made anew each time."""

_HERE = files("diffapply.demo")

Write = Callable[[str], None]


def run_demo(write: Write) -> None:
    """Tell the story, from three shapes of tenants to one, and back, and forward.

    It never touches a database but its own on the embedded server, whatever the environment
    names.

    Args:
        write: called with each piece of text to show.

    Raises:
        DiffapplyError: the embedded server cannot be started, or a step did not end as it should.
    """
    server = embedded.ensure_running()
    with connected(server) as connection, connection.cursor() as cursor:
        cursor.execute(f"drop database if exists {DATABASE} with (force)")
        cursor.execute(f"create database {DATABASE}")
    url = make_dsn(server, dbname=DATABASE)
    sample = Path(DEFAULT_DESIRED.partition(":")[0]).resolve()
    with as_file(_HERE / "desired.sql") as packaged, tempfile.TemporaryDirectory() as folder:
        desired = f"{sample}:metadata" if sample.is_file() else str(packaged)
        _Story(write, url, desired, Path(folder)).tell()


class _Story:
    """What the steps share: where they run, and how they are shown."""

    def __init__(self, write: Write, url: str, desired: str, folder: Path) -> None:
        self._write = write
        self._url = url
        self._folder = folder
        # Nothing of the user's own settings may leak in, but where the embedded server is.
        self._environment = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith("DIFFAPPLY_") or key == "DIFFAPPLY_HOME"
        } | {
            "DATABASE_URL": url,
            "DIFFAPPLY_DATABASE_URL": url,
            "DIFFAPPLY_DESIRED": desired,
            "PYTHONPATH": os.pathsep.join(sys.path),
        }

    def tell(self) -> None:
        """Run all steps."""
        self._say("Twelve tenants on a real PostgreSQL: nine at the last release, three behind it.")
        self._sql("tenants.sql")
        self._say("What would have to be done? Each shape is compared and rehearsed once.")
        self._run("plan")
        self._say("Do it: every tenant wholly or not at all, and proved before it commits.")
        self._run("apply", "--yes")
        self._run("drift")
        self._say("On Friday evening, somebody changes two tenants by hand.")
        self._sql("by_hand.sql", show=True)
        self._say("CI notices: exit code 2, and what differs, object by object.")
        self._run("drift", exit_code=2)
        self._say("Take it all back, even where a tenant has drifted. But one has rows by now:")
        self._sql("at_work.sql", show=True)
        self._run("apply", "--backward", "--yes", exit_code=3)
        self._say("What would lose data needs to be allowed.")
        self._run("apply", "--backward", "--only", "user_5", "--allow-destructive", "--yes")
        self._say("And forward again.")
        self._run("apply", "--yes")
        self._run("drift")
        self._run("history")
        self._write(
            "\nThat is all of it. README.md says how to point it at your own tenants.\n"
            "`diffapply demo --stop` stops the embedded server.\n"
        )

    def _say(self, text: str) -> None:
        self._write(f"\n─── {text}\n")

    def _sql(self, name: str, *, show: bool = False) -> None:
        text = (_HERE / name).read_text(encoding="utf-8")
        if show:
            statements = [line for line in text.splitlines() if not line.startswith("--")]
            self._write("\n" + "\n".join(f"    {line}" for line in statements) + "\n")
        with connected(self._url) as connection, connection.cursor() as cursor:
            cursor.execute(text)

    def _run(self, *arguments: str, exit_code: int = 0) -> None:
        self._write(f"\n$ diffapply {' '.join(arguments)}\n")
        done = subprocess.run(
            [sys.executable, "-m", "diffapply", *arguments],
            env=self._environment,
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
        )
        self._write(done.stdout + done.stderr)
        if done.returncode != exit_code:
            raise DiffapplyError(
                f"The demo expected exit code {exit_code}, but the command ended with "
                f"{done.returncode}.",
                outcome="",
            )
        if exit_code:
            self._write(f"(exit code {exit_code})\n")
