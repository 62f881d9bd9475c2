"""Mutations of a synthetic export: names, bytes, trees, links, archives, encodings and sizes."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import shutil
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from leukview.bootstrap.site_config import load_taxonomy
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.services.export.slide_json import SCHEMA
from leukview.synthetic import write_demo_export
from tests.campaigns.entrance import Bench, call, half_slides, merged_patients, recorded_previews

ANALYSE_EVERY = 50
"""Of so many exports one is analysed too; the others are only inspected, which is fifty times as fast."""
CELLS = 6
PATIENTS = ("Rossi_1950", "Weiß Anna")
NAMES = (
    "a" * 240, "…", "\u202egpj.exe", "e\u0301\u0301\u0301", "😀", "CON", "NUL", "aux.txt", "trailing.", "trailing ",
    " lead", ".hidden", "-rf", "--output", "a\nb", "a\tb", "a\"b'c", "=cmd|'!A1", "%2e%2e", "%00", "a;b&c", "$(id)",
    "`id`", "日本語", "Müller", "MÜLLER", "مريض", "a:b", "a|b", "a*b?", "\x7f", "\x01", "C:", "~",
    "{0}", "{count}", "%s",
)  # fmt: skip
RAW_NAMES = (b"\xff\xfe", b"caf\xe9", b"\x93\xfa\x96\x7b", b"\xed\xa0\x80")
CLASS_FOLDERS = ("Lymphocyte", "Blast", "Neutrophil", "Sezary cells", "LY", "all", "Unidentified")


@dataclass(frozen=True, slots=True)
class Material:
    """Images of the synthetic export by person."""

    images: dict[str, list[tuple[str, bytes]]]  # person → class folder and bytes

    @property
    def owners(self) -> dict[str, str]:
        """SHA-256 of an image → person."""
        return {hashlib.sha256(d).hexdigest(): p for p, found in self.images.items() for _, d in found}


def make_material(folder: Path, seed: int) -> Material:
    """Write a synthetic export of two slides and keep its images."""
    slides = write_demo_export(
        folder, slides=2, cells=CELLS, seed=seed, taxonomy=load_taxonomy(), token=CancelToken(), reporter=null_reporter
    )
    images = {
        person: [(path.parent.name, _smaller(path)) for path in sorted(slide.rglob("*.jpg"))[:CELLS]]
        for person, slide in zip(PATIENTS, slides, strict=True)
    }
    first = {data for _, data in images[PATIENTS[0]]}
    images[PATIENTS[1]] = [(name, data) for name, data in images[PATIENTS[1]] if data not in first]
    return Material(images)


def _smaller(path: Path) -> bytes:
    """The image at a third of its size, which is read ten times as fast."""
    stream = io.BytesIO()
    with Image.open(path) as image:
        image.reduce(3).save(stream, "JPEG", quality=85)
    return stream.getvalue()


def write_tree(rng: random.Random, material: Material, root: Path) -> None:
    """Write the images in one of the layouts that analysers export."""
    layout = rng.choice(("signed", "order", "cells", "classes"))
    for person, images in material.images.items():
        for number, (folder, data) in enumerate(images):
            inner = {
                "signed": Path("Signed slides") / folder,
                "order": Path("12345678") / "Signed slides" / folder,
                "cells": Path("cells") / folder,
                "classes": Path(folder),
            }[layout]
            path = root / person / inner / f"LY_{1000 + number}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def _files(root: Path) -> list[Path]:
    return sorted(Path(where) / n for where, _, names in os.walk(root) for n in names)


def _any_file(rng: random.Random, root: Path) -> Path | None:
    files = [p for p in _files(root) if p.is_file() and not p.is_symlink()]
    return rng.choice(files) if files else None


def mutate_name(rng: random.Random, root: Path, _bench: Bench) -> None:
    """Rename a file or a class folder; persons' folders get another hostile name of their own."""
    file = _any_file(rng, root)
    if file is None:
        return
    target = rng.choice((file, file.parent, *([root / file.relative_to(root).parts[0]] * 2)))
    if target == root:
        return
    suffix = target.suffix if rng.random() < 0.7 else rng.choice(("", ".jfif", ".JPG", ".txt", ".zip", ".tiff"))
    stem = os.fsdecode(rng.choice(RAW_NAMES)) if rng.random() < 0.2 else rng.choice(NAMES)
    name = f"{stem}{suffix}"[:250]
    _rename(target, target.with_name(name) if name not in {"", ".", ".."} else target)


def _rename(old: Path, new: Path) -> None:
    try:
        if not os.path.lexists(new):
            old.rename(new)
    except (OSError, ValueError):  # this file system does not take such a name
        return


