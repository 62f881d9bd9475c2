"""Protocol of the seals that protect the chains against the owner of the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ChainHeads:
    """Last rows of all chains at one time.

    Attributes:
        database: Random id of the database; "" while it was never sealed.
        heads: Name of the chain → number and hash of its last row; chains without rows are absent.
    """

    database: str
    heads: Mapping[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class SealReport:
    """Result of checking all seals.

    Attributes:
        findings: What was changed outside of LeukView, one sentence each; empty when everything is as sealed.
        notes: What the seals cover and where their key is kept, one sentence each.
    """

    findings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Seals(Protocol):
    """Keyed seals of the review log, the record of reviewers and the model registry."""

    def verify(self) -> SealReport:
        """Check the seals of all chains and compare with the heads kept outside the databases.

        Raises:
            StoreError: A database or the key cannot be read.
        """

    def heads(self) -> ChainHeads:
        """The current heads of all chains. Raises `StoreError`."""

    def hash_at(self, chain: str, seq: int) -> str | None:
        """Hash of a row; None when there is none. Raises `StoreError`."""

    def sign_heads(self, heads: ChainHeads) -> tuple[str, str]:
        """Id of the key, and HMAC of the heads with it. Raises `StoreError`."""

    def reseal(self, actor: str, reason: str) -> None:
        """Accept the present state, for instance after a backup was put back, and seal from here on.

        What was found before is kept in the statement, which every later verification shows.

        Raises:
            StoreError: A database cannot be written.
        """


class NoSeals:
    """Implements `Seals` where nothing is sealed, such as in worker processes."""

    def verify(self) -> SealReport:
        """Report nothing."""
        return SealReport()

    def heads(self) -> ChainHeads:
        """Return no heads."""
        return ChainHeads("", {})

    def hash_at(self, chain: str, seq: int) -> str | None:  # noqa: ARG002
        """Return None."""
        return None

    def sign_heads(self, heads: ChainHeads) -> tuple[str, str]:  # noqa: ARG002
        """Return no key and no HMAC."""
        return "", ""

    def reseal(self, actor: str, reason: str) -> None:
        """Do nothing."""
