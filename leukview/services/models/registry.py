"""Which model is in use: compared with the next one, installed by a person who signs, taken back by one command."""

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
from leukview.domain.models.model_registry import Change, RegistryEntry, champions
from leukview.domain.review.hash_chain import first_broken
from leukview.domain.taxonomy import Taxonomy
from leukview.services.models.comparison import (
    DRAWS,
    Candidate,
    Comparison,
    EvaluationSet,
    Pictures,
    compare_models,
    evaluation_set,
)
from leukview.services.models.comparison_html import html_of, text_of
from leukview.services.models.comparison_json import from_json, to_json
from leukview.services.ports.inference import Segmenter
from leukview.services.users.profiles import Profiles

SIGNED = "I have read this comparison and release the model for use here, for research"
"""What a signature under a comparison means, unless the signer says otherwise."""
TAKEN_BACK = "I take this model out of use here"
"""What a signature under a rollback means, unless the signer says otherwise."""


@dataclass(frozen=True, slots=True)
class BundleFacts:
    """One bundle.

    Attributes:
        state: ``ok`` (every hash was checked), ``damaged`` or ``missing``.
        card: Its model card, Markdown.
        trouble: What is wrong, in a sentence; "" when nothing is.
    """

    name: str
    sha256: str
    state: str
    card: str
    trouble: str


class BundleStore(Protocol):
    """The bundles on this workstation."""

    def path_of(self, sha256: str) -> Path:
        """Where a bundle lies; "" = the shipped one. Raises `ModelError` when it is gone or another one lies there."""

    def inspect(self, path: Path) -> BundleFacts:
        """What a bundle's folder holds; every hash is checked. Raises `ModelError`."""

    def describe(self, sha256: str) -> BundleFacts:
        """A bundle of the shelf, "" = the shipped one; one that is damaged or gone says so in its `state`."""

    def install(self, path: Path) -> BundleFacts:
        """Copy a bundle onto the shelf, whole or not at all. Raises `ModelError`."""


