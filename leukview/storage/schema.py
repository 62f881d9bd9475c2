"""SQLAlchemy tables of the current schema; `migrations` creates them."""

from __future__ import annotations

from sqlalchemy import Column, Float, Integer, MetaData, Table, Text

MAIN_METADATA, VAULT_METADATA, REGISTRY_METADATA = MetaData(), MetaData(), MetaData()

slides = Table(
    "slides",
    MAIN_METADATA,
    Column("id", Text, primary_key=True),
    Column("patient", Text),
    Column("layout", Text),
    Column("imported_at", Text),
    Column("synthetic", Integer),
    Column("um_per_px", Float),
    Column("wbc_per_nl", Float),
)
cells = Table(
    "cells",
    MAIN_METADATA,
    Column("id", Text, primary_key=True),
    Column("slide_id", Text),
    Column("number", Integer),
    Column("sha256", Text),
    Column("width_px", Integer),
    Column("height_px", Integer),
    Column("source_class", Text),
    Column("source_name", Text),
    Column("source_code", Text),
    Column("conflicts", Text),
)
overviews = Table(
    "overviews",
    MAIN_METADATA,
    Column("slide_id", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    Column("width_px", Integer),
    Column("height_px", Integer),
)
predictions = Table(
    "predictions",
    MAIN_METADATA,
    Column("cell_id", Text, primary_key=True),
    Column("bundle", Text, primary_key=True),
    Column("segmenter", Text),
    Column("revision", Integer),
    Column("saved_at", Text),
    Column("label", Text),
    Column("body", Text),
)
mask_predictions = Table(
    "mask_predictions",
    MAIN_METADATA,
    Column("cell_id", Text, primary_key=True),
    Column("mask", Text, primary_key=True),
    Column("bundle", Text, primary_key=True),
    Column("revision", Integer),
    Column("saved_at", Text),
    Column("label", Text),
    Column("body", Text),
)
review_events = Table(
    "review_events",
    MAIN_METADATA,
    Column("seq", Integer, primary_key=True),
    Column("id", Text),
    Column("slide_id", Text),
    Column("kind", Text),
    Column("cells", Text),
    Column("payload", Text),
    Column("reviewer", Text),
    Column("at", Text),
    Column("previous", Text),
    Column("hash", Text),
)
reviewers = Table(
    "reviewers",
    MAIN_METADATA,
    Column("id", Text, primary_key=True),
    Column("name", Text),
    Column("folded", Text),
    Column("role", Text),
    Column("pin_hash", Text),
    Column("failures", Integer),
    Column("failed_at", Text),
    Column("created_at", Text),
    Column("retired_at", Text),
)
profile_events = Table(
    "profile_events",
    MAIN_METADATA,
    Column("seq", Integer, primary_key=True),
    Column("profile_id", Text),
    Column("change", Text),
    Column("name", Text),
    Column("detail", Text),
    Column("actor", Text),
    Column("at", Text),
    Column("previous", Text),
    Column("hash", Text),
)


def _seal_tables(metadata: MetaData) -> tuple[Table, Table]:
    seals_table = Table(
        "seals",
        metadata,
        Column("chain", Text, primary_key=True),
        Column("seq", Integer, primary_key=True),
        *(Column(name, Text) for name in ("digest", "key_id", "mac")),
    )
    statements_table = Table(
        "seal_statements",
        metadata,
        Column("number", Integer, primary_key=True),
        *(Column(name, Text) for name in ("kind", "at", "actor", "reason", "body", "key_id", "mac")),
    )
    return seals_table, statements_table


seals, seal_statements = _seal_tables(MAIN_METADATA)
model_seals, model_seal_statements = _seal_tables(REGISTRY_METADATA)

slide_index = Table(
    "slide_index",
    MAIN_METADATA,
    Column("slide_id", Text, primary_key=True),
    Column("version", Integer),
    Column("indexed_version", Integer),
    Column("basis", Text),
    Column("withdrawn", Integer),
    Column("erased_at", Text),
    Column("dates", Text),
    Column("state", Text),
    Column("reviewed", Integer),
    Column("alerts", Text),
    Column("classes", Text),
    Column("findings", Text),
    Column("late", Integer),
    Column("second_late", Integer),
    Column("second_state", Text),
    Column("second_reviewed", Integer),
    Column("second_classes", Text),
    Column("second_findings", Text),
    Column("second_signed", Integer),
    Column("headline", Text),
    Column("urgency", Text),
)
slide_readers = Table(
    "slide_readers",
    MAIN_METADATA,
    Column("slide_id", Text, primary_key=True),
    Column("reading", Integer, primary_key=True),
    Column("reviewer", Text, primary_key=True),
)
outbox = Table(
    "outbox",
    MAIN_METADATA,
    Column("number", Integer, primary_key=True),
    *(Column(name, Text) for name in ("control_id", "slide_id", "event_id", "workstation", "status", "created_at")),
    Column("state", Text),
    Column("attempts", Integer),
    *(Column(name, Text) for name in ("next_attempt_at", "answer", "answered_at")),
)
competency_sets = Table(
    "competency_sets",
    MAIN_METADATA,
    Column("number", Integer, primary_key=True),
    *(Column(name, Text) for name in ("name", "made_by", "made_at")),
)
competency_cells = Table(
    "competency_cells",
    MAIN_METADATA,
    Column("set_number", Integer, primary_key=True),
    Column("cell_id", Text, primary_key=True),
    Column("class_key", Text),
)
competency_answers = Table(
    "competency_answers",
    MAIN_METADATA,
    Column("number", Integer, primary_key=True),
    Column("set_number", Integer),
    Column("person", Text),
    Column("round_number", Integer),
    *(Column(name, Text) for name in ("cell_id", "label", "at")),
)
leases = Table(
    "leases",
    MAIN_METADATA,
    Column("name", Text, primary_key=True),
    Column("holder", Text),
    Column("expires_at", Text),
    Column("failures", Integer),
    Column("not_before", Text),
)
store_info = Table("store_info", MAIN_METADATA, Column("key", Text, primary_key=True), Column("value", Text))

patients = Table(
    "patients",
    VAULT_METADATA,
    Column("pseudonym", Text, primary_key=True),
    Column("name", Text),
    Column("sealed", Text),
)
vault_info = Table("vault_info", VAULT_METADATA, Column("key", Text, primary_key=True), Column("value", Text))
databases = Table("databases", VAULT_METADATA, Column("id", Text, primary_key=True))
identities = Table(
    "identities",
    VAULT_METADATA,
    Column("slide", Text, primary_key=True),
    Column("patient", Text),
    Column("order_name", Text),
    Column("counter", Integer),
    Column("sealed", Text),
)
locations = Table(
    "locations",
    VAULT_METADATA,
    Column("slide", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    Column("root", Text),
    Column("inner_path", Text),
    Column("path", Text),
)
sealed_records = Table(
    "sealed_records",
    VAULT_METADATA,
    Column("number", Integer, primary_key=True),
    *(Column(name, Text) for name in ("kind", "key", "slide", "at", "state", "sealed")),
)
record_samples = Table(
    "record_samples",
    VAULT_METADATA,
    Column("record", Integer, primary_key=True),
    Column("sample", Text, primary_key=True),
)
vault_facts = Table("vault_facts", VAULT_METADATA, Column("name", Text, primary_key=True), Column("content", Text))

model_entries = Table(
    "model_entries",
    REGISTRY_METADATA,
    Column("seq", Integer, primary_key=True),
    *(
        Column(name, Text)
        for name in (
            "change",
            "bundle",
            "name",
            "before",
            "signer",
            "meaning",
            "reason",
            "comparison",
            "at",
            "previous",
            "hash",
        )
    ),
)
