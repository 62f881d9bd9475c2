"""Identity vault: pseudonyms, patient names and image paths.

A file separate from the main database, which never leaves the workstation.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select, update

from leukview.core.atomic_files import read_file
from leukview.core.errors import StoreError
from leukview.domain.slide import SlideDraft
from leukview.services.ports.storage import CellLocation
from leukview.storage.database import open_database, sqlite_url
from leukview.storage.migrations import VAULT_MIGRATIONS
from leukview.storage.schema import identities, locations, patients, vault_facts

_CROCKFORD_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U, which are easily confused
_KEY_BYTES = 32
VAULT_FILE = "identity.db"
_FINGERPRINT = "key fingerprint"
_GENERIC_FOLDER_NAMES = frozenset(
    ("", "signed slides", "unsigned slides", "slides", "signed", "unsigned", "images", "cells", "export", "data")
)


def make_cell_id(slide: str, sha256: str) -> str:
    """Id of a cell: its slide's id and the first 12 hex digits of its SHA-256."""
    return f"{slide}-{sha256[:12]}"


class IdentityVault:
    """Maps pseudonyms to names and paths.

    Files are ``identity.db`` and its key ``identity.key``, both with mode 0600.

    A pseudonym is 40 bits of HMAC-SHA256 under a random key of this workstation, in Crockford's base 32: without the
    key nobody can test a guessed name against it. The key gives the same names the same pseudonyms, even after the
    main database was deleted. A slide is identified by patient, order and content:

    - same names, at least one cell in common: the same slide (new cells are added to it);
    - same names, same folder, other content: the same slide, exported again;
    - same names, nothing in common, another folder: another slide, whose pseudonym uses the next counter.

    Folder names that do not identify a patient ("Signed slides") are distinguished by their path.

    Args:
        folder: Folder of the two files; created on demand.

    Raises:
        StoreError: The vault cannot be opened, or its key is missing or another one although pseudonyms were made.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / VAULT_FILE
        self._database = open_database(sqlite_url(path), backup_dir=folder / "backups", migrations=VAULT_MIGRATIONS)
        try:
            with self._database.read_transaction() as connection:
                used = connection.execute(select(func.count()).select_from(patients)).scalar_one() > 0
            path.chmod(0o600)
            self._key = _load_key(folder / "identity.key", may_create=not used)
            self._check_key()
        except OSError as error:
            self._database.close()
            raise StoreError("The identity vault cannot be opened.", "Check the rights of its folder.") from error
        except StoreError:
            self._database.close()
            raise

    def _check_key(self) -> None:
        """Require that the key is the one with which this vault's pseudonyms were made.

        The vault keeps the key's fingerprint; one of before there were fingerprints gets it once the key has made one
        of its pseudonyms again.
        """
        own = hmac.digest(self._key, b"fingerprint", hashlib.sha256).hex()
        with self._database.read_transaction() as connection:
            known = _fingerprint_of(connection)
            rows = connection.execute(select(patients.c.pseudonym, patients.c.name).limit(100)).all()
        fits = own == known if known is not None else any(self._made(row[0], row[1]) for row in rows)
        if rows and not fits:
            raise StoreError(
                "identity.key is not the key of this identity vault: known patients would get other pseudonyms.",
                "Put identity.key back from a backup of the LeukView folder.",
            )
        if known != own:
            with self._database.write_transaction() as connection:
                connection.execute(delete(vault_facts).where(vault_facts.c.name == _FINGERPRINT))
                connection.execute(insert(vault_facts).values(name=_FINGERPRINT, content=own))

    def _made(self, pseudonym: str, known_as: str) -> bool:
        """Whether this key made a patient's pseudonym, at one of the first attempts."""
        return any(self._pseudonym("P", known_as, attempt) == pseudonym for attempt in range(3))

    def register_slide(self, draft: SlideDraft) -> tuple[str, str]:
        """Pseudonyms (slide, patient) of a draft; stores its image paths. Idempotent.

        Raises:
            StoreError: The vault cannot be written.
        """
        with self._database.write_transaction() as connection:
            patient = self._patient_pseudonym(connection, draft)
            slide = self._slide_pseudonym(connection, draft, patient)
            self._store_locations(connection, draft, slide)
        return slide, patient

    def find_slide(self, draft: SlideDraft) -> str | None:
        """Pseudonym that `register_slide` would give a draft; None = a new one. Nothing is written."""
        with self._database.read_transaction() as connection:
            query = select(patients.c.pseudonym).where(patients.c.name == _known_as(draft))
            patient = connection.execute(query).scalar()
            if patient is None:
                return None
            return _best_match(_known_slides(connection, draft, str(patient)), connection, draft) or None

    def image_locations(self, slide: str) -> Mapping[str, CellLocation]:
        """Image paths by cell or overview id; empty for a slide of another workstation."""
        query = select(locations.c.sha256, locations.c.root, locations.c.inner_path, locations.c.path)
        with self._database.read_transaction() as connection:
            rows = connection.execute(query.where(locations.c.slide == slide)).all()
        return {
            make_cell_id(slide, sha256): CellLocation(Path(root), inner, path, sha256)
            for sha256, root, inner, path in rows
        }

    def folder_names(self, slide: str) -> tuple[str, str] | None:
        """Folder names of patient and order; None when unknown on this workstation."""
        query = select(patients.c.name, identities.c.order_name).join_from(
            identities, patients, identities.c.patient == patients.c.pseudonym
        )
        with self._database.read_transaction() as connection:
            row = connection.execute(query.where(identities.c.slide == slide)).first()
        return (json.loads(row[0])[0], row[1]) if row else None

    def patient_names(self) -> tuple[str, ...]:
        """Folder names of all patients."""
        with self._database.read_transaction() as connection:
            return tuple(str(json.loads(name)[0]) for name in connection.execute(select(patients.c.name)).scalars())

    def rename_slide(self, slide: str, draft: SlideDraft) -> bool:
        """Give a slide, and its patient, the folder names of a draft; False when they are those of another patient.

        Raises:
            StoreError: The vault cannot be written.
        """
        with self._database.write_transaction() as connection:
            row = connection.execute(select(identities.c.patient).where(identities.c.slide == slide)).first()
            known_as = _known_as(draft)
            holder = connection.execute(select(patients.c.pseudonym).where(patients.c.name == known_as)).scalar()
            if row is None or holder not in {None, row.patient}:
                return False
            connection.execute(update(patients).where(patients.c.pseudonym == row.patient).values(name=known_as))
            order = _normalise_name(draft.order)
            same = (identities.c.patient == row.patient) & (identities.c.order_name == order)
            highest = select(func.max(identities.c.counter)).where(same & (identities.c.slide != slide))
            taken = connection.execute(highest).scalar()
            counter = 0 if taken is None else int(taken) + 1
            where = identities.c.slide == slide
            connection.execute(update(identities).where(where).values(order_name=order, counter=counter))
            return True

    def name_mark(self, folded_name: str) -> str:
        """Keyed hash of a folder's name, which is kept outside the vault instead of the name."""
        return "#" + hmac.digest(self._key, json.dumps(["folder", folded_name]).encode(), hashlib.sha256).hex()[:32]

    def close(self) -> None:
        """Close the database file."""
        self._database.close()

    def _pseudonym(self, prefix: str, *parts: object) -> str:
        digest = hmac.digest(self._key, json.dumps([prefix, *parts]).encode(), hashlib.sha256)
        bits = int.from_bytes(digest[:5], "big")
        return f"{prefix}-" + "".join(_CROCKFORD_ALPHABET[bits >> shift & 31] for shift in range(35, -1, -5))

    def _patient_pseudonym(self, connection: Connection, draft: SlideDraft) -> str:
        known_as = _known_as(draft)
        found = connection.execute(select(patients.c.pseudonym).where(patients.c.name == known_as)).scalar()
        if found is not None:
            return str(found)
        attempt = 0
        while True:  # 40 bits: about one collision among a million names
            pseudonym = self._pseudonym("P", known_as, attempt)
            if connection.execute(select(patients).where(patients.c.pseudonym == pseudonym)).first() is None:
                connection.execute(insert(patients).values(pseudonym=pseudonym, name=known_as))
                return pseudonym
            attempt += 1

    def _slide_pseudonym(self, connection: Connection, draft: SlideDraft, patient: str) -> str:
        order = _normalise_name(draft.order)
        known = _known_slides(connection, draft, patient)
        if best := _best_match(known, connection, draft):
            return best
        counter = max(known.values(), default=-1) + 1
        while True:
            pseudonym = self._pseudonym("S", patient, order, counter)
            if connection.execute(select(identities).where(identities.c.slide == pseudonym)).first() is None:
                values = {"slide": pseudonym, "patient": patient, "order_name": order, "counter": counter}
                connection.execute(insert(identities).values(values))
                return pseudonym
            counter += 1

    def _store_locations(self, connection: Connection, draft: SlideDraft, slide: str) -> None:
        """Store image paths; importing a moved folder again replaces the old ones."""
        images = [(c.sha256, c.path) for c in draft.cells] + [(o.sha256, o.path) for o in draft.overviews]
        rows = [
            {"slide": slide, "sha256": sha256, "root": draft.root, "inner_path": draft.archive_folder, "path": path}
            for sha256, path in images
        ]
        for row in rows:
            same = (locations.c.slide == slide) & (locations.c.sha256 == row["sha256"])
            connection.execute(delete(locations).where(same))
        if rows:
            connection.execute(insert(locations), rows)


