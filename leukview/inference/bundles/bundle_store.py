"""Bundles on this workstation: the shipped one and the installed ones, by hash."""

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
"""Number of hexadecimal digits of the hash that name a bundle's folder."""


class FileBundleStore:
    """Implements `leukview.services.models.registry.BundleStore`.

    Args:
        folder: Folder of the installed bundles; created by the first installation.
        shipped: Folder of the bundle that ships with the program.
        taxonomy: Taxonomy that a bundle must fit.
    """

    def __init__(self, folder: Path, shipped: Path, taxonomy: Taxonomy) -> None:
        self._folder, self._shipped, self._taxonomy = folder, shipped, taxonomy

    def path_of(self, sha256: str) -> Path:
        """Folder of a bundle; "" = the shipped one.

        The hash of an installed bundle's ``bundle.json`` is compared, so that no other bundle can run in its place.

        Raises:
            ModelError: It is missing, or another bundle is in its folder.
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
        """Describe the bundle in a folder, with every hash checked. Raises `ModelError`."""
        return _describe(load_bundle(path, self._taxonomy))

    def describe(self, sha256: str) -> BundleDescription:
        """Describe a bundle ("" = the shipped one), even if it is damaged or missing."""
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
        """Copy a bundle into the store, atomically; it must load on ONNX Runtime.

        Raises:
            ModelError: It is invalid, does not fit the taxonomy, or cannot be copied.
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
        """Folders of the installed bundles, valid or not."""
        return sorted(p for p in self._folder.glob("*") if p.is_dir() and not p.name.endswith(PARTIAL))


def _describe(bundle: Bundle) -> BundleDescription:
    card = bundle.file_contents[MODEL_CARD_FILE].decode("utf-8", errors="replace")
    return BundleDescription(bundle.manifest.name, bundle.sha256, "ok", card, "")