class RegistryStore(Protocol):
    """The append-only, hash-chained list of installations and rollbacks."""

    def entries(self) -> list[RegistryEntry]:
        """All entries in order. Raises `StoreError`."""

    def append(
        self,
        change: Change,
        *,
        bundle: str,
        name: str,
        before: str,
        signer: str,
        meaning: str,
        reason: str,
        comparison: str,
    ) -> RegistryEntry:
        """Write one entry; when this returns, it is on the disk.

        Raises:
            ModelError: Another program changed the model meanwhile; nothing was written.
            StoreError: It could not be written.
        """


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One bundle as the registry page shows it.

    Attributes:
        facts: The bundle.
        shipped: It travels with the program.
        in_use: New cells are classified by it.
        installed: The entry that put it into use last; None for the shipped one.
    """

    facts: BundleFacts
    shipped: bool
    in_use: bool
    installed: RegistryEntry | None


@dataclass(frozen=True, slots=True)
class Registry:
    """What the registry page shows: bundles, the one in use first; every entry; the first broken one, if any."""

    rows: tuple[ModelRow, ...]
    entries: tuple[RegistryEntry, ...]
    broken: RegistryEntry | None
    can_roll_back: bool


@dataclass(frozen=True, slots=True)
class Comparing:
    """How models are loaded and cells read, for a comparison.

    Attributes:
        contestant: Loads a bundle's folder.
        cells: Reads the cells of a data folder, with their splits.
        pictures: Gives their images.
        segmenter: Loaded only when a model looks at masks.
        draws: Resamples of an interval.
    """

    contestant: Callable[[Path], Candidate]
    cells: Callable[[Path], tuple[LabelledCell, ...]]
    pictures: Pictures
    segmenter: Callable[[], Segmenter]
    draws: int = DRAWS


class ModelRegistryService:
    """The rules about models.

    Args:
        registry: Who installed what.
        shelf: The bundles.
        profiles: Who may sign.
        guards: What must not become worse.
        taxonomy: Classes and stages.
        comparing: Engines and cells for a comparison.
        changed: Called after another model came into use.
    """

    def __init__(
        self,
        registry: RegistryStore,
        shelf: BundleStore,
        profiles: Profiles,
        guards: Sequence[AcceptanceCriterion],
        taxonomy: Taxonomy,
        comparing: Comparing,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._registry, self._shelf, self._profiles = registry, shelf, profiles
        self.guards, self._taxonomy, self._comparing = tuple(guards), taxonomy, comparing
        self._changed = changed

    # ---- what there is
    def champion(self) -> str:
        """SHA-256 of the installed bundle in use; "" = the shipped one. Raises `StoreError`."""
        return champion_of(self._sound_entries())

    def registry(self, _token: CancelToken, _reporter: Reporter) -> Registry:
        """Everything the registry page shows; each bundle's hashes are checked. Raises `StoreError`."""
        entries = self._registry.entries()
        in_use = champion_of(entries)
        last: dict[str, RegistryEntry] = {}
        for entry in entries:
            if entry.change is Change.INSTALL:
                last[entry.bundle] = entry
        keys = sorted(last, key=lambda k: (k != in_use, -last[k].seq))
        keys = ["", *keys] if not in_use else [*keys, ""]
        rows = tuple(ModelRow(self._shelf.describe(k), not k, k == in_use, last.get(k)) for k in keys)
        return Registry(rows, tuple(entries), first_broken(entries), bool(in_use))

    # ---- comparing
    def compare(
        self,
        champion: Path | None,
        candidate: Path,
        folders: Sequence[Path],
        created_at: datetime,
        token: CancelToken,
        reporter: Reporter,
    ) -> Comparison:
        """Compare two bundles on the patients kept aside of some data folders; see `compare_models`.

        Args:
            champion: A bundle's folder; None = the model in use.
            candidate: A bundle's folder.
            folders: Data folders; the name of each names its set of cells.
            created_at: With zone.
            token: See `compare_models`.
            reporter: See `compare_models`.
        """
        sets: list[EvaluationSet] = []
        for folder in folders:
            name = _free_name(folder.resolve().name, [s.name for s in sets])
            sets.append(evaluation_set(name, folder, self._comparing.cells(folder)))
        return compare_models(
            self._comparing.contestant(champion or self._shelf.path_of(self.champion())),
            self._comparing.contestant(candidate),
            sets,
            self._taxonomy,
            self._comparing.pictures,
            self._comparing.segmenter,
            created_at.isoformat(timespec="seconds"),
            token,
            reporter,
            self._comparing.draws,
        )

    def write(self, comparison: Comparison, output: Path) -> tuple[Path, Path]:
        """Write a comparison as JSON, which an installation needs, and as HTML beside it, for people.

        Returns:
            Both files.

        Raises:
            LeukViewError: They cannot be written.
        """
        paths = output.with_suffix(".json"), output.with_suffix(".html")
        texts = (
            self.json(comparison),
            self.html(comparison),
        )
        try:
            for path, text in zip(paths, texts, strict=True):
                atomic_write(path, text)
        except OSError as error:
            raise LeukViewError(
                Message("The comparison cannot be written: {reason}.", reason=error.strerror or error)
            ) from error
        return paths

    def json(self, comparison: Comparison) -> str:
        """The comparison as an installation needs it."""
        return to_json(comparison, self.guards, self._taxonomy)

    def html(self, comparison: Comparison) -> str:
        """The comparison as a page."""
        return html_of(comparison, self.guards, self._taxonomy)

    def text(self, comparison: Comparison) -> str:
        """The comparison in lines."""
        return text_of(comparison, self.guards, self._taxonomy)

    def violations(self, comparison: Comparison) -> tuple[str, ...]:
        """Why the candidate may not be installed; empty when it may."""
        return comparison.objections(self.guards, self._taxonomy)

    # ---- changing
    def install(
        self, bundle: Path, comparison: str, *, signer: str, pin: str, meaning: str = SIGNED, reason: str = ""
    ) -> RegistryEntry:
        """Put a bundle into use on the strength of a comparison that a person signs.

        The verdicts are made anew from the comparison's figures and the guards of this workstation.

        Args:
            bundle: Its folder.
            comparison: The comparison's JSON.
            signer: Printed name of the person; one of the reviewers where there are any.
            pin: "" = none.
            meaning: Of the signature.
            reason: In the signer's words; may be empty.

        Raises:
            ModelError: The bundle is not sound; the comparison is not of it against the model in use; or a guarded
                figure is worse.
            ReviewError: The signer may not sign.
            PinError: The PIN is wrong or must wait.
            StoreError: The registry refuses.
        """
        in_use = self.champion()
        facts, found = self._shelf.inspect(bundle), from_json(comparison)
        if found.candidate.sha256 != facts.sha256:
            raise ModelError("The comparison is of another candidate.", "Compare this model first.")
        if found.champion.sha256 != (in_use or self._shelf.describe("").sha256):
            raise ModelError(
                "The comparison is not against the model that is in use now.", "Compare with the model in use."
            )
        objections = self.violations(found)
        if objections:
            raise ModelError("The candidate may not be installed.", " ".join(objections))
        name = self._authenticate(signer, pin)
        if not meaning.strip():
            raise ReviewError("A signature needs a meaning.")
        self._shelf.install(bundle)
        entry = self._registry.append(
            Change.INSTALL,
            bundle=facts.sha256,
            name=facts.name,
            before=in_use,
            signer=name,
            meaning=meaning.strip(),
            reason=reason.strip(),
            comparison=comparison,
        )
        self._changed()
        return entry

    def roll_back(self, *, signer: str, pin: str, reason: str, meaning: str = TAKEN_BACK) -> RegistryEntry:
        """Put the model of before into use again.

        Raises:
            ModelError: The shipped one is in use, or the one of before is damaged or gone.
            ReviewError: The signer may not sign, or gives no reason.
            PinError: The PIN is wrong or must wait.
            StoreError: The registry refuses.
        """
        reachable = champions(self._sound_entries())
        if not reachable:
            raise ModelError("The model that ships with the program is in use: there is none before it.")
        if not reason.strip():
            raise ReviewError("Taking a model back needs a reason.")
        before = reachable[-2] if len(reachable) > 1 else ""
        facts = self._shelf.describe(before)
        if facts.state != "ok":
            raise ModelError("The model of before cannot be used.", facts.trouble)
        name = self._authenticate(signer, pin)
        entry = self._registry.append(
            Change.ROLLBACK,
            bundle=before,
            name=facts.name,
            before=reachable[-1],
            signer=name,
            meaning=meaning.strip(),
            reason=reason.strip(),
            comparison="",
        )
        self._changed()
        return entry

    def asks_pin(self, signer: str) -> bool:
        """Whether this person signs with a PIN. Raises `StoreError`."""
        profile = self._profiles.named(signer)
        return profile is not None and profile.has_pin

    def _authenticate(self, signer: str, pin: str) -> str:
        """The printed name of who signs: any name while there are no reviewers, else one of theirs, proven by PIN."""
        name = " ".join(signer.split())
        if not name:
            raise ReviewError("A signature needs the printed name of the person who signs.")
        if not self._profiles.all():
            return name
        profile = self._profiles.named(name)
        if profile is None:
            raise ReviewError(
                Message("{name} is none of the reviewers of this workstation.", name=name), "Add the person first."
            )
        return self._profiles.authenticate(profile.id, pin).name

    def _sound_entries(self) -> list[RegistryEntry]:
        return verified(self._registry.entries())


def verified(entries: list[RegistryEntry]) -> list[RegistryEntry]:
    """The entries, if their chain holds.

    Raises:
        StoreError: The registry was changed outside of LeukView: which model is in use is not known.
    """
    broken = first_broken(entries)
    if broken is not None:
        raise StoreError(
            Message(
                "The model registry was changed outside of LeukView: entry {seq} is the first broken one.",
                seq=broken.seq,
            ),
            "Put back a copy of models.db.",
        )
    return entries


def champion_of(entries: Sequence[RegistryEntry]) -> str:
    """SHA-256 of the installed bundle in use; "" = the shipped one."""
    return (champions(entries) or ("",))[-1]


def _free_name(wanted: str, taken: Sequence[str]) -> str:
    number, name = 2, wanted
    while name in taken:
        name, number = f"{wanted} ({number})", number + 1
    return name
