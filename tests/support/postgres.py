"""PostgreSQL server for tests.

It needs the server programs (Debian package ``postgresql``).
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

_database_numbers = count(1)


class PostgresServer:
    """Running server that listens only on a socket in its folder.

    Args:
        folder: Folder of the socket.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def url(self, database: str) -> str:
        """URL of one of its databases in the form that users write."""
        return f"postgresql://leukview@/{database}?host={self._folder}"

    def execute(self, database: str, *statements: str) -> list[tuple[object, ...]]:
        """Run statements directly, commit each, and return the rows of the last."""
        import psycopg

        rows: list[tuple[object, ...]] = []
        with psycopg.connect(f"user=leukview dbname={database} host={self._folder}", autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
                rows = cursor.fetchall() if cursor.description else []
        return rows

    @contextmanager
    def database(self) -> Iterator[str]:
        """Create an empty database and yield its name; drop it when the block ends."""
        name = f"leukview_{next(_database_numbers)}"
        self.execute("postgres", f"CREATE DATABASE {name}")
        try:
            yield name
        finally:
            self.execute("postgres", f"DROP DATABASE {name} WITH (FORCE)")


def _server_programs() -> Path | None:
    """Folder of the server programs, which Debian does not add to PATH."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((p for p in places if (p / "initdb").exists() and (p / "pg_ctl").exists()), None)


def _unprivileged_user() -> dict[str, object]:
    """Arguments of `subprocess.run` for another user if this process is root.

    The server does not run as root.
    """
    import pwd

    if os.getuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    somebody = names.get("postgres") or names.get("nobody")
    if somebody is None:
        pytest.skip("PostgreSQL does not run as root, and there is no other user here")
    return {"user": somebody.pw_uid, "group": somebody.pw_gid, "extra_groups": []}


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Start a new server; skip the test if PostgreSQL or its driver is missing."""
    programs = None if sys.platform == "win32" else _server_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian package postgresql)")
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("the driver of PostgreSQL is not installed (leukview[postgres])")
    somebody = _unprivileged_user()
    # Not in pytest's folder, which only its user may enter. The path of a socket must also be short.
    folder = Path(tempfile.mkdtemp(prefix="lv-pg-"))
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", str(folder / "data"), *arguments]
        with (folder / "said").open("ab") as said:
            done = subprocess.run(
                command,
                cwd=folder,
                env=environment,
                stdout=said,
                stderr=said,
                check=False,
                **somebody,  # type: ignore[call-overload] # the user arguments are a dictionary
            )
        assert done.returncode == 0, (folder / "said").read_text(encoding="utf-8", errors="replace")

    try:
        (folder / "said").touch()
        if somebody:
            os.chown(folder, somebody["user"], somebody["group"])  # type: ignore[arg-type] # both are integers
        run("initdb", "-U", "leukview", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        run(
            "pg_ctl", "-w", "-t", "120", "-l", str(folder / "log"), "-o", f"-k {folder} -c listen_addresses=''", "start"
        )
        try:
            yield PostgresServer(folder)
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
