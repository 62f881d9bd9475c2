"""Folders, users, devices and consoles as they are found on other workstations."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from leukview.cli.main import main
from leukview.core.errors import StoreError
from leukview.core.paths import HOME_VARIABLE
from leukview.storage.database import open_database, sqlite_url

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="devices and user numbers of POSIX")
ROOT = Path(__file__).parents[2]


def leukview(*arguments: str, before: str = "", **more: object) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a process of its own, after the statements of `before`."""
    code = f"import sys\n{before}\nfrom leukview.cli.main import main\nsys.exit(main({list(arguments)!a}))"
    command = [sys.executable, "-c", code]
    done: subprocess.CompletedProcess[bytes] = subprocess.run(
        command, check=False, cwd=ROOT, stderr=subprocess.PIPE, timeout=120, **more
    )  # type: ignore[call-overload]
    return done


def assert_one_sentence(done: subprocess.CompletedProcess[bytes], words: str) -> None:
    told = done.stderr.decode()
    assert done.returncode == 1, told
    assert "Traceback" not in told
    assert "Exception ignored" not in told
    assert words in told


@pytest.mark.parametrize(
    "name", ["a%20b", "a b", "a?b", "a#b", "a?mode=memory", "日本 ü", "a%2Fb", "a&b=c", "file:x", "q\"'", "a%", "-x"]
)
def test_that_the_data_go_into_exactly_the_folder_named(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / name))
    monkeypatch.chdir(tmp_path)
    assert main(["audit", "verify"]) == 0
    assert [p.name for p in tmp_path.iterdir() if p.name != "keys"] == [name]
    assert {"leukview.db", "identity.db", "identity.key"} <= {p.name for p in (tmp_path / name).iterdir()}
    assert capsys.readouterr().err == ""


def test_that_a_relative_data_folder_is_the_one_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(HOME_VARIABLE, "file:data?x")
    monkeypatch.chdir(tmp_path)
    assert main(["audit", "verify"]) == 0
    assert [p.name for p in tmp_path.iterdir() if p.name != "keys"] == ["file:data?x"]


@pytest.mark.parametrize("command", ["doctor", "audit", "models"])
def test_that_a_data_folder_that_cannot_be_made_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "file" / "home"))
    assert main([command, *{"audit": ["verify"], "models": ["list"]}.get(command, [])]) == 1
    printed = capsys.readouterr()
    assert "cannot create its folder" in printed.out + printed.err
    assert "Traceback" not in printed.err


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("cache", "file"),
        ("models", "file"),
        ("leukview.db", "folder"),
        ("identity.db", "pipe"),
        ("identity.db", "file"),
        ("identity.key", "file"),
        ("identity.key", "pipe"),
    ],
)
def test_that_something_else_under_a_name_of_ours_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, kind: str
):
    home = tmp_path / "home"
    home.mkdir()
    {"file": lambda p: p.write_bytes(b"x" * 7), "folder": Path.mkdir, "pipe": os.mkfifo}[kind](home / name)
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    assert main(["doctor"]) == 1
    printed = capsys.readouterr()
    assert "Traceback" not in printed.out + printed.err
    assert "BAD" in printed.out


def test_that_a_user_without_a_name_is_told(tmp_path: Path):
    nameless = (
        "import os\nfor v in ('LOGNAME', 'USER', 'LNAME', 'USERNAME'): os.environ.pop(v, None)\n"
        "os.getuid = lambda: 4_000_000"
    )
    done = leukview("doctor", before=nameless, stdout=subprocess.PIPE)
    assert done.returncode == 1
    assert b"no name for this user" in done.stdout
    assert b"Traceback" not in done.stderr
    (tmp_path / "demo").mkdir()
    assert_one_sentence(
        leukview("corrections", "export", str(tmp_path / "out"), before=nameless, stdout=subprocess.PIPE), "no name"
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
@pytest.mark.parametrize("arguments", [["models", "list"], ["--help"], ["--version"]])
def test_that_output_to_a_full_device_is_told(arguments: list[str]):
    with Path("/dev/full").open("wb") as full:
        assert_one_sentence(leukview(*arguments, stdout=full), "no space left")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
def test_that_errors_to_a_full_device_keep_their_exit_code(tmp_path: Path):
    with Path("/dev/full").open("wb") as full:
        code = "import sys\nfrom leukview.cli.main import main\nsys.exit(main(['inspect', '/nowhere']))"
        done = subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT, stderr=full, timeout=120)
    assert done.returncode == 1