def _bomb_png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def _odd_image(rng: random.Random) -> bytes:
    mode = rng.choice(("1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "I", "F", "YCbCr"))
    size = rng.choice(((1, 1), (1, 400), (64, 64), (0x200, 3)))
    form = rng.choice({"CMYK": ("JPEG", "TIFF"), "YCbCr": ("JPEG", "TIFF"), "F": ("TIFF",)}.get(mode, ("PNG", "TIFF")))
    stream = io.BytesIO()
    image = Image.new(mode, size)
    pages = [image.copy()] if form == "TIFF" and rng.random() < 0.5 else []
    try:
        image.save(stream, form, **({"save_all": True, "append_images": pages} if pages else {}))
    except (OSError, ValueError):  # this format does not take this mode
        Image.new("L", size).save(stream, "PNG")
    return stream.getvalue()


def mutate_bytes(rng: random.Random, root: Path, _bench: Bench) -> None:
    """Change the content of a file."""
    file = _any_file(rng, root)
    if file is None:
        return
    data = bytearray(file.read_bytes())
    kind = rng.randrange(10)
    if kind == 0 or not data:
        data = bytearray()
    elif kind == 1:
        data = data[: rng.randrange(len(data))]
    elif kind <= 4:
        for _ in range(rng.randint(1, 20)):
            data[rng.randrange(len(data))] = rng.randrange(256)
    elif kind == 5:
        data = bytearray(rng.randbytes(rng.randint(1, 4000)))
    elif kind == 6:
        data = bytearray(_bomb_png(rng.choice((1, 60_000, 2**31 - 1)), rng.choice((1, 60_000, 2**31 - 1))))
    elif kind == 7:
        data = bytearray(_odd_image(rng))
    elif kind == 8:
        data += rng.randbytes(rng.randint(1, 2000))
    else:
        data = bytearray(
            rng.choice((b"GIF89a", b"BM", b"II*\0\x08\0\0\0\xff\xff", b"RIFF\xff\xff\xff\xffWEBP", b"PK\x03\x04"))
        )
    file.write_bytes(bytes(data))


def mutate_tree(rng: random.Random, root: Path, bench: Bench) -> None:
    """Delete, double, deepen or empty; add links, pipes and folders that look like images."""
    file = _any_file(rng, root)
    if file is None:
        return
    match rng.randrange(11):
        case 0:
            file.unlink()
        case 1:
            shutil.copyfile(file, file.with_name(f"copy {file.name}"[-200:]))
        case 2:
            deep = file.parent.joinpath(*["d"] * rng.choice((3, 60, 300)))
            try:
                deep.mkdir(parents=True)
                shutil.copyfile(file, deep / file.name)
            except OSError:
                return
        case 3:
            (file.parent / rng.choice(("empty", "$RECYCLE.BIN", "__MACOSX", "#recycle", "x.jpg"))).mkdir(exist_ok=True)
        case 4:
            _link(file.with_name("loop"), file.parent)
        case 5:
            _link(file.with_name("out.jpg"), bench.beside / "secret.jpg")
        case 6:
            _link(file.with_name("broken.jpg"), Path("nowhere"))
        case 7:
            if not (pipe := file.with_name("pipe.jpg")).exists():
                os.mkfifo(pipe)
        case 8:
            shutil.rmtree(file.parent)
        case 9:
            _link(file.with_name("outside"), bench.beside)
        case _:
            file.with_name(rng.choice(("Thumbs.db", "notes.txt", "._x.jpg", "SHA256SUMS"))).write_bytes(
                rng.randbytes(50)
            )


def _link(link: Path, target: Path) -> None:
    if not os.path.lexists(link):
        link.symlink_to(target)


def _odd_json(rng: random.Random, depth: int = 0) -> object:
    plain = (None, True, -1, 0, 1e308, float("nan"), float("inf"), 10**30, "", "\ud800", "x" * 300, "2024-01-01", "1.1")
    if depth > 3 or rng.random() < 0.4:
        return rng.choice(plain)
    if rng.random() < 0.5:
        return [_odd_json(rng, depth + 1) for _ in range(rng.randrange(4))]
    keys = (
        "schema_version",
        "review_log",
        "slide_id",
        "cell_records",
        "head",
        "log",
        "file",
        "sha256",
        "patient",
        "id",
    )
    return {rng.choice(keys): _odd_json(rng, depth + 1) for _ in range(rng.randrange(5))}


def mutate_slide_json(rng: random.Random, root: Path, _bench: Bench) -> None:
    """Put a hostile ``slide.json`` beside the images."""
    file = _any_file(rng, root)
    if file is None:
        return
    body = _odd_json(rng)
    if isinstance(body, dict):
        sha = hashlib.sha256(file.read_bytes()).hexdigest()
        body |= {"schema": SCHEMA, "schema_version": rng.choice(("1.1", "1.0", "9", 1))}
        if rng.random() < 0.5:
            row = {"id": "S-1", "number": 1, "source": None, "conflicts": [], "file": {"sha256": sha}}
            body |= {"cell_records": [row], "slide_id": "S-1", "patient": rng.choice(("P-1", "../x", "\ud800", None))}
            body |= {"created_at": "x", "program": "y", "synthetic": True, "um_per_px": None, "wbc_per_nl": None}
            body |= {"review_log": {"head": None, "log": _odd_json(rng)}}
    text = json.dumps(body) if rng.random() < 0.8 else "[" * rng.choice((10, 100_000))
    folder = root / file.relative_to(root).parts[0]
    target = folder if folder.is_dir() and rng.random() < 0.7 else file.parent
    (target / "slide.json").write_bytes(text.encode("utf-8", "surrogatepass"))


MUTATIONS: tuple[Callable[[random.Random, Path, Bench], None], ...] = (
    mutate_name, mutate_name, mutate_bytes, mutate_bytes, mutate_tree, mutate_tree, mutate_slide_json,
)  # fmt: skip


def pack(rng: random.Random, root: Path, archive: Path) -> None:
    """Pack a tree as a hostile ZIP archive."""
    kinds, weights = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA), (6, 10, 3, 1)
    (compression,) = rng.choices(kinds, weights)
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(archive, "w", compression) as target:
        for path in _files(root):
            if path.is_file() and not path.is_symlink():
                name = path.relative_to(root).as_posix().encode("utf-8", "replace").decode()
                target.writestr(name.replace("/", "\\") if rng.random() < 0.1 else name, path.read_bytes())
        for _ in range(rng.randrange(3)):
            _add_odd_entry(rng, target)
        target.comment = rng.randbytes(rng.choice((0, 10, 60_000)))
    data = bytearray(archive.read_bytes())
    kind = rng.randrange(8)
    if kind == 0:
        data = data[: rng.randrange(len(data))]
    elif kind in {1, 2}:
        for _ in range(rng.randint(1, 30)):
            data[rng.randrange(len(data))] = rng.randrange(256)
    elif kind == 3:
        data = bytearray(rng.randbytes(100)) + data
    elif kind == 4:
        at = data.rfind(b"PK\x01\x02")
        data[at + 8] |= 1  # the flag of a password
    archive.write_bytes(bytes(data))


def _add_odd_entry(rng: random.Random, target: zipfile.ZipFile) -> None:
    name = rng.choice(
        ("../evil.jpg", "/evil.jpg", "C:\\evil.jpg", "a/../../evil.jpg", "bomb.png", "x.zip", "", "a//b.jpg", "d/")
    )
    info = zipfile.ZipInfo(name or "/")
    if rng.random() < 0.2:
        info.external_attr = 0o120777 << 16  # a link
    target.writestr(info, b"\0" * 4_000_000 if name == "bomb.png" else b"../beside/secret.jpg", zipfile.ZIP_DEFLATED)


def run_case(
    number: int, seed: int, material: Material, folder: Path, *, analyse_every: int = ANALYSE_EVERY
) -> list[str]:
    """Make export `number` and put it through the command line; returns what went wrong."""
    rng = random.Random(f"export {seed} {number}")
    bench = Bench(folder)
    tree = bench.input / "export"
    write_tree(rng, material, tree)
    for _ in range(rng.randint(1, 5)):
        rng.choice(MUTATIONS)(rng, tree, bench)
    path = tree
    if rng.random() < 0.35:
        path = bench.input / "export.zip"
        pack(rng, tree, path)
        shutil.rmtree(tree)
    with bench.in_use():
        before = bench.state()
        with recorded_previews() as previews:
            calls = [call("inspect", str(path), *rng.choice(((), ("--json",))))]
        merged = [m for preview in previews for m in merged_patients(preview, material.owners)]
        if number % analyse_every == 0:
            calls.append(call("analyze", str(path), "--output", str(bench.output), "--save-masks"))
        after = bench.state()
    faults = [f"{' '.join(c.arguments[:1])}: {trace}" for c in calls for trace in c.traces]
    faults += [f"{c.arguments[0]}: code {c.code}" for c in calls if c.code not in {0, 1} and not c.traces]
    faults += [f"{c.arguments[0]} says nothing" for c in calls if c.code == 1 and not c.err.strip()]
    faults += [f"changed outside of the output: {name}" for name in sorted(dict(before.items() ^ after.items()))]
    return faults + [f"persons in one slide: {m}" for m in merged] + half_slides(bench)
