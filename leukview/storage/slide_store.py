"""Slides, cells and predictions in the database; names and paths in the vault."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, select, update

from leukview.core.errors import StoreError
from leukview.domain.prediction import Prediction, StoredPrediction
from leukview.domain.review.hash_chain import canonical_hash
from leukview.domain.review.signed_binding import CellDigests
from leukview.domain.slide import Cell, CellDraft, Slide, SlideDraft, SourceLabel
from leukview.services.ports.storage import CellLocation, ImportResult
from leukview.storage.database import Database
from leukview.storage.prediction_codec import prediction_from_json, prediction_to_json
from leukview.storage.schema import cells, mask_predictions, overviews, predictions, slide_index, slides
from leukview.storage.slide_rows import cell_from_row, select_slides, slide_from_row
from leukview.storage.vault import IdentityVault, MissingVault, make_cell_id
from leukview.storage.worklist_index import is_listed, raise_version

_CHUNK = 500  # ids per statement, below the variable limits of all databases


class SqlSlideStore:
    """Implements the `SlideStore` port; `IdentityVault` matches drafts to slides."""

    def __init__(self, database: Database, vault: IdentityVault | MissingVault) -> None:
        self._database, self._vault = database, vault

    def add_slide(self, draft: SlideDraft, *, synthetic: bool) -> ImportResult:
        """See `SlideStore.add_slide`.

        The vault is written first, idempotently: if the program dies in between, an unused pseudonym remains and the
        next import finds it. A known slide gains the cells it lacks, numbered after the existing ones. A laboratory
        label is filled in when there was none; a different one never replaces it but is added to the cell's conflicts.

        Raises:
            StoreError: The database or the vault refuses.
        """
        slide_id, patient = self._vault.register_slide(draft)
        with self._database.write_transaction() as connection:
            is_new = connection.execute(select(slides.c.id).where(slides.c.id == slide_id)).first() is None
            if is_new:
                now = datetime.now(UTC).isoformat(timespec="microseconds")
                values = {"id": slide_id, "patient": patient, "layout": draft.layout, "imported_at": now}
                connection.execute(insert(slides).values(**values, synthetic=int(synthetic)))
            else:  # an erased slide that is imported again has no patient any more
                known = {"patient": patient, "layout": draft.layout}
                connection.execute(update(slides).where(slides.c.id == slide_id, slides.c.patient == "").values(known))
            new = _add_cells(connection, slide_id, draft)
            _add_overviews(connection, slide_id, draft)
            raise_version(connection, (slide_id,), erased_at="")
            row = connection.execute(select_slides().where(slides.c.id == slide_id)).one()
        return ImportResult(slide_from_row(row), len(new), () if is_new else new)

    def find_slide(self, draft: SlideDraft) -> Slide | None:
        """See `SlideStore.find_slide`."""
        slide_id = self._vault.find_slide(draft)
        with self._database.read_transaction() as connection:
            row = connection.execute(select_slides().where(slides.c.id == slide_id)).first()
        return slide_from_row(row) if row else None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """See `SlideStore.transaction`."""
        with self._database.write_transaction():
            yield

    def cell_digests(self, slide_id: str) -> dict[str, CellDigests]:
        """See `SlideStore.cell_digests`."""
        with self._database.read_transaction() as connection:
            rows = connection.execute(select(cells).where(cells.c.slide_id == slide_id).order_by(cells.c.number)).all()
            said = _prediction_digests(connection, slide_id)
        return {
            row.id: CellDigests(
                row.number,
                f"{row.sha256} {row.width_px}x{row.height_px}",
                _short_digest([row.source_class, row.source_name, row.source_code]),
                said.get(row.id, ""),
            )
            for row in rows
        }

    def slides(self) -> list[Slide]:
        """See `SlideStore.slides`."""
        return self._listed_slides()

    def slides_of_patient(self, patient: str) -> list[Slide]:
        """See `SlideStore.slides_of_patient`."""
        return self._listed_slides(slides.c.patient == patient)

    def _listed_slides(self, *conditions: ColumnElement[bool]) -> list[Slide]:
        query = select_slides().outerjoin(slide_index, slides.c.id == slide_index.c.slide_id)
        query = query.where(is_listed(), *conditions).order_by(slides.c.imported_at.desc(), slides.c.id)
        with self._database.read_transaction() as connection:
            return [slide_from_row(row) for row in connection.execute(query)]

    def slide(self, slide_id: str) -> Slide:
        """See `SlideStore.slide`.

        Raises:
            StoreError: The slide is unknown.
        """
        with self._database.read_transaction() as connection:
            row = connection.execute(select_slides().where(slides.c.id == slide_id)).first()
        if row is None:
            raise StoreError("This slide is not in the database.", "Import its folder again.")
        return slide_from_row(row)

    def cells(self, slide_id: str) -> list[Cell]:
        """See `SlideStore.cells`."""
        query = select(cells).where(cells.c.slide_id == slide_id).order_by(cells.c.number)
        with self._database.read_transaction() as connection:
            return [cell_from_row(row) for row in connection.execute(query)]

    def cell_numbers(self, slide_ids: Collection[str]) -> dict[str, int]:
        """See `SlideStore.cell_numbers`."""
        ids, found = list(slide_ids), dict[str, int]()
        with self._database.read_transaction() as connection:
            for start in range(0, len(ids), _CHUNK):
                query = select(cells.c.id, cells.c.number).where(cells.c.slide_id.in_(ids[start : start + _CHUNK]))
                found.update((str(key), int(number)) for key, number in connection.execute(query))
        return found

    def cell_locations(self, slide_id: str) -> Mapping[str, CellLocation]:
        """See `SlideStore.cell_locations`."""
        others = set(self._overview_ids(slide_id))
        return {key: location for key, location in self._vault.image_locations(slide_id).items() if key not in others}

    def overview_locations(self, slide_id: str) -> tuple[CellLocation, ...]:
        """See `SlideStore.overview_locations`."""
        known = self._vault.image_locations(slide_id)
        return tuple(known[key] for key in self._overview_ids(slide_id) if key in known)

    def _overview_ids(self, slide_id: str) -> list[str]:
        """Ids of the slide's overview images, in the form of cell ids."""
        query = select(overviews.c.sha256).where(overviews.c.slide_id == slide_id).order_by(overviews.c.sha256)
        with self._database.read_transaction() as connection:
            return [make_cell_id(slide_id, sha256) for sha256 in connection.execute(query).scalars()]

    def save_predictions(self, new: Mapping[str, Prediction]) -> None:
        """See `SlideStore.save_predictions`.

        Raises:
            StoreError: The database refuses, for instance because a cell is unknown; none of the batch is stored.
        """
        if not new:
            return
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        with self._database.write_transaction() as connection:
            revision = _next_revision(connection, predictions)
            rows = [_prediction_row(key, p, revision, now) | {"segmenter": p.segmenter} for key, p in new.items()]
            for key, p in new.items():
                same = (predictions.c.cell_id == key) & (predictions.c.bundle == p.bundle)
                connection.execute(delete(predictions).where(same))
            connection.execute(insert(predictions), rows)
            raise_version(connection, _slides_of_cells(connection, new))

    def predictions(self, slide_id: str, bundle: str | None = None) -> dict[str, Prediction]:
        """See `SlideStore.predictions`."""
        query = (
            select(predictions.c.cell_id, predictions.c.body)
            .join_from(predictions, cells, predictions.c.cell_id == cells.c.id)
            .where(cells.c.slide_id == slide_id)
            .order_by(predictions.c.revision)  # in the dict below, later rows replace earlier ones
        )
        if bundle is not None:
            query = query.where(predictions.c.bundle == bundle)
        with self._database.read_transaction() as connection:
            rows = connection.execute(query).all()
        return {row.cell_id: _parse_prediction(row.body) for row in rows}

    def cell_prediction_history(self, cell_id: str) -> list[StoredPrediction]:
        """See `SlideStore.cell_prediction_history`.

        Raises:
            StoreError: A stored prediction is damaged.
        """
        with self._database.read_transaction() as connection:
            found = _read_prediction_history(connection, lambda table: table.c.cell_id == cell_id)
        return sorted(found.get(cell_id, ()), key=lambda stored: stored.saved_at)

    def prediction_history(self, slide_id: str) -> dict[str, tuple[StoredPrediction, ...]]:
        """See `SlideStore.prediction_history`.

        Raises:
            StoreError: A stored prediction is damaged.
        """
        here = select(cells.c.id).where(cells.c.slide_id == slide_id)
        with self._database.read_transaction() as connection:
            return {
                key: tuple(rows)
                for key, rows in _read_prediction_history(connection, lambda t: t.c.cell_id.in_(here)).items()
            }

    def import_predictions(self, slide_id: str, history: Mapping[str, Sequence[StoredPrediction]]) -> None:
        """See `SlideStore.import_predictions`.

        Raises:
            StoreError: The database refuses; nothing is stored.
        """
        here = select(cells.c.id).where(cells.c.slide_id == slide_id)
        with self._database.write_transaction() as connection:
            known = _read_prediction_history(connection, lambda table: table.c.cell_id.in_(here))
            for table, inside in ((predictions, False), (mask_predictions, True)):
                first, rows = _next_revision(connection, table), []
                for key, theirs in history.items():
                    ours = [s for s in known.get(key, ()) if bool(s.mask_sha256) == inside]
                    bundles = {(s.mask_sha256, s.prediction.bundle) for s in ours}
                    new = [
                        s
                        for s in theirs
                        if bool(s.mask_sha256) == inside and (s.mask_sha256, s.prediction.bundle) not in bundles
                    ]
                    ordered = sorted((*ours, *new), key=lambda s: s.saved_at) if ours else new
                    for revision, stored in enumerate(ordered if new else (), first):
                        if stored in ours:
                            _set_revision(connection, table, key, stored, revision)
                        else:
                            which = (
                                {"mask": stored.mask_sha256} if inside else {"segmenter": stored.prediction.segmenter}
                            )
                            rows.append(_prediction_row(key, stored.prediction, revision, stored.saved_at) | which)
                if rows:
                    connection.execute(insert(table), rows)
            raise_version(connection, (slide_id,))

    def save_mask_prediction(self, cell_id: str, mask_sha256: str, new: Prediction) -> None:
        """See `SlideStore.save_mask_prediction`.

        Raises:
            StoreError: The database refuses.
        """
        table, now = mask_predictions, datetime.now(UTC).isoformat(timespec="microseconds")
        with self._database.write_transaction() as connection:
            same = (table.c.cell_id == cell_id) & (table.c.mask == mask_sha256) & (table.c.bundle == new.bundle)
            connection.execute(delete(table).where(same))
            row = _prediction_row(cell_id, new, _next_revision(connection, table), now) | {"mask": mask_sha256}
            connection.execute(insert(table).values(row))
            raise_version(connection, _slides_of_cells(connection, (cell_id,)))

    def mask_predictions(self, slide_id: str, bundle: str | None = None) -> dict[tuple[str, str], Prediction]:
        """See `SlideStore.mask_predictions`.

        Raises:
            StoreError: A stored prediction is damaged.
        """
        table = mask_predictions
        query = (
            select(table.c.cell_id, table.c.mask, table.c.body)
            .join_from(table, cells, table.c.cell_id == cells.c.id)
            .where(cells.c.slide_id == slide_id)
            .order_by(table.c.revision)  # in the dict below, later rows replace earlier ones
        )
        if bundle is not None:
            query = query.where(table.c.bundle == bundle)
        with self._database.read_transaction() as connection:
            rows = connection.execute(query).all()
        return {(row.cell_id, row.mask): _parse_prediction(row.body) for row in rows}


