"""Mutations of model bundles, settings and site files."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from leukview.bootstrap.model_loading import shipped_bundle_path
from leukview.core.paths import resources_dir
from leukview.core.settings import Settings, load_settings, save_settings
from leukview.inference.bundles.bundle import MANIFEST_FILE, OOD_FILE
from tests.campaigns.entrance import Bench, Call, call
from tests.campaigns.exports import Material

SITE_FILES = (
    "alerts.toml",
    "grading.toml",
    "phrases.toml",
    "corrections.toml",
    "guards.toml",
    "loinc.toml",
    "site.toml",
)
REPORT_FILES = ("report/report.toml", "report/texts.en.toml", "report/report.typ", "reference.toml")
SITE_TEXT = 'Laboratory = "Unit 3"\nTelephone = "12 34"\n'
ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 10**40, 0.5, -0.0, 1e308, float("nan"), float("inf"), "", "x", "\ud800", "\0", [], [1],
    ["x"], {}, {"x": 1}, [[[]]], "../../etc/passwd", "a" * 5000,
)  # fmt: skip


class Workplace:
    """A home with one analysed slide, copied for each case."""

    def __init__(self, folder: Path, material: Material) -> None:
        self.bench = Bench(folder)
        person, images = next(iter(material.images.items()))
        self.tree = self.bench.input / "export"
        path = self.tree / person / "Signed slides" / images[0][0] / "LY_1.jpg"
        path.parent.mkdir(parents=True)
        path.write_bytes(images[0][1])
        with self.bench.in_use():
            done = call("analyze", str(self.tree), "--output", str(self.bench.output))
        if done.code:
            raise RuntimeError(done.err)
        self.slide = next(self.bench.output.iterdir()).name

    def copy(self, folder: Path) -> Bench:
        """A bench of its own whose home holds the slide."""
        bench = Bench(folder)
        shutil.rmtree(bench.home)
        shutil.copytree(self.bench.home, bench.home)
        return bench


def mutate_value(rng: random.Random, value: Any) -> Any:
    """Change one place of a JSON value."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = rng.choice(sorted(value))
        kind = rng.randrange(8)
        if kind == 0:
            return {k: v for k, v in value.items() if k != key}
        if kind == 1:
            return value | {rng.choice(("surprise", "nme", "\0")): rng.choice(ODD_VALUES)}
        return value | {key: mutate_value(rng, value[key])}
    if isinstance(value, list) and value and rng.random() < 0.8:
        at = rng.randrange(len(value))
        kind = rng.randrange(6)
        if kind == 0:
            return value[:at] + value[at + 1 :]
        if kind == 1:
            return [*value, value[at]]
        return [*value[:at], mutate_value(rng, value[at]), *value[at + 1 :]]
    return rng.choice(ODD_VALUES)


def mutate_text(rng: random.Random, text: str) -> bytes:
    """Change a text file as people, editors and disks do."""
    data = text.encode()
    for _ in range(rng.randint(1, 3)):
        lines = text.splitlines(keepends=True)
        at = rng.randrange(len(lines))
        match rng.randrange(12):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[rng.randrange(len(lines))])
            case 2:
                lines[at] = re.sub(r"=.*", lambda _: f"= {_toml_value(rng)}", lines[at])
            case 3:
                lines[at] = re.sub(
                    r"[\d.]+", lambda _: rng.choice(("-1", "1e400", "nan", "9" * 5000, "true", '"1"')), lines[at]
                )
            case 4:
                lines[at] = re.sub(r"\w{3,}", lambda m: m[0][1:], lines[at], count=1)
            case 5:
                lines.insert(at, "x = " + "[" * rng.choice((3, 20_000)) + "\n")
            case 6:
                lines[at] = lines[at].replace('"', rng.choice(("", "'", "“", '"""')), 1)
            case 7:
                lines[at] = re.sub(r"\{\w+\}", lambda _: rng.choice(("{", "{0}", "{x.y}", "{count!r:>99}")), lines[at])
            case 8:
                lines.insert(at, rng.choice(TEMPLATE_LINES))
            case 9:
                return "".join(lines).encode(rng.choice(("utf-8-sig", "utf-16", "latin-1", "cp1252")), "replace")
            case 10:
                return b"" if rng.random() < 0.2 else data[: rng.randrange(len(data))]
            case _:
                broken = bytearray(data)
                for _ in range(rng.randint(1, 10)):
                    broken[rng.randrange(len(broken))] = rng.randrange(256)
                return bytes(broken)
        text = "".join(lines) or "\n"
        data = text.encode()
    return data


TEMPLATE_LINES = (
    '#import "@preview/cetz:0.2.0"\n',
    '#let p = "@pre" + "view/cetz:0.2.0"\n#import p: *\n',
    '#eval("1")\n',
    '#read("../secret")\n',
    '#image("/etc/passwd")\n',
    "#while true {}\n",
    "#let f(x) = f(x)\n#f(1)\n",
    '#panic("x")\n',
    "= Our title\n",
)


def _toml_value(rng: random.Random) -> str:
    return rng.choice(
        ('"x"', "[]", "{}", "1", "-1", "1.5", "nan", "true", "2024-01-01", '[["x"]]', "{a = 1}", "'", '"\\u0000"')
    )


def _odd_file(rng: random.Random, path: Path) -> bool:
    """Now and then put something else than a file there."""
    if rng.random() > 0.04:
        return False
    path.unlink(missing_ok=True)
    kind = rng.randrange(4)
    if kind == 0:
        os.mkfifo(path)
    elif kind == 1:
        path.mkdir()
    elif kind == 2:
        path.symlink_to(path.with_name("away"))
    else:
        path.symlink_to("/dev/zero")
    return True


