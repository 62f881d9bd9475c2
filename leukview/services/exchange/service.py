"""Facade of the exchange with the laboratory's systems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from leukview.core.job_runner import CancelToken
from leukview.domain.exchange.settings import ExchangeSettings, OrderSettings
from leukview.domain.review.rights import Right
from leukview.services.exchange.inbox import InboxService
from leukview.services.exchange.incoming_folder import IncomingFolder
from leukview.services.exchange.results import ResultService
from leukview.services.ports.access import Access


class ExchangeSettingsStore(Protocol):
    """The site's settings of the exchange."""

    def read(self) -> ExchangeSettings:
        """Read them; the defaults, with which nothing is exchanged, when there is no file.

        Raises:
            LeukViewError: The file cannot be read or used.
        """

    def write(self, settings: ExchangeSettings) -> None:
        """Replace them. Raises `LeukViewError`."""


class Listen(Protocol):
    """Listens for messages."""

    def __call__(
        self,
        settings: OrderSettings,
        token: CancelToken,
        ready: Callable[[int], None],
        each_second: Callable[[], None],
        arrived: Callable[[], None],
    ) -> None:
        """Listen until the token is set.

        Args:
            settings: Address, port and certificates.
            token: Ends the listening.
            ready: Called with the port once the listener can be reached.
            each_second: Called about once a second.
            arrived: Called after each message.

        Raises:
            LeukViewError: The address cannot be used.
        """


@dataclass(frozen=True, slots=True)
class ExchangeService:
    """Results out, orders and blood counts in.

    Attributes:
        results: Outbox of results.
        inbox: Orders and blood counts.
        folder: The watched folder.
        listen: Listens for orders with these settings until the token is set; tells the port once it can be reached.
        store: The site's settings.
        access: Rights of the acting person.
    """

    results: ResultService
    inbox: InboxService
    folder: IncomingFolder
    listen: Listen
    store: ExchangeSettingsStore
    access: Access

    def settings(self) -> ExchangeSettings:
        """The site's settings. Raises `LeukViewError`."""
        return self.store.read()

    def look_into_folder(self) -> int:
        """Take what is new in the watched folder, if there is one; returns the number of files.

        Raises:
            LeukViewError: The folder cannot be read, or the database cannot be written.
        """
        folder = self.store.read().orders.folder
        return self.folder.look(Path(folder)) if folder else 0

    def change_settings(self, actor: str, settings: ExchangeSettings) -> None:
        """Replace the site's settings.

        Raises:
            LeukViewError: The person may not administer, or the file cannot be written.
        """
        self.access.require_right(actor, Right.ADMINISTER)
        self.store.write(settings)
        self.results.queue_released()  # from now on: what was signed before is not sent
