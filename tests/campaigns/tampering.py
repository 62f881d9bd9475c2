"""Changes to a signed database by its owner, each of which ``leukview audit verify`` must find.

Every trial puts a prepared data folder back, changes the database as somebody with a database tool would, who knows the
program but not its key, and runs the command. Full size: ``python -m tests.campaigns.tampering --trials 100 --seed 1``.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import random
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.cli.main import main as run_command
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.core.paths import HOME_VARIABLE, KEYS_VARIABLE
from leukview.domain.models.model_registry import RegistryChange
from leukview.domain.review.hash_chain import GENESIS_HASH, canonical_hash
from leukview.domain.review.reviewer_profile import ReviewerRole
from leukview.services.workbench import Workbench
from leukview.storage.model_registry import REGISTRY_FILE, SqlModelRegistry
from tests.support.storage_examples import images_taken_as_present, make_draft, make_prediction
from tests.support.workstation import review_slide

EVENT_COLUMNS = ("seq", "id", "slide_id", "kind", "cells", "payload", "reviewer", "at", "previous")
PROFILE_COLUMNS = ("seq", "profile_id", "change", "name", "detail", "actor", "at", "previous")
MODEL_COLUMNS = (
    "seq", "change", "bundle", "name", "before", "signer", "meaning", "reason", "comparison", "at", "previous",
)  # fmt: skip
CHIEF, CHIEF_PIN = "Chief", "chief-pin"
SIGNER = "Dr. Ada Weiss"
SNAPSHOTS = 6


@dataclass(frozen=True)
class Prepared:
    """Prepared data folders, and where they are put for a trial.

    Attributes:
        root: Folder with ``base`` (closed), ``torn`` (write-ahead log not merged yet), ``older-N`` (database files of
            before) and ``live``, the place of the trials.
    """

    root: Path

    @property
    def live(self) -> Path:
        return self.root / "live"

    @property
    def database(self) -> Path:
        return self.live / "home" / "leukview.db"

    def restore(self, name: str = "base") -> None:
        shutil.rmtree(self.live, ignore_errors=True)
        shutil.copytree(self.root / name, self.live)

    @contextlib.contextmanager
    def raw(self, file: str = "leukview.db", *, keep_triggers: bool = False) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(sqlite3.connect(self.live / "home" / file)) as connection:
            if not keep_triggers:
                names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
                for (name,) in names:
                    connection.execute(f"DROP TRIGGER {name}")
            yield connection
            connection.commit()


def prepare(root: Path, *, models: int = 3) -> Prepared:
    """Make a workstation with two reviewers, two slides and one signature, and keep states of before.

    `models` is the number of entries of the model registry.
    """
    prepared = Prepared(root)
    home = prepared.live / "home"
    home.mkdir(parents=True)
    with open_workbench(RuntimeOptions()) as workbench:
        workbench.profiles.add("system", CHIEF, ReviewerRole.ADMINISTRATOR, CHIEF_PIN)
        workbench.profiles.add(CHIEF, SIGNER, ReviewerRole.REVIEWER, "4711")
        signed, other = (_add_slide(workbench, name) for name in ("one", "two"))
    for number in range(SNAPSHOTS):
        with open_workbench(RuntimeOptions()) as workbench:
            session = workbench.open_session(other, SIGNER)
            session.comment([], f"state {number}")
        shutil.copytree(home, root / f"older-{number}")
    with open_workbench(RuntimeOptions()) as workbench:
        session = workbench.open_session(signed, SIGNER)
        review_slide(session)
        with images_taken_as_present():
            session.sign(SIGNER, "Reviewed", "few cells")
        registry = workbench.model_registry._registry
        assert isinstance(registry, SqlModelRegistry)
        for number in range(models):
            registry.append(
                RegistryChange.INSTALL,
                bundle=f"{number}" * 64,
                name=f"model {number}",
                before=f"{number - 1}" * 64 if number else "",
                signer=CHIEF,
                meaning="released",
                reason="better",
                comparison="{}",
            )
    shutil.copytree(prepared.live, root / "base")
    with open_workbench(RuntimeOptions()) as workbench:
        session = workbench.open_session(other, SIGNER)
        for number in range(8):
            session.comment([], f"later {number}")
        shutil.copytree(prepared.live, root / "torn")
    return prepared


def _add_slide(workbench: Workbench, name: str) -> str:
    draft = make_draft([f"{name} {n}" for n in range(12)], patient=f"Doe^{name}", root=f"/exports/{name}")
    (slide,) = workbench.import_slides([draft], CancelToken(), null_reporter)
    store = workbench._dependencies.slide_store
    store.save_predictions({cell.id: make_prediction("lymphocyte") for cell in store.cells(slide.id)})
    return slide.id


Attack = Callable[[Prepared, random.Random], None]


def _rows(connection: sqlite3.Connection, table: str, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    found = connection.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY seq").fetchall()  # noqa: S608
    return [dict(zip(columns, row, strict=True)) for row in found]


def _rewrite_chain(
    connection: sqlite3.Connection, table: str, columns: tuple[str, ...], rows: list[dict[str, Any]]
) -> None:
    """Write all rows with new hashes, as the program would compute them."""
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute(f"DELETE FROM {table}")  # noqa: S608
    previous = GENESIS_HASH
    for seq, row in enumerate(rows, 1):
        row |= {"seq": seq, "previous": previous}
        parsed: dict[str, Any] = {
            **row,
            **{key: json.loads(str(row[key])) for key in ("cells", "payload") if key in row},
        }
        previous = canonical_hash([parsed[name] for name in columns])
        marks = ", ".join("?" for _ in range(len(columns) + 1))
        values = [*(row[name] for name in columns), previous]
        connection.execute(f"INSERT INTO {table} ({', '.join(columns)}, hash) VALUES ({marks})", values)  # noqa: S608


def _tidy_seals(connection: sqlite3.Connection, rng: random.Random) -> None:
    """What an attacker may do about the seals: nothing, remove some, all, or all and the statements."""
    choice = rng.randrange(4)
    if choice == 1:
        connection.execute("DELETE FROM seals WHERE seq > (SELECT MAX(seq) FROM review_events)")
    if choice >= 2:
        connection.execute("DELETE FROM seals")
    if choice == 3:
        connection.execute("DELETE FROM seal_statements")


def cut_tail(prepared: Prepared, rng: random.Random) -> None:
    with prepared.raw() as connection:
        count = connection.execute("SELECT MAX(seq) FROM review_events").fetchone()[0]
        connection.execute("DELETE FROM review_events WHERE seq > ?", [count - rng.randint(1, count)])
        _tidy_seals(connection, rng)
    _maybe_go_on(rng)


def write_new_chain(prepared: Prepared, rng: random.Random) -> None:
    with prepared.raw() as connection:
        rows = _rows(connection, "review_events", EVENT_COLUMNS)
        victim = rng.choice(rows)
        match rng.randrange(4):
            case 0:
                victim["reviewer"] = "Dr. Nobody"
            case 1:
                victim["payload"] = json.dumps({**json.loads(victim["payload"]), "label": "blast", "text": "changed"})
            case 2:
                victim["at"] = "2020-01-01T00:00:00.000000+00:00"
            case _:
                rows.remove(victim)
        _rewrite_chain(connection, "review_events", EVENT_COLUMNS, rows)
        _tidy_seals(connection, rng)
    _maybe_go_on(rng)


def forge_insert(prepared: Prepared, rng: random.Random) -> None:
    """A row that fits the chain, written with the triggers in place, sometimes with a made-up seal."""
    with prepared.raw(keep_triggers=True) as connection:
        seq, previous = connection.execute("SELECT seq, hash FROM review_events ORDER BY seq DESC LIMIT 1").fetchone()
        slide = rng.choice(connection.execute("SELECT id FROM slides").fetchall())[0]
        body: list[Any] = [seq + 1, f"{rng.getrandbits(128):032x}", slide, "comment", [], {"text": "forged"}, SIGNER]
        body += ["2026-12-01T00:00:00.000000+00:00", previous]
        stored = [json.dumps(value) if isinstance(value, list | dict) else value for value in body]
        connection.execute(
            "INSERT INTO review_events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [*stored, canonical_hash(body)]
        )
        if rng.randrange(2):
            key_id, mac = rng.choice(connection.execute("SELECT key_id, mac FROM seals").fetchall())
            key_id = rng.choice((key_id, "0123456789abcdef"))
            connection.execute("INSERT INTO seals VALUES ('review_events', ?, '', ?, ?)", [seq + 1, key_id, mac])
    _maybe_go_on(rng)


def put_back_older_copy(prepared: Prepared, rng: random.Random) -> None:
    older = prepared.root / f"older-{rng.randrange(SNAPSHOTS)}"
    for file in prepared.database.parent.glob("leukview.db*"):
        file.unlink()
    for file in older.glob("leukview.db*"):
        shutil.copy2(file, prepared.database.parent / file.name)
    _maybe_go_on(rng)


def flip_log_bits(prepared: Prepared, rng: random.Random) -> None:
    prepared.restore("torn")
    file = prepared.database.with_name("leukview.db-wal")
    content = bytearray(file.read_bytes())
    for _ in range(rng.randint(1, 4)):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    file.write_bytes(content)
    prepared.database.with_name("leukview.db-shm").unlink(missing_ok=True)


def _signed_cell(connection: sqlite3.Connection, rng: random.Random) -> str:
    query = "SELECT id FROM cells WHERE slide_id = (SELECT slide_id FROM review_events WHERE kind = 'sign')"
    return str(rng.choice(connection.execute(query).fetchall())[0])


def change_prediction(prepared: Prepared, rng: random.Random) -> None:
    with prepared.raw() as connection:
        cell = _signed_cell(connection, rng)
        match rng.randrange(4):
            case 0:
                connection.execute(
                    "UPDATE predictions SET body = replace(body, '0.9', '0.8') WHERE cell_id = ?", [cell]
                )
            case 1:
                connection.execute("DELETE FROM predictions WHERE cell_id = ?", [cell])
            case 2:
                connection.execute("UPDATE predictions SET label = 'blast' WHERE cell_id = ?", [cell])
            case _:
                connection.execute(
                    "INSERT INTO predictions SELECT cell_id, ?, segmenter, revision + 99, saved_at, label, "
                    "replace(body, 'b', 'b') FROM predictions WHERE cell_id = ?",
                    ["d" * 64, cell],
                )


def change_cell(prepared: Prepared, rng: random.Random) -> None:
    with prepared.raw() as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        cell = _signed_cell(connection, rng)
        match rng.randrange(5):
            case 0:
                connection.execute("UPDATE cells SET sha256 = ? WHERE id = ?", ["a" * 64, cell])
            case 1:
                connection.execute("DELETE FROM cells WHERE id = ?", [cell])
            case 2:
                connection.execute("UPDATE cells SET source_class = 'monocyte' WHERE id = ?", [cell])
            case 3:
                connection.execute("UPDATE cells SET number = number + 500 WHERE id = ?", [cell])
            case _:
                connection.execute(
                    "INSERT INTO cells SELECT id || 'x', slide_id, number + 500, ?, width_px, height_px, source_class, "
                    "source_name, source_code, conflicts FROM cells WHERE id = ?",
                    [f"{rng.getrandbits(256):064x}", cell],
                )


def change_role(prepared: Prepared, rng: random.Random) -> None:
    with prepared.raw() as connection:
        match rng.randrange(4):
            case 0:
                connection.execute("UPDATE reviewers SET role = 'administrator' WHERE name = ?", [SIGNER])
            case 1:
                connection.execute("UPDATE reviewers SET role = 'reviewer' WHERE name = ?", [CHIEF])
            case 2:
                connection.execute("UPDATE reviewers SET name = 'Dr. X', folded = 'dr. x' WHERE name = ?", [SIGNER])
            case _:
                connection.execute("UPDATE reviewers SET retired_at = '2026-01-01' WHERE name = ?", [CHIEF])


def change_pin(prepared: Prepared, rng: random.Random) -> None:
    """A PIN of the attacker's choice, sometimes with a record of it that fits the chain."""
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("0000")
    with prepared.raw() as connection:
        name = rng.choice((CHIEF, SIGNER))
        connection.execute("UPDATE reviewers SET pin_hash = ? WHERE name = ?", [rng.choice((hashed, "")), name])
        if rng.randrange(2):
            rows = _rows(connection, "profile_events", PROFILE_COLUMNS)
            rows.append({**rows[-1], "change": "pin_set", "name": name, "detail": "set", "actor": name})
            _rewrite_chain(connection, "profile_events", PROFILE_COLUMNS, rows)