def mutated_bundle(rng: random.Random, folder: Path) -> None:
    """Write a bundle whose description, statistics or files were changed; its hashes often fit the changed files."""
    folder.mkdir()
    for path in shipped_bundle_path().iterdir():
        if path.name != MANIFEST_FILE:
            try:
                os.link(path, folder / path.name)
            except OSError:  # another file system
                shutil.copyfile(path, folder / path.name)
    raw = (shipped_bundle_path() / MANIFEST_FILE).read_text(encoding="utf-8")
    value: Any = json.loads(raw)
    kind = rng.randrange(10)
    if kind <= 4:
        for _ in range(rng.randint(1, 3)):
            value = mutate_value(rng, value)
    elif kind <= 7:
        data = _odd_statistics(rng, (folder / OOD_FILE).read_bytes())
        (folder / OOD_FILE).unlink()
        if not _odd_file(rng, folder / OOD_FILE):
            (folder / OOD_FILE).write_bytes(data)
        value["files"][OOD_FILE] = hashlib.sha256(data).hexdigest()
    elif kind == 8:
        name = rng.choice(sorted(value["files"]))
        data = rng.randbytes(rng.choice((0, 10, 5000)))
        (folder / name).unlink()
        (folder / name).write_bytes(data)
        value["files"][name] = hashlib.sha256(data).hexdigest()
    data = json.dumps(value).encode()
    if kind == 9:
        data = mutate_text(rng, raw)
    if not _odd_file(rng, folder / MANIFEST_FILE):
        (folder / MANIFEST_FILE).write_bytes(data)


def _odd_statistics(rng: random.Random, content: bytes) -> bytes:
    with np.load(io.BytesIO(content)) as file:
        arrays: dict[str, Any] = {name: file[name] for name in file}
    name = rng.choice(sorted(arrays))
    kind = rng.randrange(9)
    if kind == 0:
        return content[: rng.randrange(len(content))]
    if kind == 1:
        broken = bytearray(content)
        for _ in range(rng.randint(1, 10)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        return bytes(broken)
    if kind == 2:
        return rng.randbytes(200)
    if kind == 3:
        stream = io.BytesIO()
        np.save(stream, arrays[name])
        return stream.getvalue()
    if kind == 4:
        del arrays[name]
    else:
        arrays[name] = rng.choice(
            (arrays[name].T[:-1], np.zeros(0, np.float32), np.full_like(arrays[name], np.nan), np.zeros((2, 2, 2)),
             np.array(["x"]), arrays[name].astype(np.int8), np.array(1.0), arrays[name][..., :3])
        )  # fmt: skip
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def _shipped_text(name: str) -> str:
    if name == "site.toml":
        return SITE_TEXT
    folder = resources_dir() / "report" if name in REPORT_FILES else resources_dir()
    return (folder / Path(name).name).read_text(encoding="utf-8")


def _put(rng: random.Random, bench: Bench, name: str) -> None:
    path = bench.home / name
    path.parent.mkdir(exist_ok=True)
    if not _odd_file(rng, path):
        path.write_bytes(mutate_text(rng, _shipped_text(name)))


def try_bundle(rng: random.Random, place: Workplace, bench: Bench) -> list[Call]:
    """Analyse the slide with a mutated bundle."""
    bundle = bench.input / "bundle"
    mutated_bundle(rng, bundle)
    return [call("analyze", str(place.tree), "--output", str(bench.output), "--bundle", str(bundle))]


def try_site_file(rng: random.Random, _place: Workplace, bench: Bench) -> list[Call]:
    """Open the database with mutated site files."""
    _put(rng, bench, rng.choice(SITE_FILES))
    return [call("audit", "verify")]


def try_report_file(rng: random.Random, place: Workplace, bench: Bench) -> list[Call]:
    """Write the slide's report with a mutated file of the report."""
    _put(rng, bench, rng.choice(REPORT_FILES))
    return [call("report", place.slide, "--output", str(bench.output / "report.pdf"))]


def try_settings(rng: random.Random, _place: Workplace, bench: Bench) -> list[Call]:
    """Read mutated settings of the window."""
    path = bench.home / "settings.json"
    save_settings(path, Settings(last_folder="/a", keys={"accept": "F4"}, layout={"main": "00"}))
    text = path.read_text(encoding="utf-8")
    data = json.dumps(mutate_value(rng, json.loads(text))).encode() if rng.random() < 0.6 else mutate_text(rng, text)
    if not _odd_file(rng, path):
        path.write_bytes(data)
    save_settings(bench.output / "saved.json", load_settings(path))
    return []


CASES: tuple[tuple[int, Callable[[random.Random, Workplace, Bench], list[Call]]], ...] = (
    (12, try_bundle),
    (16, try_site_file),
    (2, try_report_file),
    (10, try_settings),
)


def run_case(number: int, seed: int, place: Workplace, folder: Path) -> list[str]:
    """Make case `number` and put it through the command line; returns what went wrong."""
    rng = random.Random(f"file {seed} {number}")
    (attempt,) = rng.choices([c for _, c in CASES], [w for w, _ in CASES])
    bench = place.copy(folder)
    with bench.in_use():
        calls = attempt(rng, place, bench)
    faults = [f"{attempt.__name__}: {trace}" for c in calls for trace in c.traces]
    faults += [f"{attempt.__name__}: code {c.code}" for c in calls if c.code not in {0, 1} and not c.traces]
    faults += [f"{attempt.__name__} says nothing" for c in calls if c.code == 1 and not (c.err + c.out).strip()]
    left = [p.name for p in bench.temporary.iterdir()]
    return faults + [f"left in the temporary folder: {name}" for name in left]
