"""Model registry: comparison, signed installation and rollback of models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from leukview.core.atomic_files import atomic_write
from leukview.core.errors import LeukViewError, ModelError, ReviewError, StoreError
from leukview.core.job_runner import CancelToken, Reporter
from leukview.core.messages import Message
from leukview.domain.models.acceptance_criteria import AcceptanceCriterion
from leukview.domain.models.labelled_cells import LabelledCell
from leukview.domain.models.model_registry import RegistryChange, RegistryEntry, champion_stack
from leukview.domain.review.hash_chain import first_broken
from leukview.domain.review.rights import Right
from leukview.domain.site_adaptation import SiteLayer
from leukview.domain.taxonomy import Taxonomy
from leukview.services.models.comparison import (
    BOOTSTRAP_RESAMPLES,
    ComparedModel,
    EvaluationSet,
    ImageLoader,
    ModelComparison,
    compare_models,
    make_evaluation_set,
)
from leukview.services.models.comparison_html import render_html, render_text
from leukview.services.models.comparison_json import comparison_from_json, comparison_to_json
from leukview.services.ports.inference import Segmenter
from leukview.services.users.profiles import ProfileService

INSTALLATION_MEANING = "I have read this comparison and release the model for use here, for research"
"""Default meaning of the signature of an installation."""
ROLLBACK_MEANING = "I take this model out of use here"
"""Default meaning of the signature of a rollback."""


@dataclass(frozen=True, slots=True)
class BundleDescription:
    """Description of one bundle.

    Attributes:
        state: ``ok`` (every hash was checked), ``damaged`` or ``missing``.
        card: Its model card, Markdown.
        problem: What is wrong, as a sentence; "" when nothing is.
    """

    name: str
    sha256: str
    state: str
    card: str
    problem: str


class BundleStore(Protocol):
    """The bundles on this workstation."""

    def path_of(self, sha256: str) -> Path:
        """The folder of an installed bundle; "" = the shipped one. Raises `ModelError`."""

    def inspect(self, path: Path) -> BundleDescription:
        """Describe the bundle in a folder; every hash is checked. Raises `ModelError`."""

    def describe(self, sha256: str) -> BundleDescription:
        """Describe an installed bundle, "" = the shipped one, also if damaged or missing."""

    def install(self, path: Path) -> BundleDescription:
        """Copy a bundle into the store, atomically. Raises `ModelError`."""


class AdaptableBundleStore(BundleStore, Protocol):
    """Bundles that can be calibrated for a site."""

    def write_adapted(
        self, path: Path, layer: SiteLayer | None, name: str, patients: Sequence[str], output: Path
    ) -> BundleDescription:
        """Write a copy of a bundle with a site's layer, or without one, atomically. Raises `ModelError`."""

    def has_site_layer(self, path: Path) -> bool:
        """Whether the bundle in a folder was calibrated for a site. Raises `ModelError`."""


class ModelRegistryStore(Protocol):
    """The append-only, hash-chained list of installations and rollbacks."""

    def entries(self) -> list[RegistryEntry]:
        """All entries in order. Raises `StoreError`."""

    def append(
        self,
        change: RegistryChange,
        *,
        bundle: str,
        name: str,
        before: str,
        signer: str,
        meaning: str,
        reason: str,
        comparison: str,
    ) -> RegistryEntry:
        """Write one entry; when this returns, it survives a crash.

        Raises:
            ModelError: Another program changed the model in use meanwhile; nothing was written.
            StoreError: It could not be written.
        """


@dataclass(frozen=True, slots=True)
class RegisteredBundle:
    """One bundle as the registry page shows it.

    Attributes:
        description: The bundle.
        is_shipped: It ships with the program.
        is_in_use: New cells are classified by it.
        installation: The entry of its last installation; None for the shipped one.
    """

    description: BundleDescription
    is_shipped: bool
    is_in_use: bool
    installation: RegistryEntry | None


@dataclass(frozen=True, slots=True)
class RegistryOverview:
    """Content of the registry page.

    Attributes:
        bundles: Bundles, the one in use first.
        entries: All entries of the registry.
        first_broken: The first entry that breaks the hash chain; None when it is intact.
        can_roll_back: Whether an installed model is in use.
    """

    bundles: tuple[RegisteredBundle, ...]
    entries: tuple[RegistryEntry, ...]
    first_broken: RegistryEntry | None
    can_roll_back: bool


@dataclass(frozen=True, slots=True)
class ComparisonSetup:
    """Functions that load models and read cells for a comparison.

    Attributes:
        load_model: Loads the bundle in a folder.
        load_cells: Reads the cells of a data folder, with their splits.
        load_images: Reads their images.
        load_segmenter: Loads the segmenter; called only when a model needs masks.
        resamples: Number of bootstrap resamples per interval.
    """

    load_model: Callable[[Path], ComparedModel]
    load_cells: Callable[[Path], tuple[LabelledCell, ...]]
    load_images: ImageLoader
    load_segmenter: Callable[[], Segmenter]
    resamples: int = BOOTSTRAP_RESAMPLES