def change_white_cell_count(prepared: Prepared, rng: random.Random) -> None:
    with prepared.raw() as connection:
        column = rng.choice(("wbc_per_nl", "wbc_per_nl", "um_per_px"))
        value = rng.choice((None, rng.uniform(0.1, 90.0))) if column == "wbc_per_nl" else rng.uniform(0.05, 0.2)
        connection.execute(
            f"UPDATE slides SET {column} = ? WHERE id = (SELECT slide_id FROM review_events WHERE kind = 'sign')",  # noqa: S608
            [value],
        )


def change_model_record(prepared: Prepared, rng: random.Random) -> None:
    with prepared.raw(REGISTRY_FILE) as connection:
        rows = _rows(connection, "model_entries", MODEL_COLUMNS)
        if rng.randrange(2):
            rng.choice(rows)["signer"] = "Dr. Nobody"
        else:
            rows.pop()
        _rewrite_chain(connection, "model_entries", MODEL_COLUMNS, rows)
        if rng.randrange(2):
            connection.execute("DELETE FROM seals")


def remove_model_record(prepared: Prepared, rng: random.Random) -> None:
    for file in prepared.database.parent.glob(f"{REGISTRY_FILE}*"):
        file.unlink()
    _maybe_go_on(rng)


def _maybe_go_on(rng: random.Random) -> None:
    """In half of the trials a reviewer works on before anybody looks: the evidence must stay."""
    if rng.randrange(2):
        with open_workbench(RuntimeOptions()) as workbench:
            slide = workbench.slides()[0].id
            for _ in range(rng.randint(1, 3)):
                session = workbench.open_session(slide, SIGNER)
                session.record_export("csv", "0" * 64, include_names=False, include_comments=False)