def _prediction_digests(connection: Connection, slide_id: str) -> dict[str, str]:
    """Cell id → digest of its newest prediction and the newest one inside each repaired mask."""
    newest: dict[str, dict[str, list[object]]] = {}
    for table in (predictions, mask_predictions):
        c = table.c
        which = (c.segmenter if table is predictions else c.mask).label("which")
        query = (
            select(c.cell_id, which, c.bundle, c.label, c.body)
            .join_from(table, cells, c.cell_id == cells.c.id)
            .where(cells.c.slide_id == slide_id)
            .order_by(c.revision)  # later rows replace earlier ones
        )
        for row in connection.execute(query):
            key = "" if table is predictions else row.which
            newest.setdefault(row.cell_id, {})[key] = [row.which, row.bundle, row.label, row.body]
    return {cell: _short_digest([[key, said[key]] for key in sorted(said)]) for cell, said in newest.items()}


def _short_digest(values: Sequence[object]) -> str:
    return canonical_hash(values)[:16]


def _parse_prediction(body: str) -> Prediction:
    try:
        return prediction_from_json(body)
    except ValueError as error:
        raise StoreError("A stored prediction is damaged.", "Restore a copy from the backups folder.") from error


def _slides_of_cells(connection: Connection, cell_ids: Collection[str]) -> set[str]:
    ids, found = list(cell_ids), set[str]()
    for start in range(0, len(ids), _CHUNK):
        query = select(cells.c.slide_id).where(cells.c.id.in_(ids[start : start + _CHUNK])).distinct()
        found.update(connection.execute(query).scalars())
    return found


