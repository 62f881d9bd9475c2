"""Composition of the exchange with the laboratory's systems."""

from __future__ import annotations

import os
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from leukview.bootstrap.site_config import MAX_SITE_FILE_BYTES
from leukview.core.atomic_files import atomic_write, read_file
from leukview.core.errors import LeukViewError
from leukview.core.messages import Message
from leukview.core.paths import data_dir, resources_dir
from leukview.domain.exchange.settings import (
    SETTINGS_FILE,
    ExchangeSettings,
    OrderSettings,
    ResultSettings,
    exchange_settings_text,
    parse_exchange_settings,
)
from leukview.domain.taxonomy import Taxonomy
from leukview.services.exchange.inbox import InboxService
from leukview.services.exchange.incoming_folder import IncomingFolder
from leukview.services.exchange.results import SENDER, ResultService, ResultSources
from leukview.services.exchange.service import ExchangeService
from leukview.services.export.slide_record import BLAST_TOTAL_KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from leukview.core.job_runner import CancelToken
    from leukview.interop.hl7v2 import ReferenceLimits
    from leukview.report.reference_ranges import ReferenceRanges
    from leukview.services.dependencies import MakeExchange
    from leukview.services.export.exporter import MessageFormatter
    from leukview.services.export.slide_record import DifferentialLine
    from leukview.services.ports.access import Access
    from leukview.services.ports.exchange import ChannelOpener
    from leukview.services.ports.storage import ReviewLog, SlideStore
    from leukview.services.review.session import ReviewSession
    from leukview.storage.database import Database
    from leukview.storage.vault import IdentityVault


class ExchangeSettingsFile:
    """Implements `leukview.services.exchange.service.ExchangeSettingsStore` with ``exchange.toml``.

    Args:
        folder: The data folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / SETTINGS_FILE
        self._cached: tuple[tuple[int, int], ExchangeSettings] | None = None

    def read(self) -> ExchangeSettings:
        """See `ExchangeSettingsStore.read`."""
        try:
            state = os.stat(self._path)  # noqa: PTH116 - one call gives size and time
        except FileNotFoundError:
            return ExchangeSettings()
        except OSError as error:
            raise self._unreadable(error) from error
        version = state.st_mtime_ns, state.st_size
        if self._cached is None or self._cached[0] != version:
            try:
                text = read_file(self._path, MAX_SITE_FILE_BYTES).decode("utf-8-sig")
            except (OSError, ValueError) as error:
                raise self._unreadable(error) from error
            self._cached = version, parse_exchange_settings(text)
        return self._cached[1]

    def write(self, settings: ExchangeSettings) -> None:
        """See `ExchangeSettingsStore.write`."""
        try:
            atomic_write(self._path, exchange_settings_text(settings))
        except OSError as error:
            raise LeukViewError(
                Message("The file {name} cannot be written: {reason}.", name=SETTINGS_FILE, reason=error.strerror)
            ) from error
        self._cached = None

    def _unreadable(self, error: Exception) -> LeukViewError:
        reason = getattr(error, "strerror", None) or error
        return LeukViewError(Message("The file {name} cannot be read: {reason}.", name=SETTINGS_FILE, reason=reason))


def build_exchange(
    database: Database,
    vault: IdentityVault,
    slides: SlideStore,
    log: ReviewLog,
    folder: Path,
    formatter: MessageFormatter,
) -> MakeExchange:
    """Build the exchange on these stores, except for the workbench that opens the reviews."""
    from leukview.interop.incoming import MessageReader
    from leukview.storage.order_book import SealedOrderBook
    from leukview.storage.outbox import SqlOutbox
    from leukview.storage.slide_identities import SealedSlideIdentities

    outbox, settings = SqlOutbox(database, vault.records), ExchangeSettingsFile(folder)

    def connect(chosen: ResultSettings) -> ChannelOpener:
        from leukview.interop.mllp import MllpClient

        return MllpClient(chosen.host.strip(), chosen.port, chosen.files if chosen.tls else None).connect

    def listen(
        inbox: InboxService,
        chosen: OrderSettings,
        token: CancelToken,
        ready: Callable[[int], None],
        each_second: Callable[[], None],
        arrived: Callable[[], None],
    ) -> None:
        from leukview.interop.mllp_listener import MllpListener

        def telling(handle: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
            def take(data: bytes) -> bytes:
                try:
                    return handle(data)
                finally:
                    arrived()

            return take

        MllpListener(chosen, telling(inbox.receive_hl7), telling(inbox.receive_astm)).run(
            token, ready=ready, each_second=each_second
        )

    def order_name(slide: str) -> str | None:
        typed = SealedSlideIdentities(vault).typed(slide)
        if typed is not None and typed.order_number:
            return typed.order_number
        names = vault.folder_names(slide)
        return None if names is None else names[1]

    def make(open_session: Callable[[str, str], ReviewSession], access: Access) -> ExchangeService:
        inbox = InboxService(SealedOrderBook(vault.records), MessageReader(), order_name, access)
        sources = ResultSources(
            slides, log, lambda slide: open_session(slide, SENDER), vault.folder_names, inbox.order_of_slide
        )
        results = ResultService(outbox, sources, formatter, lambda: settings.read().results, connect)
        return ExchangeService(results, inbox, IncomingFolder(inbox), partial(listen, inbox), settings, access)

    return make


def load_reference_limits(taxonomy: Taxonomy) -> ReferenceLimits:
    """Reference limits of the lines of a message, from ``reference.toml``, which is read with the first line.

    A range holds for a line that counts exactly its classes, or one class with all its finer ones. The function raises
    `LeukViewError` when the file cannot be used.
    """

    @cache
    def ranges() -> ReferenceRanges:
        from leukview.report.reference_ranges import read_reference_ranges

        own = data_dir() / "reference.toml"
        return read_reference_ranges(own if own.exists() else resources_dir() / "report" / "reference.toml")

    def limits(line: DifferentialLine, /) -> tuple[float | None, float] | None:
        unit = "percent" if line.counted else "per_100_wbc"
        parts = {line.key} if line.key == BLAST_TOTAL_KEY else set(taxonomy.class_and_parts(line.key))
        for found in ranges().ranges:
            if found.unit == unit and set(found.classes) in ({line.key}, parts):
                return found.low, found.high
        return None

    return limits
