"""Protocol of the rights of the acting person."""

from __future__ import annotations

from typing import Protocol

from leukview.domain.review.rights import Right


class Access(Protocol):
    """Rights of persons, looked up at each use, because they may change while the program runs."""

    def require_right(self, name: str, right: Right) -> None:
        """Require that a person has a right.

        Raises:
            ReviewError: The person does not have it.
            StoreError: The reviewers cannot be read.
        """

    def require_own_name(self, name: str, printed_name: str) -> None:
        """Require that a printed name is not another reviewer's.

        Raises:
            ReviewError: It is, or was, the name of somebody else than `name`.
            StoreError: The reviewers cannot be read.
        """

    def role_of(self, name: str) -> str:
        """Key of a person's role; "" for a person who is no reviewer. Raises `StoreError`."""


class UnrestrictedAccess:
    """Implements `Access` where nobody has to be asked, such as in worker processes."""

    def require_right(self, name: str, right: Right) -> None:
        """Allow everything."""

    def require_own_name(self, name: str, printed_name: str) -> None:
        """Allow every name."""

    def role_of(self, name: str) -> str:  # noqa: ARG002
        """Return no role."""
        return ""


UNRESTRICTED_ACCESS: Access = UnrestrictedAccess()
"""The one instance that is needed."""