def _next_revision(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.coalesce(func.max(table.c.revision), 0) + 1)).scalar_one())


def _prediction_row(cell_id: str, prediction: Prediction, revision: int, saved_at: str) -> dict[str, object]:
    """Columns that both tables of predictions have in common."""
    return {
        "cell_id": cell_id,
        "bundle": prediction.bundle,
        "revision": revision,
        "saved_at": saved_at,
        "label": prediction.label,
        "body": prediction_to_json(prediction),
    }


def _set_revision(connection: Connection, table: Table, cell_id: str, stored: StoredPrediction, revision: int) -> None:
    """Change the revision of a stored prediction."""
    same = (table.c.cell_id == cell_id) & (table.c.bundle == stored.prediction.bundle)
    if table is mask_predictions:
        same &= table.c.mask == stored.mask_sha256
    connection.execute(update(table).where(same).values(revision=revision))


def _read_prediction_history(
    connection: Connection, condition: Callable[[Table], ColumnElement[bool]]
) -> dict[str, list[StoredPrediction]]:
    """Stored predictions by cell id.

    Those inside reviewers' masks come last; each kind is in order of revision.
    """
    found: dict[str, list[StoredPrediction]] = {}
    for table in (predictions, mask_predictions):
        for row in connection.execute(select(table).where(condition(table)).order_by(table.c.revision)):
            mask = row.mask if table is mask_predictions else ""
            found.setdefault(row.cell_id, []).append(StoredPrediction(_parse_prediction(row.body), row.saved_at, mask))
    return found


