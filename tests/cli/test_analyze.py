"""A tree of slides on one process, on two, and on a cluster: the same numbers; killed and resumed: nothing lost."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from leukview.cli.main import main
from leukview.core.paths import DATABASE_VARIABLE, HOME_VARIABLE, KEYS_VARIABLE
from leukview.services.batch.output import COMPLETION_FILE
from tests.manual.batch_trial import ROOT, corrupt_slide, run_trial, write_slides
from tests.support.postgres import PostgresServer

SLIDES, CELLS = 5, 4
CORRUPT_SLIDE = "Synthetic_0003"
CELLS_QUERY = (
    "SELECT slide_id, number, cells.id, source_class, bundle, segmenter, label, body "
    "FROM cells JOIN predictions ON cell_id = cells.id ORDER BY slide_id, number"
)
SLIDES_QUERY = "SELECT id, patient, layout, synthetic FROM slides ORDER BY imported_at"

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five small slides, one of them poisoned; two lie deeper, one in an archive."""
    root = tmp_path_factory.mktemp("tree")
    write_slides(root / "slides", SLIDES, CELLS, root / "drawn")
    corrupt_slide(root / "slides" / CORRUPT_SLIDE)
    deeper = root / "slides" / "2026" / "May"
    deeper.mkdir(parents=True)
    (root / "slides" / "Synthetic_0002").rename(deeper / "Synthetic_0002")
    shutil.make_archive(str(root / "slides" / "Synthetic_0005"), "zip", root / "slides" / "Synthetic_0005")
    shutil.rmtree(root / "slides" / "Synthetic_0005")
    return root / "slides"


@pytest.fixture(scope="module")
def key() -> bytes:
    """A key of the identity vault: with the same, two homes give the same pseudonyms."""
    return bytes(range(32))


def analyse_tree_in_home(
    tree: Path, home: Path, key: bytes, monkeypatch: pytest.MonkeyPatch, *options: str
) -> tuple[int, dict[str, bytes], list[tuple[object, ...]]]:
    """Exit code, files by path without reports and marks, and what the database says of slides and cells."""
    home.mkdir()
    (home / "identity.key").write_bytes(key)
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    monkeypatch.setenv(KEYS_VARIABLE, str(home.with_name(f"{home.name}-keys")))
    output = home / "out"
    code = main(["analyze", str(tree), "--output", str(output), "--save-masks", *options])
    return code, written_files(output), stored_rows(home)


def written_files(output: Path) -> dict[str, bytes]:
    """What the batch wrote, by path; without reports and marks, and without what tells when it was done."""
    found = {}
    for path in output.rglob("*"):
        if path.is_file() and path.name not in {"report.pdf", COMPLETION_FILE}:
            content = path.read_bytes()
            if path.name == "summary.json":
                summary = json.loads(content)
                for key in ("created_at", "imported_at", "review_log"):
                    summary.pop(key, None)
                content = json.dumps(summary).encode()
            found[path.relative_to(output).as_posix()] = content
    return found


def report_texts(output: Path) -> dict[str, str]:
    """Slide → its report's text, without the report's own number and time, and hashes of what holds a time.

    Without spaces too: a hash breaks into lines at other places from report to report.
    """
    texts = {}
    for path in output.glob("*/report.pdf"):
        text = "".join("".join(page.extract_text().split()) for page in PdfReader(path).pages).replace("\u200b", "")
        text = re.sub(r"R-\d{8}-[0-9A-F]{8}", "R-…", text)
        text = re.sub(r"SHA-256[0-9a-f]{64}", "SHA-256…", text)
        texts[path.parent.name] = re.sub(r"\d{4}-\d{2}-\d{2}T?\d{2}:\d{2}(:\d{2})?", "…", text)
    return texts


@pytest.fixture(scope="module")
def alone(tree: Path, key: bytes, tmp_path_factory: pytest.TempPathFactory):
    """The home of a run on one process, and what it made of the tree."""
    home = tmp_path_factory.mktemp("alone") / "one"
    with pytest.MonkeyPatch.context() as patch:
        return home, analyse_tree_in_home(tree, home, key, patch)