def _known_as(draft: SlideDraft) -> str:
    """What identifies a patient in the vault: the folder's name, and its place where the name tells nothing."""
    name = _normalise_name(draft.patient)
    location = [draft.root, draft.archive_folder] if name.casefold() in _GENERIC_FOLDER_NAMES else []
    return json.dumps([name, *location], ensure_ascii=False)


def _known_slides(connection: Connection, draft: SlideDraft, patient: str) -> dict[str, int]:
    """Pseudonym of each slide with the draft's names → its counter."""
    query = select(identities.c.slide, identities.c.counter).where(
        identities.c.patient == patient, identities.c.order_name == _normalise_name(draft.order)
    )
    return {row.slide: row.counter for row in connection.execute(query.order_by(identities.c.counter))}


def _best_match(known: Iterable[str], connection: Connection, draft: SlideDraft) -> str:
    """The one of the known slides that a draft belongs to; "" = none."""
    content = {c.sha256 for c in draft.cells}
    best, most = "", 0
    for slide in known:
        rows = connection.execute(
            select(locations.c.sha256, locations.c.root, locations.c.inner_path).where(locations.c.slide == slide)
        ).all()
        common = len(content & {r.sha256 for r in rows})
        here = any((r.root, r.inner_path) == (draft.root, draft.archive_folder) for r in rows)
        score = 2 * common + here  # common cells come first; the folder breaks ties
        if score > most:
            best, most = slide, score
    return best