def _add_cells(connection: Connection, slide_id: str, draft: SlideDraft) -> tuple[str, ...]:
    """Insert the cells that the slide lacks; returns their ids."""
    known = {
        row.sha256: cell_from_row(row)
        for row in connection.execute(select(cells).where(cells.c.slide_id == slide_id)).all()
    }
    number = max((c.number for c in known.values()), default=0)
    rows: list[dict[str, object]] = []
    for found in draft.cells:
        if found.sha256 in known:
            _merge_labels(connection, known[found.sha256], found)
            continue
        number += 1
        rows.append(
            {
                "id": make_cell_id(slide_id, found.sha256),
                "slide_id": slide_id,
                "number": number,
                "sha256": found.sha256,
                "width_px": found.width_px,
                "height_px": found.height_px,
                **_label_columns(found.source, found.conflicts),
            }
        )
    if rows:
        connection.execute(insert(cells), rows)
    return tuple(str(row["id"]) for row in rows)


def _merge_labels(connection: Connection, known: Cell, draft: CellDraft) -> None:
    source, conflicts = known.source, list(known.conflicts)
    for label in (draft.source, *draft.conflicts):
        if label is None or label == source or label in conflicts:
            continue
        if source is None:
            source = label
        else:
            conflicts.append(label)
    if (source, tuple(conflicts)) != (known.source, known.conflicts):
        connection.execute(update(cells).where(cells.c.id == known.id).values(_label_columns(source, conflicts)))


def _add_overviews(connection: Connection, slide_id: str, draft: SlideDraft) -> None:
    query = select(overviews.c.sha256).where(overviews.c.slide_id == slide_id)
    known = set(connection.execute(query).scalars())
    rows = {
        o.sha256: {"slide_id": slide_id, "sha256": o.sha256, "width_px": o.width_px, "height_px": o.height_px}
        for o in draft.overviews
        if o.sha256 not in known
    }
    if rows:
        connection.execute(insert(overviews), list(rows.values()))


def _label_columns(source: SourceLabel | None, conflicts: Sequence[SourceLabel]) -> dict[str, object]:
    return {
        "source_class": source.class_key if source else None,
        "source_name": source.name if source else None,
        "source_code": source.code if source else None,
        "conflicts": json.dumps([[c.class_key, c.name, c.code] for c in conflicts], ensure_ascii=False),
    }