def test_that_two_workers_give_what_one_process_gives(
    tree: Path, key: bytes, alone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    home, (code, files, rows) = alone
    assert code == 1
    assert sum(name.endswith("summary.json") for name in files) == SLIDES - 1
    assert sum("/masks/" in name for name in files) == (SLIDES - 1) * CELLS
    assert len(rows) == (SLIDES - 1) * CELLS + SLIDES - 1
    assert analyse_tree_in_home(tree, tmp_path / "two", key, monkeypatch, "--workers", "2") == (code, files, rows)
    told = capsys.readouterr().err
    assert f"1 of {SLIDES} slides could not be analysed" in told
    assert re.search(rf"{CORRUPT_SLIDE}: None of its {CELLS} images can be used", told)
    assert report_texts(tmp_path / "two" / "out") == report_texts(home / "out")


ENGINES = (("dask", "distributed", "Dask is not installed (leukview[cluster])"),)


@pytest.fixture(params=ENGINES, ids=[name for name, _, _ in ENGINES])
def engine(request: pytest.FixtureRequest) -> str:
    """An engine of clusters that is installed; the others are skipped visibly."""
    name, module, reason = request.param
    if importlib.util.find_spec(module) is None:
        pytest.skip(reason)
    pytest.importorskip("psutil", reason="psutil, which finds a cluster's processes, is not installed")
    return str(name)


def run_in_home(home: Path, key: bytes, command: Sequence[str], **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command of Python with a home and an identity key of its own."""
    home.mkdir()
    (home / "identity.key").write_bytes(key)
    environment = os.environ | {"PYTHONPATH": str(ROOT), HOME_VARIABLE: str(home), **more}
    environment[KEYS_VARIABLE] = str(home.with_name(f"{home.name}-keys"))
    whole = [sys.executable, *command]
    return subprocess.run(whole, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_that_a_cluster_gives_what_one_process_gives(tree: Path, key: bytes, alone, engine: str, tmp_path: Path):
    _, (code, files, rows) = alone
    home = tmp_path / engine
    options = "--output", str(home / "out"), "--save-masks", "--workers", "2", "--engine", engine
    done = run_in_home(home, key, ["-m", "leukview", "analyze", str(tree), *options])
    assert (done.returncode, written_files(home / "out"), stored_rows(home)) == (code, files, rows), done.stderr
    assert f"1 of {SLIDES} slides could not be analysed" in done.stderr


def on_cluster(engine: str, how: str, tree: Path, home: Path, key: bytes, **more: str) -> dict[str, Any]:
    """What `tests.crash.killed_worker` says, run in a program of its own."""
    code = "import tests.crash.killed_worker as d\nif __name__ == '__main__':\n    d.main()\n"
    done = run_in_home(home, key, ["-c", code, engine, how, str(tree), str(home / "out")], **more)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def stored_rows(home: Path) -> list[tuple[object, ...]]:
    """What the database of a home says of slides and cells."""
    with closing(sqlite3.connect(home / "leukview.db")) as raw:
        return raw.execute(CELLS_QUERY).fetchall() + raw.execute(SLIDES_QUERY).fetchall()


def test_that_a_cluster_one_of_whose_workers_is_killed_gives_what_one_process_gives(
    tree: Path, key: bytes, alone, engine: str, tmp_path: Path
):
    """SIGKILL on a worker after the first finished slide: what it had under way is done again, nothing is lost."""
    _, (_, files, rows) = alone
    home = tmp_path / engine
    said = on_cluster(engine, "kill", tree, home, key)
    assert len(said["killed"]) == 1
    endings = {o["name"].rpartition("/")[2]: o["status"] for o in said["outcomes"]}
    assert sorted(endings.values()) == ["done"] * (SLIDES - 1) + ["failed"]
    assert endings[CORRUPT_SLIDE] == "failed"
    assert written_files(home / "out") == files
    assert stored_rows(home) == rows


def test_that_a_slide_which_kills_its_worker_is_named_and_the_others_are_done(
    tree: Path, key: bytes, alone, engine: str, tmp_path: Path
):
    _, (_, files, rows) = alone
    home = tmp_path / engine
    said = on_cluster(engine, "deadly", tree, home, key, LEUKVIEW_TEST_DEADLY="Synthetic_0004")
    failed = {o["name"].rpartition("/")[2]: o for o in said["outcomes"] if o["status"] == "failed"}
    assert failed.keys() == {CORRUPT_SLIDE, "Synthetic_0004"}
    assert "The process that worked on it died" in failed["Synthetic_0004"]["message"]
    lost = failed["Synthetic_0004"]["slide_id"]
    assert written_files(home / "out") == {name: data for name, data in files.items() if not name.startswith(lost)}
    assert len(written_files(home / "out")) < len(files)
    kept = [row for row in rows if (row[0] == lost and len(row) == 4) or row[0] != lost]
    assert stored_rows(home) == kept, "the slide itself is stored, without opinions"


def test_that_a_second_call_finds_all_finished_and_prints_the_same_summaries(
    tree: Path, alone, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    home, _ = alone
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    monkeypatch.setenv(KEYS_VARIABLE, str(home.with_name(f"{home.name}-keys")))
    output = home / "out"
    before = {p: p.stat().st_mtime_ns for p in output.rglob("*")}
    assert main(["analyze", str(tree), "--output", str(output), "--save-masks"]) == 1
    said = capsys.readouterr()
    assert f"{SLIDES - 1} of {SLIDES} slides were finished before" in said.out
    assert CORRUPT_SLIDE in said.err
    assert {p: p.stat().st_mtime_ns for p in output.rglob("*")} == before
    assert main(["analyze", str(tree), "--output", str(output), "--json"]) == 1
    summaries = json.loads(capsys.readouterr().out)
    assert {s["slide_id"] for s in summaries} == {p.name for p in output.iterdir()}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no process groups to kill")
def test_that_a_killed_batch_is_resumed_and_every_count_is_exact(tree: Path, tmp_path: Path):
    """Two workers, SIGKILL on the whole group after the first finished slide, the same command again."""
    trial = run_trial(tree, tmp_path / "out", SLIDES, CELLS, 1, ("--workers", "2"))
    assert trial.faults == ()
    assert CORRUPT_SLIDE in trial.failures[0]
    assert not list((tmp_path / "out").rglob("*.part"))


def test_that_wrong_wishes_are_one_sentence(tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    wanted = ["analyze", str(tree), "--output", str(tmp_path / "out")]
    assert main([*wanted, "--workers", "0"]) == 1
    assert main([*wanted, "--cluster", "tcp://head:8786"]) == 1
    said = capsys.readouterr().err
    assert "at least one worker" in said
    assert "needs an engine" in said
    assert not (tmp_path / "out").exists()


def test_that_an_archive_on_a_server_takes_the_same_results(
    tree: Path, key: bytes, alone, postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """``LEUKVIEW_DATABASE_URL`` names PostgreSQL: the same files, the same rows, and a sound log."""
    _, (_, files, rows) = alone
    home = tmp_path / "shared"
    home.mkdir()
    (home / "identity.key").write_bytes(key)
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    monkeypatch.setenv(KEYS_VARIABLE, str(home.with_name(f"{home.name}-keys")))
    with postgres.database() as name:
        monkeypatch.setenv(DATABASE_VARIABLE, postgres.url(name))
        assert main(["analyze", str(tree), "--output", str(home / "out"), "--save-masks", "--workers", "2"]) == 1
        assert written_files(home / "out") == files
        assert postgres.execute(name, CELLS_QUERY) + postgres.execute(name, SLIDES_QUERY) == rows
        assert main(["doctor"]) == 0
        assert main(["audit", "verify"]) == 0
    assert not (home / "leukview.db").exists()