ATTACKS: Mapping[str, Attack] = {
    "tail cut": cut_tail,
    "new chain": write_new_chain,
    "forged insert": forge_insert,
    "older copy": put_back_older_copy,
    "bits of the write-ahead log": flip_log_bits,
    "predictions of a signed slide": change_prediction,
    "cells of a signed slide": change_cell,
    "roles": change_role,
    "PIN hashes": change_pin,
    "white cell count of a signed slide": change_white_cell_count,
    "model registry": change_model_record,
    "model registry removed": remove_model_record,
}


def verify() -> tuple[int, str]:
    """Run ``leukview audit verify``; returns its exit code and output."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        code = run_command(["audit", "verify"])
    return code, output.getvalue()


def run_campaign(root: Path, trials: int, seed: int) -> dict[str, list[int]]:
    """Run all attacks; returns for each the numbers of the trials that were not found.

    `LEUKVIEW_HOME` and `LEUKVIEW_KEYS` must name ``root/live/home`` and ``root/live/keys``.
    """
    prepared = prepare(root)
    for name in ("base", "torn"):
        prepared.restore(name)
        code, text = verify()
        assert code == 0, text
    missed: dict[str, list[int]] = {}
    for name, attack in ATTACKS.items():
        missed[name] = []
        for trial in range(trials):
            prepared.restore()
            attack(prepared, random.Random(f"{seed} {name} {trial}"))
            code, text = verify()
            assert "Traceback" not in text
            if code != 1:
                missed[name].append(trial)
    return missed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=100, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        os.environ |= {
            HOME_VARIABLE: str(root / "live" / "home"),
            KEYS_VARIABLE: str(root / "live" / "keys"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        }
        os.environ.pop("LEUKVIEW_DATABASE_URL", None)
        missed = run_campaign(root, arguments.trials, arguments.seed)
    for name, numbers in missed.items():
        sys.stdout.write(f"{name:<36} found {arguments.trials - len(numbers)} of {arguments.trials}  {numbers[:5]}\n")
    return 1 if any(missed.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
