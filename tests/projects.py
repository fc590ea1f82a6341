"""A project of a test's own: tenants in a database, and a folder with the desired state."""

from pathlib import Path

from tests.servers import Cli, Database, Outcome


class Project:
    """Tenants in a database, and a folder with settings and the desired state."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder = database, folder
        self.cli = Cli(database.url)

    def settle(self, settings: str) -> None:
        """Let these be the settings, beside where the desired state is."""
        text = f'[tool.diffapply]\ndesired = "desired.sql"\n{settings}\n'
        (self.folder / "pyproject.toml").write_text(text)

    def desire(self, *statements: str) -> None:
        """Let these be the desired state, as they are: semicolons and comments are theirs."""
        (self.folder / "desired.sql").write_text("\n".join(statements))

    def tenant(self, name: str, *statements: str) -> None:
        """Create a tenant of these statements."""
        make_tenant(self.database, name, *statements)

    def change(self, name: str, *statements: str) -> None:
        """Run statements in a tenant by hand."""
        run_in(self.database, name, *statements)

    def __call__(self, *arguments: str) -> Outcome:
        """Run a command in the folder."""
        return self.cli(*arguments, cwd=self.folder)

    def done(self, *arguments: str) -> Outcome:
        """Run a command that succeeds."""
        outcome = self(*arguments)
        assert outcome.code == 0, outcome.out + outcome.err
        return outcome


def make_tenant(database: Database, name: str, *statements: str) -> None:
    """Create a tenant of these statements."""
    database.execute(f"create schema {name}")
    run_in(database, name, *statements)


def run_in(database: Database, name: str, *statements: str) -> None:
    """Run statements in a tenant."""
    database.execute(f"set search_path = {name}")
    for statement in filter(None, statements):
        database.execute(statement)
    database.execute("reset search_path")
