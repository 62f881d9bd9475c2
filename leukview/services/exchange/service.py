"""Facade of the exchange with the laboratory's systems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from leukview.domain.exchange.settings import ExchangeSettings
from leukview.domain.review.rights import Right
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


@dataclass(frozen=True, slots=True)
class ExchangeService:
    """Results out, orders and blood counts in.

    Attributes:
        results: Outbox of results.
        store: The site's settings.
        access: Rights of the acting person.
    """

    results: ResultService
    store: ExchangeSettingsStore
    access: Access

    def settings(self) -> ExchangeSettings:
        """The site's settings. Raises `LeukViewError`."""
        return self.store.read()

    def change_settings(self, actor: str, settings: ExchangeSettings) -> None:
        """Replace the site's settings.

        Raises:
            LeukViewError: The person may not administer, or the file cannot be written.
        """
        self.access.require_right(actor, Right.ADMINISTER)
        self.store.write(settings)
        self.results.queue_released()  # from now on: what was signed before is not sent