def test_that_output_over_a_device_leaves_the_device(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    pipe = tmp_path / "out.csv"
    os.mkfifo(pipe)
    assert main(["audit", "export", str(pipe)]) == 1
    assert "no file" in capsys.readouterr().err
    assert pipe.is_fifo()


@pytest.mark.parametrize("encoding", ["ascii", "cp437", "latin-1"])
def test_that_a_console_that_cannot_show_a_character_shows_another(tmp_path: Path, encoding: str):
    folder = tmp_path / "Łukasz 日本"
    folder.mkdir()
    done = leukview(
        "inspect", str(folder), stdout=subprocess.PIPE, env={**os.environ, "PYTHONIOENCODING": f"{encoding}:strict"}
    )
    assert done.returncode == 1
    assert b"contains no cell images" in done.stderr
    assert b"?" in done.stderr
    assert b"Traceback" not in done.stderr


def test_that_files_and_pipes_get_utf_8_whatever_the_locale():
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LC_", "LANG"))}
    done = leukview("inspect", "日本", stdout=subprocess.PIPE, env={**env, "LC_ALL": "C", "PYTHONUTF8": "0"})
    assert "“日本” does not exist" in done.stderr.decode("utf-8")


@pytest.mark.parametrize("query", ["?nolock=1", "?nolock=1&uri=true", "?immutable=1", "?vfs=unix-none"])
def test_that_an_address_which_turns_locks_off_is_refused(
    tmp_path: Path, query: str, capsys: pytest.CaptureFixture[str]
):
    """Without locks, two connections of one program meet half a commit: SQLite then reports an error of the disk."""
    url = f"sqlite:///file:{tmp_path / 'leukview.db'}{query}"
    assert main(["audit", "verify", "--database", url]) == 1
    assert "turns its file locks off" in capsys.readouterr().err
    assert not list(tmp_path.glob("leukview.db*"))


@pytest.mark.parametrize("query", ["?vfs=unix-dotfile", "?vfs=unix-dotfile&nolock=0&uri=true"])
def test_that_a_place_without_write_ahead_log_gets_a_rollback_journal(tmp_path: Path, query: str):
    url = f"sqlite:///file:{tmp_path / 'leukview.db'}{query}"
    assert main(["audit", "verify", "--database", url]) == 0
    with closing(open_database(url, backup_dir=tmp_path)) as database, database.read_transaction() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 3


def test_that_a_file_named_by_a_uri_is_the_one_made(tmp_path: Path):
    folder = tmp_path / "a b"
    folder.mkdir()
    quoted = str(folder / "x.db").replace(" ", "%2520")  # the URL is decoded once, the URI in it once more
    open_database(f"sqlite:///file:{quoted}?uri=true", backup_dir=tmp_path).close()
    assert [p.name for p in folder.iterdir()] == ["x.db"]
    assert [p.name for p in tmp_path.iterdir()] == ["a b"] or (tmp_path / "home").exists()


@pytest.mark.parametrize(
    "address",
    [
        "sqlite:////tmp/a\0b.db",
        "sqlite:///file::memory:?uri=true",
        "sqlite:///file:x?mode=memory&uri=true",
        "nonsense",
        "sqlite:///x.db?vfs=unix-dotfile",
        "sqlite:///x.db?timeout=1",
        "sqlite://[",
    ],
)
def test_that_an_address_that_cannot_be_used_is_told(tmp_path: Path, address: str):
    with pytest.raises(StoreError):
        open_database(address, backup_dir=tmp_path)
    assert main(["audit", "verify", "--database", address]) == 1


def test_that_a_pipe_as_database_does_not_hang(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.db")
    with pytest.raises(StoreError, match="does not name a file"):
        open_database(sqlite_url(tmp_path / "pipe.db"), backup_dir=tmp_path)


@pytest.mark.parametrize("command", ["inspect", "analyze"])
@pytest.mark.parametrize("kind", ["pipe", "device", "nul"])
def test_that_what_is_neither_folder_nor_archive_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, kind: str
):
    path = {"pipe": str(tmp_path / "pipe.zip"), "device": "/dev/zero", "nul": "a\0b"}[kind]
    if kind == "pipe":
        os.mkfifo(path)
    assert main([command, path, *(["--output", str(tmp_path / "out")] if command == "analyze" else [])]) == 1
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err
    assert printed.err.strip()
