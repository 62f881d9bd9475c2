"""Bundles on this workstation: the shipped one and the installed ones, by hash."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from leukview.core.atomic_files import PARTIAL, atomic_directory, file_sha256
from leukview.core.errors import ModelError
from leukview.core.messages import Message
from leukview.domain.site_adaptation import SiteLayer
from leukview.domain.taxonomy import Taxonomy
from leukview.inference.bundles.bundle import (
    MANIFEST_FILE,
    MODEL_CARD_FILE,
    SITE_LAYER_FILE,
    Bundle,
    hash_files,
    load_bundle,
    write_manifest,
)
from leukview.inference.bundles.site_layer import write_site_layer
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
                    "The installed model {sha256} is no longer on this workstation.",
                    sha256=sha256[:HASH_PREFIX_LENGTH],
                ),
                "Restore its folder from a copy, or roll back: leukview models rollback.",
            ) from error
        if found != sha256:
            raise ModelError(
                Message(
                    "The installed model {sha256} was changed after it was installed.",
                    sha256=sha256[:HASH_PREFIX_LENGTH],
                ),
                "Restore its folder from a copy, or roll back: leukview models rollback.",
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

    def write_adapted(
        self, path: Path, layer: SiteLayer | None, name: str, patients: Sequence[str], output: Path
    ) -> BundleDescription:
        """Write a copy of a bundle with a site's layer, atomically.

        Args:
            path: Folder of the bundle.
            layer: Takes the place of one that the bundle has; None = the copy has none.
            name: Of the copy.
            patients: Pseudonyms of the patients on whose cells the layer was fitted.
            output: Folder to create; replaced.

        Raises:
            ModelError: The bundle is invalid, the layer does not fit it, or the folder cannot be written.
        """
        bundle = load_bundle(path, self._taxonomy)
        manifest, provenance = bundle.manifest, dict(bundle.manifest.provenance)
        provenance["adapted_from"] = {"name": manifest.name, "sha256": bundle.sha256}
        if "training_patients" in provenance:
            provenance["training_patients"] = sorted({*provenance["training_patients"], *patients})
        fitted = f"Classes fitted to reviewed cells of {len(patients)} patients of the site."
        note = f"\n\n## Calibrated for a site\n\n{fitted}\n"
        try:
            with atomic_directory(output, replace=True) as part:
                for file, content in bundle.file_contents.items():
                    if file != SITE_LAYER_FILE:
                        (part / file).write_bytes(content)
                if layer is not None:
                    (part / SITE_LAYER_FILE).write_bytes(write_site_layer(layer))
                    card = bundle.file_contents[MODEL_CARD_FILE].decode("utf-8", errors="replace")
                    (part / MODEL_CARD_FILE).write_text(card.rstrip() + note, encoding="utf-8")
                changed = replace(manifest, name=name, provenance=provenance, files=hash_files(part))
                write_manifest(changed, part)
                load_classifier(part, "onnx", taxonomy=self._taxonomy)
        except OSError as error:
            raise ModelError(
                Message(
                    "The model “{manifest}” cannot be saved: {reason}.", manifest=name, reason=error.strerror or error
                )
            ) from error
        return self.inspect(output)

    def has_site_layer(self, path: Path) -> bool:
        """Whether the bundle in a folder was calibrated for a site. Raises `ModelError`."""
        return SITE_LAYER_FILE in load_bundle(path, self._taxonomy).file_contents

    def installed_folders(self) -> list[Path]:
        """Folders of the installed bundles, valid or not."""
        return sorted(p for p in self._folder.glob("*") if p.is_dir() and not p.name.endswith(PARTIAL))


def _describe(bundle: Bundle) -> BundleDescription:
    card = bundle.file_contents[MODEL_CARD_FILE].decode("utf-8", errors="replace")
    return BundleDescription(bundle.manifest.name, bundle.sha256, "ok", card, "")
