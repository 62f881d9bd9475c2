"""Identity vault: pseudonyms, patient names and image paths.

A file separate from the main database, which never leaves the workstation.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select, update

from leukview.core.atomic_files import read_file
from leukview.core.errors import StoreError
from leukview.core.messages import Message
from leukview.domain.slide import SlideDraft
from leukview.services.ports.storage import CellLocation
from leukview.storage.database import Database, open_database, sqlite_url
from leukview.storage.key_store import KeyStore, create_secret_file
from leukview.storage.schema import databases, identities, locations, patients, slides, vault_facts, vault_info
from leukview.storage.sealed_records import SealedRecords
from leukview.storage.vault_cipher import KEY_BYTES, KEY_NAME, VaultCipher
from leukview.storage.vault_migrations import location_context, location_text, vault_migrations

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

    Names and paths are encrypted with a key of the system's key store, see `VaultCipher`. A plain vault of an earlier
    version is encrypted when it is opened, in one transaction; its plain copies are deleted then.

    Args:
        folder: Folder of the two files; created on demand.
        key_store: Where the key of the encryption is; None = the usual place.

    Raises:
        StoreError: The vault cannot be opened; one of its keys is missing or another one although entries made with
            it exist; or it was encrypted under another user account.
    """

    def __init__(self, folder: Path, key_store: KeyStore | None = None) -> None:
        path = folder / VAULT_FILE
        self._cipher = VaultCipher((key_store or KeyStore()).get_or_create(KEY_NAME, KEY_BYTES))
        self._database = open_database(
            sqlite_url(path), backup_dir=folder / "backups", migrations=vault_migrations(self._cipher)
        )
        try:
            self._require_key()
            _delete_plain_copies(self._database, folder / "backups")
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

    def _require_key(self) -> None:
        with self._database.read_transaction() as connection:
            known = connection.execute(select(vault_info.c.value).where(vault_info.c.key == "key")).scalar()
        if known != self._cipher.fingerprint:
            raise StoreError(
                "The names of the patients are encrypted with a key that this user account does not have.",
                "Open LeukView with the account that created the names, or restore a backup with “leukview restore”.",
            )

    @property
    def slide_count(self) -> int:
        """Number of slides that the vault knows."""
        with self._database.read_transaction() as connection:
            return int(connection.execute(select(func.count()).select_from(identities)).scalar_one())

    def knows_database(self, database_id: str) -> bool:
        """Whether slides of this database were registered here."""
        with self._database.read_transaction() as connection:
            return connection.execute(select(databases).where(databases.c.id == database_id)).first() is not None

    def remember_database(self, database_id: str) -> None:
        """Remember a database that is used with this vault; raises `StoreError`."""
        if not self.knows_database(database_id):
            with self._database.write_transaction() as connection:
                if connection.execute(select(databases).where(databases.c.id == database_id)).first() is None:
                    connection.execute(insert(databases).values(id=database_id))

    def _check_key(self) -> None:
        """Require that the key is the one with which this vault's pseudonyms were made.

        The vault keeps the key's fingerprint; one of before there were fingerprints gets it once the key has made one
        of its pseudonyms again.
        """
        own = hmac.digest(self._key, b"fingerprint", hashlib.sha256).hex()
        with self._database.read_transaction() as connection:
            known = _fingerprint_of(connection)
            rows = connection.execute(select(patients.c.pseudonym, patients.c.sealed).limit(100)).all()
        fits = own == known if known is not None else any(self._made(row[0], row[1]) for row in rows)
        if rows and not fits:
            raise StoreError(
                "identity.key is not the key of this identity vault: known patients would get other pseudonyms.",
                "Restore identity.key from a backup of the LeukView folder.",
            )
        if known != own:
            with self._database.write_transaction() as connection:
                connection.execute(delete(vault_facts).where(vault_facts.c.name == _FINGERPRINT))
                connection.execute(insert(vault_facts).values(name=_FINGERPRINT, content=own))

    def _made(self, pseudonym: str, sealed: str) -> bool:
        """Whether this key made a patient's pseudonym, at one of the first attempts."""
        known_as = self._cipher.unseal(sealed, f"patient {pseudonym}")
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
            query = select(patients.c.pseudonym).where(patients.c.name == self._cipher.lookup(_known_as(draft)))
            patient = connection.execute(query).scalar()
            if patient is None:
                return None
            return self._best_match(self._known_slides(connection, draft, str(patient)), connection, draft) or None

    def image_locations(self, slide: str) -> Mapping[str, CellLocation]:
        """Image paths by cell or overview id; empty for a slide of another workstation."""
        with self._database.read_transaction() as connection:
            found = self._read_locations(connection, slide)
        return {
            make_cell_id(slide, sha256): CellLocation(Path(root), inner, path, sha256)
            for sha256, (root, inner, path) in found.items()
        }

    def _read_locations(self, connection: Connection, slide: str) -> dict[str, tuple[str, str, str]]:
        """SHA-256 → root, folder inside the archive and path of the slide's images."""
        query = select(locations.c.sha256, locations.c.path).where(locations.c.slide == slide)
        found: dict[str, tuple[str, str, str]] = {}
        for sha256, sealed in connection.execute(query):
            root, inner, path = json.loads(self._cipher.unseal(sealed, location_context(slide, sha256)))
            found[sha256] = root, inner, path
        return found

    def folder_names(self, slide: str) -> tuple[str, str] | None:
        """Folder names of patient and order; None when unknown on this workstation."""
        query = select(patients.c.pseudonym, patients.c.sealed, identities.c.sealed).join_from(
            identities, patients, identities.c.patient == patients.c.pseudonym
        )
        with self._database.read_transaction() as connection:
            row = connection.execute(query.where(identities.c.slide == slide)).first()
        if row is None:
            return None
        known_as = self._cipher.unseal(row[1], f"patient {row[0]}")
        return str(json.loads(known_as)[0]), self._cipher.unseal(row[2], f"order {slide}")

    def slides_of_patients(self, wanted: Callable[[str], bool]) -> frozenset[str]:
        """Slides of the patients whose folder name is wanted; decrypts the names of all patients."""
        with self._database.read_transaction() as connection:
            rows = connection.execute(select(patients.c.pseudonym, patients.c.sealed)).all()
            names = {row[0]: str(json.loads(self._cipher.unseal(row[1], f"patient {row[0]}"))[0]) for row in rows}
            chosen = [pseudonym for pseudonym, name in names.items() if wanted(name)]
            query = select(identities.c.slide).where(identities.c.patient.in_(chosen))
            return frozenset(map(str, connection.execute(query).scalars()))

    def slides_of_orders(self, numbers: Collection[str]) -> frozenset[str]:
        """Slides whose folder of the order has exactly one of these names."""
        keys = [self._cipher.lookup(_normalise_name(number)) for number in numbers]
        query = select(identities.c.slide).where(identities.c.order_name.in_(keys))
        with self._database.read_transaction() as connection:
            return frozenset(map(str, connection.execute(query).scalars()))

    def forget_slides(self, slides: Collection[str]) -> None:
        """Delete names, orders and paths of slides, and the patients of whom nothing is left.

        Raises:
            StoreError: The vault cannot be written.
        """
        with self._database.write_transaction() as connection:
            for slide in slides:
                connection.execute(delete(locations).where(locations.c.slide == slide))
                self.records.forget_slide(connection, slide, self._order_name(connection, slide))
                connection.execute(delete(identities).where(identities.c.slide == slide))
            left = select(identities.c.patient)
            connection.execute(delete(patients).where(patients.c.pseudonym.not_in(left)))
        self._database.scrub()

    @property
    def records(self) -> SealedRecords:
        """Encrypted records of the exchange with the laboratory."""
        return SealedRecords(self._database, self._cipher)

    def _order_name(self, connection: Connection, slide: str) -> str:
        """Folder name of the order of a slide that is the last one with it; else ""."""
        row = connection.execute(select(identities).where(identities.c.slide == slide)).first()
        if row is None:
            return ""
        same = (identities.c.order_name == row.order_name) & (identities.c.slide != slide)
        if connection.execute(select(identities.c.slide).where(same)).first() is not None:
            return ""
        return self._cipher.unseal(row.sealed, f"order {slide}")

    def patient_names(self) -> tuple[str, ...]:
        """Folder names of all patients."""
        with self._database.read_transaction() as connection:
            rows = connection.execute(select(patients.c.pseudonym, patients.c.sealed)).all()
        return tuple(str(json.loads(self._cipher.unseal(row[1], f"patient {row[0]}"))[0]) for row in rows)

    def rename_slide(self, slide: str, draft: SlideDraft) -> bool:
        """Give a slide, and its patient, the folder names of a draft; False when they are those of another patient.

        Raises:
            StoreError: The vault cannot be written.
        """
        with self._database.write_transaction() as connection:
            row = connection.execute(select(identities.c.patient).where(identities.c.slide == slide)).first()
            known_as = _known_as(draft)
            lookup = self._cipher.lookup(known_as)
            holder = connection.execute(select(patients.c.pseudonym).where(patients.c.name == lookup)).scalar()
            if row is None or holder not in {None, row.patient}:
                return False
            named = {"name": lookup, "sealed": self._cipher.seal(known_as, f"patient {row.patient}")}
            connection.execute(update(patients).where(patients.c.pseudonym == row.patient).values(named))
            order = _normalise_name(draft.order)
            ordered = {"order_name": self._cipher.lookup(order), "sealed": self._cipher.seal(order, f"order {slide}")}
            same = (identities.c.patient == row.patient) & (identities.c.order_name == ordered["order_name"])
            highest = select(func.max(identities.c.counter)).where(same & (identities.c.slide != slide))
            taken = connection.execute(highest).scalar()
            counter = 0 if taken is None else int(taken) + 1
            where = identities.c.slide == slide
            connection.execute(update(identities).where(where).values(**ordered, counter=counter))
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
        lookup = self._cipher.lookup(known_as)
        found = connection.execute(select(patients.c.pseudonym).where(patients.c.name == lookup)).scalar()
        if found is not None:
            return str(found)
        attempt = 0
        while True:  # 40 bits: about one collision among a million names
            pseudonym = self._pseudonym("P", known_as, attempt)
            if connection.execute(select(patients).where(patients.c.pseudonym == pseudonym)).first() is None:
                sealed = self._cipher.seal(known_as, f"patient {pseudonym}")
                connection.execute(insert(patients).values(pseudonym=pseudonym, name=lookup, sealed=sealed))
                return pseudonym
            attempt += 1

    def _slide_pseudonym(self, connection: Connection, draft: SlideDraft, patient: str) -> str:
        order = _normalise_name(draft.order)
        known = self._known_slides(connection, draft, patient)
        if best := self._best_match(known, connection, draft):
            return best
        counter = max(known.values(), default=-1) + 1
        while True:
            pseudonym = self._pseudonym("S", patient, order, counter)
            if connection.execute(select(identities).where(identities.c.slide == pseudonym)).first() is None:
                values = {"slide": pseudonym, "patient": patient, "counter": counter}
                values |= {
                    "order_name": self._cipher.lookup(order),
                    "sealed": self._cipher.seal(order, f"order {pseudonym}"),
                }
                connection.execute(insert(identities).values(values))
                return pseudonym
            counter += 1

    def _known_slides(self, connection: Connection, draft: SlideDraft, patient: str) -> dict[str, int]:
        """Pseudonym of each slide with the draft's names → its counter."""
        order = self._cipher.lookup(_normalise_name(draft.order))
        query = select(identities.c.slide, identities.c.counter).where(
            identities.c.patient == patient, identities.c.order_name == order
        )
        return {row.slide: row.counter for row in connection.execute(query.order_by(identities.c.counter))}

    def _best_match(self, known: Iterable[str], connection: Connection, draft: SlideDraft) -> str:
        """The one of the known slides that a draft belongs to; "" = none."""
        content = {c.sha256 for c in draft.cells}
        best, most = "", 0
        for slide in known:
            found = self._read_locations(connection, slide)
            common = len(content & found.keys())
            here = any((root, inner) == (draft.root, draft.archive_folder) for root, inner, _ in found.values())
            score = 2 * common + here  # common cells come first; the folder breaks ties
            if score > most:
                best, most = slide, score
        return best

    def _store_locations(self, connection: Connection, draft: SlideDraft, slide: str) -> None:
        """Store image paths; importing a moved folder again replaces the old ones."""
        images = [(c.sha256, c.path) for c in draft.cells] + [(o.sha256, o.path) for o in draft.overviews]
        rows = [
            {
                "slide": slide,
                "sha256": sha256,
                "root": "",
                "inner_path": "",
                "path": self._cipher.seal(
                    location_text(draft.root, draft.archive_folder, path), location_context(slide, sha256)
                ),
            }
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

    def forget_slides(self, slides: Collection[str]) -> None:  # noqa: ARG002
        """Refuse: the names, which are elsewhere, would come back with the vault.

        Raises:
            StoreError: Always.
        """
        raise StoreError(f"{self.message} Nothing can be erased.", self.hint)

    def close(self) -> None:
        """Do nothing."""


def open_vault(folder: Path, key_store: KeyStore, *, is_expected: bool) -> IdentityVault | MissingVault:
    """Open the vault in a folder; create it unless it must exist already.

    Args:
        folder: The data folder.
        key_store: Has the key of the vault's encryption.
        is_expected: The folder's database holds slides, so that there was a vault.

    Raises:
        StoreError: The vault cannot be opened; see `IdentityVault`.
    """
    if is_expected and not (folder / VAULT_FILE).exists():
        return MissingVault()
    return IdentityVault(folder, key_store)


def _fingerprint_of(connection: Connection) -> str | None:
    """Fingerprint of the key that made the vault's pseudonyms; None in a vault that does not have it yet."""
    query = select(vault_facts.c.content).where(vault_facts.c.name == _FINGERPRINT)
    found = connection.execute(query).scalar()
    return None if found is None else str(found)


def _normalise_name(name: str) -> str:
    """Normalise a folder name to NFC, because macOS decomposes accents."""
    return unicodedata.normalize("NFC", name).strip()


def require_known_database(database: Database, vault: IdentityVault) -> None:
    """Refuse an empty database beside a vault that knows slides of another one.

    Raises:
        StoreError: The database of these slides was deleted or replaced.
    """
    if vault.knows_database(database.database_id()) or vault.slide_count == 0:
        return
    with database.read_transaction() as connection:
        if connection.execute(select(slides.c.id).limit(1)).first() is not None:
            return
    raise StoreError(
        Message(
            "The database is empty, but {count} slides were imported on this workstation: the "
            "database was deleted or replaced.",
            count=vault.slide_count,
        ),
        "Restore leukview.db, or restore a backup with “leukview restore FILE --replace”.",
    )


def _delete_plain_copies(database: Database, backup_dir: Path) -> None:
    """Delete copies of the vault from before it was encrypted, and what the file itself still has of it.

    Interrupted by a crash, it is done at the next start, as long as a copy is left.

    Raises:
        OSError: A copy cannot be deleted.
    """
    copies = sorted(backup_dir.glob("identity-v[12]-*.db")) if backup_dir.is_dir() else []
    if copies:
        database.scrub()
    for copy in copies:
        copy.unlink()


def _load_key(path: Path, *, may_create: bool) -> bytes:
    if not path.exists():
        if not may_create:
            raise StoreError(
                "The key of the identity vault is missing; known patients could not be recognised.",
                "Restore identity.key from a backup of the LeukView folder.",
            )
        create_secret_file(path, secrets.token_bytes(_KEY_BYTES))
    key = read_file(path, 1024)
    if len(key) != _KEY_BYTES:
        raise StoreError(
            "The key of the identity vault is damaged.", "Restore identity.key from a backup of the LeukView folder."
        )
    return key
