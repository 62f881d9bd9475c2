"""The bundles on this workstation: the one that ships, and those that were installed, each under its own hash."""

from __future__ import annotations

import shutil
from pathlib import Path

from leukview.core.atomic_files import PARTIAL, atomic_directory, file_sha256
from leukview.core.errors import ModelError
from leukview.core.messages import Message
from leukview.domain.taxonomy import Taxonomy
from leukview.inference.bundles.bundle import MANIFEST_FILE, MODEL_CARD_FILE, Bundle, load_bundle
from leukview.inference.classification.classifier_factory import load_classifier
from leukview.services.models.registry import BundleDescription

HASH_PREFIX_LENGTH = 16
"""Hexadecimal digits of the hash that name a folder."""


class FileBundleStore:
    """Implements `leukview.services.models.registry.BundleStore`.

    Args:
        folder: Where installed bundles lie; made when the first one comes.
        shipped: The bundle that travels with the program.
        taxonomy: That a bundle must fit.
    """

    def __init__(self, folder: Path, shipped: Path, taxonomy: Taxonomy) -> None:
        self._folder, self._shipped, self._taxonomy = folder, shipped, taxonomy

    def path_of(self, sha256: str) -> Path:
        """Where a bundle lies; "" = the shipped one. The hash of its description was compared, so nothing else runs.

        Raises:
            ModelError: It is not there, or another one lies in its place.
        """
        if not sha256:
            return self._shipped
        path = self._folder / sha256[:HASH_PREFIX_LENGTH]
        try:
            found = file_sha256(path / MANIFEST_FILE)
        except OSError as error:
            raise ModelError(
                Message(
                    "The installed model {sha256} is not on this workstation any more.",
                    sha256=sha256[:HASH_PREFIX_LENGTH],
                ),
                "Put its folder back from a copy, or roll back: leukview models rollback.",
            ) from error
        if found != sha256:
            raise ModelError(
                Message(
                    "The installed model {sha256} was changed after it was installed.",
                    sha256=sha256[:HASH_PREFIX_LENGTH],
                ),
                "Put its folder back from a copy, or roll back: leukview models rollback.",
            )
        return path

    def inspect(self, path: Path) -> BundleDescription:
        """What a bundle's folder holds; every hash is checked. Raises `ModelError`."""
        return _describe(load_bundle(path, self._taxonomy))

    def describe(self, sha256: str) -> BundleDescription:
        """A bundle of the shelf, "" = the shipped one; one that is damaged or gone says so in its `state`."""
        try:
            path = self.path_of(sha256)
        except ModelError as error:
            gone = not (self._folder / sha256[:HASH_PREFIX_LENGTH] / MANIFEST_FILE).exists()
            return BundleDescription(
                sha256[:HASH_PREFIX_LENGTH], sha256, "missing" if gone else "damaged", "", str(error)
            )
        try:
            return self.inspect(path)
        except ModelError as error:
            return BundleDescription(path.name, sha256 or file_sha256(path / MANIFEST_FILE), "damaged", "", str(error))

    def install(self, path: Path) -> BundleDescription:
        """Copy a bundle onto the shelf, whole or not at all; it must load on the workstation's engine.

        Raises:
            ModelError: It is not sound, does not fit, or cannot be copied.
        """
        bundle = load_bundle(path, self._taxonomy)
        load_classifier(path, "onnx", taxonomy=self._taxonomy)
        target = self._folder / bundle.sha256[:HASH_PREFIX_LENGTH]
        try:
            with atomic_directory(target, replace=True) as part:
                for name in (MANIFEST_FILE, *bundle.manifest.files):
                    shutil.copyfile(path / name, part / name)
                if load_bundle(part, self._taxonomy).sha256 != bundle.sha256:
                    raise ModelError(
                        Message(
                            "The model “{manifest}” was changed while it was copied.", manifest=bundle.manifest.name
                        ),
                        "Try again.",
                    )
        except OSError as error:
            raise ModelError(
                Message(
                    "The model “{manifest}” cannot be installed: {reason}.",
                    manifest=bundle.manifest.name,
                    reason=error.strerror or error,
                )
            ) from error
        return _describe(bundle)

    def installed_folders(self) -> list[Path]:
        """The folders of installed bundles, whatever their state."""
        return sorted(p for p in self._folder.glob("*") if p.is_dir() and not p.name.endswith(PARTIAL))


def _describe(bundle: Bundle) -> BundleDescription:
    card = bundle.file_contents[MODEL_CARD_FILE].decode("utf-8", errors="replace")
    return BundleDescription(bundle.manifest.name, bundle.sha256, "ok", card, "")