class ModelRegistryService:
    """Use cases of the model registry.

    Args:
        registry: Log of installations and rollbacks.
        bundles: The bundles.
        profiles: Reviewers who may sign.
        criteria: The acceptance criteria.
        taxonomy: Classes and stages.
        comparison_setup: Models and cells for a comparison.
        on_model_changed: Called after the model in use has changed.
    """

    def __init__(
        self,
        registry: ModelRegistryStore,
        bundles: BundleStore,
        profiles: ProfileService,
        criteria: Sequence[AcceptanceCriterion],
        taxonomy: Taxonomy,
        comparison_setup: ComparisonSetup,
        on_model_changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._registry, self._bundles, self._profiles = registry, bundles, profiles
        self.criteria, self._taxonomy, self._comparison_setup = tuple(criteria), taxonomy, comparison_setup
        self._on_model_changed = on_model_changed

    # ---- queries
    def champion_sha256(self) -> str:
        """SHA-256 of the bundle in use; "" = the shipped one. Raises `StoreError`."""
        return current_champion(self._verified_entries())

    def overview(self, _token: CancelToken, _reporter: Reporter) -> RegistryOverview:
        """Read the registry page's content and check all hashes. Raises `StoreError`."""
        entries = self._registry.entries()
        in_use = current_champion(entries)
        last: dict[str, RegistryEntry] = {}
        for entry in entries:
            if entry.change is RegistryChange.INSTALL:
                last[entry.bundle] = entry
        keys = sorted(last, key=lambda k: (k != in_use, -last[k].seq))
        keys = ["", *keys] if not in_use else [*keys, ""]
        rows = tuple(RegisteredBundle(self._bundles.describe(k), not k, k == in_use, last.get(k)) for k in keys)
        return RegistryOverview(rows, tuple(entries), first_broken(entries), bool(in_use))

    def find_broken_entry(self) -> RegistryEntry | None:
        """The first entry that breaks the hash chain; None when it is intact. Raises `StoreError`."""
        return first_broken(self._registry.entries())

    # ---- comparison
    def compare(
        self,
        champion: Path | None,
        candidate: Path,
        folders: Sequence[Path],
        created_at: datetime,
        token: CancelToken,
        reporter: Reporter,
    ) -> ModelComparison:
        """Compare two bundles on the test patients of data folders; see `compare_models`.

        Args:
            champion: A bundle's folder; None = the model in use.
            candidate: A bundle's folder.
            folders: Data folders; each gives its name to its set of cells.
            created_at: With zone.
            token: See `compare_models`.
            reporter: See `compare_models`.
        """
        sets: list[EvaluationSet] = []
        for folder in folders:
            name = _unique_name(folder.resolve().name, [s.name for s in sets])
            sets.append(make_evaluation_set(name, folder, self._comparison_setup.load_cells(folder)))
        return self.compare_on(
            champion, candidate, sets, self._comparison_setup.load_images, created_at, token, reporter
        )

    def compare_on(
        self,
        champion: Path | None,
        candidate: Path,
        sets: Sequence[EvaluationSet],
        load_images: ImageLoader,
        created_at: datetime,
        token: CancelToken,
        reporter: Reporter,
    ) -> ModelComparison:
        """Compare two bundles on given cells; see `compare` and `compare_models`."""
        return compare_models(
            self._comparison_setup.load_model(champion or self._bundles.path_of(self.champion_sha256())),
            self._comparison_setup.load_model(candidate),
            sets,
            self._taxonomy,
            load_images,
            self._comparison_setup.load_segmenter,
            created_at.isoformat(timespec="seconds"),
            token,
            reporter,
            self._comparison_setup.resamples,
        )

    def write_comparison(self, comparison: ModelComparison, output: Path) -> tuple[Path, Path]:
        """Write a comparison as JSON, needed for an installation, and as HTML.

        The suffix of `output` is replaced. Raises `LeukViewError`.

        Returns:
            The JSON file and the HTML file.
        """
        paths = output.with_suffix(".json"), output.with_suffix(".html")
        texts = (
            self.comparison_json(comparison),
            self.comparison_html(comparison),
        )
        try:
            for path, text in zip(paths, texts, strict=True):
                atomic_write(path, text)
        except OSError as error:
            raise LeukViewError(
                Message("The comparison cannot be saved: {reason}.", reason=error.strerror or error)
            ) from error
        return paths

    def comparison_json(self, comparison: ModelComparison) -> str:
        """The comparison as JSON, needed for an installation."""
        return comparison_to_json(comparison, self.criteria, self._taxonomy)

    def comparison_html(self, comparison: ModelComparison) -> str:
        """The comparison as an HTML page."""
        return render_html(comparison, self.criteria, self._taxonomy)

    def comparison_text(self, comparison: ModelComparison) -> str:
        """The comparison as text."""
        return render_text(comparison, self.criteria, self._taxonomy)

    def violations(self, comparison: ModelComparison) -> tuple[str, ...]:
        """List why the candidate may not be installed; empty when it may."""
        return comparison.violations(self.criteria, self._taxonomy)

    # ---- commands
    def install(
        self,
        bundle: Path,
        comparison: str,
        *,
        signer: str,
        pin: str,
        meaning: str = INSTALLATION_MEANING,
        reason: str = "",
    ) -> RegistryEntry:
        """Install a bundle after a person has signed its comparison with the model in use.

        The verdicts are evaluated again from the comparison's figures and the criteria of this workstation.

        Args:
            bundle: Its folder.
            comparison: The comparison's JSON.
            signer: Printed name of the person; one of the reviewers where there are any.
            pin: "" = none.
            meaning: Of the signature.
            reason: The signer's free text; may be empty.

        Raises:
            ModelError: The bundle is not valid, the comparison is not of it against the model in use, or an acceptance
                criterion is violated.
            ReviewError: The signer may not sign, or the meaning is empty.
            PinError: The PIN is wrong, or was entered too early after wrong ones.
            StoreError: The registry cannot be read or written.
        """
        in_use = self.champion_sha256()
        facts, found = self._bundles.inspect(bundle), comparison_from_json(comparison)
        if found.candidate.sha256 != facts.sha256:
            raise ModelError("The comparison belongs to another candidate.", "Compare this model first.")
        if found.champion.sha256 != (in_use or self._bundles.describe("").sha256):
            raise ModelError(
                "The comparison was not made against the model that is in use now.", "Compare with the model in use."
            )
        objections = self.violations(found)
        if objections:
            raise ModelError("The candidate must not be installed.", " ".join(objections))
        name = self._authenticate(signer, pin)
        if not meaning.strip():
            raise ReviewError("A signature needs a meaning.")
        self._bundles.install(bundle)
        entry = self._registry.append(
            RegistryChange.INSTALL,
            bundle=facts.sha256,
            name=facts.name,
            before=in_use,
            signer=name,
            meaning=meaning.strip(),
            reason=reason.strip(),
            comparison=comparison,
        )
        self._on_model_changed()
        return entry

    def roll_back(self, *, signer: str, pin: str, reason: str, meaning: str = ROLLBACK_MEANING) -> RegistryEntry:
        """Put the previous model into use again; a reason is required.

        Raises:
            ModelError: The shipped model is in use, or the previous one is damaged or missing.
            ReviewError: The signer may not sign, or gives no reason.
            PinError: The PIN is wrong, or was entered too early after wrong ones.
            StoreError: The registry cannot be read or written.
        """
        reachable = champion_stack(self._verified_entries())
        if not reachable:
            raise ModelError("The model that ships with LeukView is in use: there is no earlier one.")
        if not reason.strip():
            raise ReviewError("Rolling back a model needs a reason.")
        before = reachable[-2] if len(reachable) > 1 else ""
        facts = self._bundles.describe(before)
        if facts.state != "ok":
            raise ModelError("The previous model cannot be used.", facts.problem)
        name = self._authenticate(signer, pin)
        entry = self._registry.append(
            RegistryChange.ROLLBACK,
            bundle=before,
            name=facts.name,
            before=reachable[-1],
            signer=name,
            meaning=meaning.strip(),
            reason=reason.strip(),
            comparison="",
        )
        self._on_model_changed()
        return entry

    def requires_pin(self, signer: str) -> bool:
        """Whether this person signs with a PIN. Raises `StoreError`."""
        profile = self._profiles.find_by_name(signer)
        return profile is not None and profile.has_pin

    def _authenticate(self, signer: str, pin: str) -> str:
        """Check the signer and return the printed name.

        Any name may sign while there are no reviewers, afterwards only reviewers, with their PIN.
        """
        name = " ".join(signer.split())
        if not name:
            raise ReviewError("A signature needs the printed name of the person who signs.")
        if not self._profiles.all_profiles():
            return name
        profile = self._profiles.find_by_name(name)
        if profile is None:
            raise ReviewError(
                Message("{name} is not a reviewer of this workstation.", name=name),
                "Add the person as a reviewer first.",
            )
        proven = self._profiles.authenticate(profile.id, pin).name
        self._profiles.require_right(proven, Right.INSTALL_MODEL)
        return proven

    def _verified_entries(self) -> list[RegistryEntry]:
        return verified(self._registry.entries())


def verified(entries: list[RegistryEntry]) -> list[RegistryEntry]:
    """Return the entries after verifying their hash chain. Raises `StoreError`."""
    broken = first_broken(entries)
    if broken is not None:
        raise StoreError(
            Message(
                "The model registry was changed outside LeukView: entry {seq} is the first invalid one.",
                seq=broken.seq,
            ),
            "Restore a copy of models.db.",
        )
    return entries


def current_champion(entries: Sequence[RegistryEntry]) -> str:
    """SHA-256 of the installed bundle in use; "" = the shipped one."""
    return (champion_stack(entries) or ("",))[-1]


def _unique_name(wanted: str, taken: Sequence[str]) -> str:
    number, name = 2, wanted
    while name in taken:
        name, number = f"{wanted} ({number})", number + 1
    return name
