"""Model files on this workstation: shipped bundles and installed checkpoints."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from leukview.core.atomic_files import atomic_file, file_sha256
from leukview.core.errors import ModelError
from leukview.core.messages import Message
from leukview.core.strict_files import parse_json

OFFICIAL_SAM = {
    "sam_vit_b": "sam_vit_b_01ec64.pth",
    "sam_vit_l": "sam_vit_l_0b3195.pth",
    "sam_vit_h": "sam_vit_h_4b8939.pth",
}
"""Published names of the Segment Anything checkpoints; the last part is the start of the file's SHA-256."""


@dataclass(frozen=True, slots=True)
class InstalledModelFile:
    """One model on this workstation.

    Attributes:
        state: ``ok``, ``not checked``, ``damaged``, ``missing`` or ``not installed``.
    """

    name: str
    kind: str
    path: Path
    sha256: str
    state: str


def list_model_files(
    bundle_folders: Sequence[Path], checkpoint_folder: Path, *, verify: bool
) -> list[InstalledModelFile]:
    """List bundles and official checkpoints; `verify` verifies their hashes."""
    models = [_bundle_entry(folder, verify=verify) for folder in bundle_folders]
    for name, file in OFFICIAL_SAM.items():
        path = checkpoint_folder / file
        if not path.exists():
            models.append(InstalledModelFile(name, "segmenter", path, "", "not installed"))
        elif not verify:
            models.append(InstalledModelFile(name, "segmenter", path, "", "not checked"))
        else:
            found = file_sha256(path)
            state = "ok" if found.startswith(_hash_prefix(file)) else "damaged"
            models.append(InstalledModelFile(name, "segmenter", path, found, state))
    return models


def _bundle_entry(folder: Path, *, verify: bool) -> InstalledModelFile:
    manifests = sorted(folder.glob("*.json"))
    if len(manifests) != 1:
        return InstalledModelFile(folder.name, "bundle", folder, "", "missing")
    try:
        raw = manifests[0].read_bytes()
    except OSError:
        return InstalledModelFile(folder.name, "bundle", folder, "", "damaged")
    digest = hashlib.sha256(raw).hexdigest()
    if not verify:
        return InstalledModelFile(folder.name, "bundle", folder, digest, "not checked")
    try:
        files = dict(parse_json(raw)["files"])
        sound = all(file_sha256(folder / name) == expected for name, expected in files.items())
    except (OSError, ValueError, KeyError, TypeError):
        sound = False
    return InstalledModelFile(folder.name, "bundle", folder, digest, "ok" if sound else "damaged")


def _hash_prefix(file: str) -> str:
    return Path(file).stem.rpartition("_")[2]


def install_checkpoint(source: Path, folder: Path) -> Path:
    """Copy a published Segment Anything checkpoint into `folder`, atomically.

    Raises:
        ModelError: It is not a published file, its hash does not match its name, or it cannot be copied.
    """
    if source.name not in OFFICIAL_SAM.values():
        raise ModelError(
            Message("“{name}” is not a weights file known to LeukView.", name=source.name),
            Message("Recognised: {names}. Keep the published file name.", names=", ".join(OFFICIAL_SAM.values())),
        )
    target = folder / source.name
    try:
        if not file_sha256(source).startswith(_hash_prefix(source.name)):
            raise ModelError(
                Message("“{name}” is damaged: its hash differs from the one in its name.", name=source.name),
                "Download it again.",
            )
        with atomic_file(target) as temporary:
            shutil.copyfile(source, temporary)
            if not file_sha256(temporary).startswith(_hash_prefix(source.name)):
                raise ModelError(Message("“{name}” was damaged while it was copied.", name=source.name), "Try again.")
    except OSError as error:
        raise ModelError(
            Message("“{name}” cannot be installed: {reason}.", name=source.name, reason=error.strerror or error)
        ) from error
    return target


def verified_checkpoint(name: str, folder: Path) -> tuple[Path, str]:
    """Path and verified SHA-256 of an installed Segment Anything checkpoint.

    Raises:
        ModelError: Unknown name, not installed, unreadable or damaged.
    """
    if name not in OFFICIAL_SAM:
        raise ModelError(
            Message("There is no segmenter “{name}”.", name=name),
            Message("Available: embedded, {names}.", names=", ".join(OFFICIAL_SAM)),
        )
    path = folder / OFFICIAL_SAM[name]
    if not path.exists():
        raise ModelError(
            Message("The weights of {name} are not installed.", name=name),
            Message("leukview models install {path}", path=path.name),
        )
    try:
        found = file_sha256(path)
    except OSError as error:
        raise ModelError(
            Message("The weights of {name} cannot be read: {reason}.", name=name, reason=error.strerror or error)
        ) from error
    if not found.startswith(_hash_prefix(path.name)):
        raise ModelError(
            Message("The weights of {name} are damaged.", name=name),
            Message("leukview models install {path}", path=path.name),
        )
    return path, found
