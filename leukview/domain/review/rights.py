"""Rights of reviewers by role, as data of the site (``roles.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from leukview.core.errors import LeukViewError
from leukview.core.messages import Message
from leukview.domain.review.reviewer_profile import ReviewerRole


class Right(StrEnum):
    """Something that not every reviewer may do."""

    SIGN = "sign"
    AMEND = "amend"  # reopen a signed slide
    INSTALL_MODEL = "install_model"  # also take the model of before into use again
    SHOW_NAMES = "show_names"
    EXPORT_NAMES = "export_names"
    ERASE = "erase"
    ADMINISTER = "administer"  # reviewers and their PINs; the state of a restored database


RIGHT_TEXTS: Mapping[Right, str] = {
    Right.SIGN: "sign a slide",
    Right.AMEND: "reopen a signed slide",
    Right.INSTALL_MODEL: "change the model in use",
    Right.SHOW_NAMES: "see names of patients",
    Right.EXPORT_NAMES: "export names of patients",
    Right.ERASE: "erase a patient's data",
    Right.ADMINISTER: "administer reviewers",
}
"""Right → verb phrase for messages."""


@dataclass(frozen=True, slots=True)
class RoleRights:
    """Rights of each role."""

    by_role: Mapping[ReviewerRole, frozenset[Right]]

    def allows(self, role: ReviewerRole, right: Right) -> bool:
        """Whether a role has a right."""
        return right in self.by_role.get(role, frozenset())


UNRESTRICTED_RIGHTS = RoleRights(
    {
        role: frozenset(Right) if role is ReviewerRole.ADMINISTRATOR else frozenset(Right) - {Right.ADMINISTER}
        for role in ReviewerRole
    }
)
"""Only administration is reserved, for installations without ``roles.toml``."""


def parse_role_rights(text: str) -> RoleRights:
    """Parse ``roles.toml``, strictly: each role exactly once, known keys and rights only.

    Raises:
        LeukViewError: The file is not TOML, or something in it is unknown, missing or of another type.
    """
    try:
        body = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise LeukViewError(Message("The file roles.toml is not valid: {reason}.", reason=error)) from error
    known = {role.value for role in ReviewerRole}
    if set(body) != known:
        wrong = ", ".join(sorted(set(body) ^ known))
        raise LeukViewError(
            Message("The file roles.toml contains unknown roles or omits some: {roles}.", roles=wrong),
            Message("Valid roles: {roles}.", roles=", ".join(sorted(known))),
        )
    found = {ReviewerRole(role): _parse_rights(role, section) for role, section in body.items()}
    if not any(Right.ADMINISTER in rights for rights in found.values()):
        raise LeukViewError(
            "The file roles.toml gives nobody the right to administer.", "Give the right “administer” to one role."
        )
    return RoleRights(found)


def _parse_rights(role: str, section: object) -> frozenset[Right]:
    rights = section.get("rights") if isinstance(section, dict) and set(section) == {"rights"} else None
    if not isinstance(rights, list) or not all(isinstance(right, str) for right in rights):
        raise LeukViewError(
            Message("The role “{role}” in roles.toml needs the list “rights” and nothing else.", role=role)
        )
    known = {right.value for right in Right}
    unknown = sorted(set(rights) - known)
    if unknown or len(set(rights)) < len(rights):
        raise LeukViewError(
            Message(
                "The role “{role}” in roles.toml has unknown or repeated rights: {rights}.",
                role=role,
                rights=", ".join(unknown or sorted(rights)),
            ),
            Message("Valid rights: {rights}.", rights=", ".join(sorted(known))),
        )
    return frozenset(map(Right, rights))
