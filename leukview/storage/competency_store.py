"""Competency sets and answers in the main database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import func, insert, select

from leukview.services.ports.competency import CompetencySet, StoredAnswer
from leukview.storage.database import Database
from leukview.storage.schema import competency_answers, competency_cells, competency_sets


class SqlCompetencyStore:
    """Implements `leukview.services.ports.competency.CompetencyStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_set(self, name: str, made_by: str, keys: Mapping[str, str]) -> CompetencySet:
        """See `CompetencyStore.add_set`."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        with self._database.write_transaction() as connection:
            number = int(connection.execute(select(func.max(competency_sets.c.number))).scalar() or 0) + 1
            values = {"number": number, "name": name, "made_by": made_by, "made_at": at}
            connection.execute(insert(competency_sets).values(values))
            rows = [{"set_number": number, "cell_id": cell, "class_key": key} for cell, key in keys.items()]
            connection.execute(insert(competency_cells), rows)
        return CompetencySet(number, name, made_by, at, len(keys))

    def sets(self) -> tuple[CompetencySet, ...]:
        """See `CompetencyStore.sets`."""
        columns = competency_sets.c
        counts = select(func.count()).where(competency_cells.c.set_number == columns.number).scalar_subquery()
        query = select(columns.number, columns.name, columns.made_by, columns.made_at, counts)
        with self._database.read_transaction() as connection:
            rows = connection.execute(query.order_by(columns.number.desc())).all()
        return tuple(CompetencySet(*row) for row in rows)

    def keys(self, set_number: int) -> Mapping[str, str]:
        """See `CompetencyStore.keys`."""
        query = select(competency_cells.c.cell_id, competency_cells.c.class_key)
        with self._database.read_transaction() as connection:
            rows = connection.execute(query.where(competency_cells.c.set_number == set_number)).all()
        return {str(cell): str(key) for cell, key in rows}

    def add_answer(self, set_number: int, person: str, round_number: int, cell_id: str, label: str) -> None:
        """See `CompetencyStore.add_answer`."""
        columns = competency_answers.c
        values = {"set_number": set_number, "person": person, "round_number": round_number, "cell_id": cell_id}
        same = [getattr(columns, name) == value for name, value in values.items()]
        with self._database.write_transaction() as connection:
            if connection.execute(select(columns.number).where(*same)).first() is not None:
                return
            number = int(connection.execute(select(func.max(columns.number))).scalar() or 0) + 1
            at = datetime.now(UTC).isoformat(timespec="seconds")
            connection.execute(insert(competency_answers).values(**values, number=number, label=label, at=at))

    def answers(self, set_number: int | None = None, person: str = "") -> tuple[StoredAnswer, ...]:
        """See `CompetencyStore.answers`."""
        given, cells = competency_answers.c, competency_cells.c
        query = select(
            given.set_number, given.person, given.round_number, given.cell_id, cells.class_key, given.label, given.at
        ).join(competency_cells, (cells.set_number == given.set_number) & (cells.cell_id == given.cell_id))
        if set_number is not None:
            query = query.where(given.set_number == set_number)
        if person:
            query = query.where(given.person == person)
        with self._database.read_transaction() as connection:
            rows = connection.execute(query.order_by(given.number)).all()
        return tuple(StoredAnswer(*row) for row in rows)