class MissingVault:
    """Stands for a vault that is gone although its database holds slides.

    What is stored can be seen; nothing is imported, because known patients would silently get other pseudonyms.
    """

    message = "The identity vault is missing although the database holds slides."
    hint = (
        "Put identity.db and identity.key back from a backup of the LeukView folder; only if they are lost for good, "
        "begin a new vault with “leukview doctor --new-vault”."
    )

    def register_slide(self, draft: SlideDraft) -> tuple[str, str]:  # noqa: ARG002
        """Refuse.

        Raises:
            StoreError: Always.
        """
        raise StoreError(f"{self.message} Nothing can be imported.", self.hint)

    def find_slide(self, draft: SlideDraft) -> str | None:  # noqa: ARG002
        """Return None: without a vault no slide is known."""
        return None

    def image_locations(self, slide: str) -> Mapping[str, CellLocation]:  # noqa: ARG002
        """Return no locations."""
        return {}

    def folder_names(self, slide: str) -> tuple[str, str] | None:  # noqa: ARG002
        """Return no names."""
        return None

    def close(self) -> None:
        """Do nothing."""


def open_vault(folder: Path, *, is_expected: bool) -> IdentityVault | MissingVault:
    """Open the vault in a folder; create it unless it must exist already.

    Args:
        folder: The data folder.
        is_expected: The folder's database holds slides, so that there was a vault.

    Raises:
        StoreError: The vault cannot be opened; see `IdentityVault`.
    """
    if is_expected and not (folder / VAULT_FILE).exists():
        return MissingVault()
    return IdentityVault(folder)


def _fingerprint_of(connection: Connection) -> str | None:
    """Fingerprint of the key that made the vault's pseudonyms; None in a vault that does not have it yet."""
    query = select(vault_facts.c.content).where(vault_facts.c.name == _FINGERPRINT)
    found = connection.execute(query).scalar()
    return None if found is None else str(found)


def _normalise_name(name: str) -> str:
    """Normalise a folder name to NFC, because macOS decomposes accents."""
    return unicodedata.normalize("NFC", name).strip()


def _load_key(path: Path, *, may_create: bool) -> bytes:
    if not path.exists():
        if not may_create:
            raise StoreError(
                "The key of the identity vault is missing, so known patients could not be recognised.",
                "Put identity.key back from a backup of the LeukView folder.",
            )
        _create_key(path)
    key = read_file(path, 1024)
    if len(key) != _KEY_BYTES:
        raise StoreError(
            "The key of the identity vault is damaged.", "Put identity.key back from a backup of the LeukView folder."
        )
    return key


def _create_key(path: Path) -> None:
    """Create the key atomically: write a temporary file, then hard-link it.

    When two programs start at the same time, both use the key that was linked first.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            return
        except OSError:  # the file system has no hard links
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
