"""The sign rule of a site: what a review needs before it can be signed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum

from leukview.core.errors import LeukViewError
from leukview.core.messages import Message

_VERSION = 1
_HINT = "Correct or remove sign_rule.toml."


class Inspection(StrEnum):
    """How a cell must have been inspected; the values are those of ``sign_rule.toml``.

    A cell counts as seen when its image was on the screen for a moment, when it was opened, or when a reviewer
    labelled it.
    """

    NONE = "none"
    SEEN = "seen"
    OPENED = "opened"
    OPENED_OR_LABELLED = "opened or labelled"
    LABELLED = "labelled"

    def is_met(self, *, seen: bool, opened: bool, labelled: bool) -> bool:
        """Whether a cell was inspected as required.

        Args:
            seen: Its image was on the screen for a moment.
            opened: Its large image was shown.
            labelled: A reviewer labelled it.
        """
        match self:
            case Inspection.NONE:
                return True
            case Inspection.SEEN:
                return seen or opened or labelled
            case Inspection.OPENED:
                return opened
            case Inspection.OPENED_OR_LABELLED:
                return opened or labelled
            case Inspection.LABELLED:
                return labelled


@dataclass(frozen=True, slots=True)
class SignRule:
    """Requirements for signing a slide.

    The defaults hold where no rule is given. The application always gives one: the site's ``sign_rule.toml``, or the
    shipped ``resources/sign_rule.toml``.

    Attributes:
        every_cell: Required of each cell.
        blast_like_cells: Required of each cell shown as blast or blast equivalent.
        unidentified_cells: Required of each cell shown as unidentified.
        comment_on_unidentified: A cell that a reviewer labels as unidentified needs a comment that says why.
        min_leukocytes: Number of counted leukocytes below which `fewer_leukocytes` applies; 0 = no limit.
        fewer_with_reason: With fewer leukocytes, a typed reason is enough; False = the slide cannot be signed.
    """

    every_cell: Inspection = Inspection.NONE
    blast_like_cells: Inspection = Inspection.OPENED
    unidentified_cells: Inspection = Inspection.LABELLED
    comment_on_unidentified: bool = True
    min_leukocytes: int = 0
    fewer_with_reason: bool = True

    def to_payload(self) -> dict[str, object]:
        """The rule as a JSON-serialisable value, which a signature records."""
        return asdict(self)


def parse_sign_rule(text: str) -> SignRule:
    """Read ``sign_rule.toml``.

    Every key must be present: a rule that a site changed must not depend on defaults of the program.

    Raises:
        LeukViewError: The text is not TOML, a key is missing or unknown, or a value has the wrong type.
    """
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise LeukViewError(Message("The sign rule cannot be read: {reason}.", reason=error), _HINT) from error
    kinds = {f.name: type(f.default) for f in fields(SignRule)}
    wrong = sorted(raw.keys() ^ {"version", *kinds})
    if wrong:
        raise LeukViewError(
            Message("The sign rule has missing or unknown entries: {names}.", names=", ".join(wrong)), _HINT
        )
    if type(raw["version"]) is not int or raw["version"] != _VERSION:
        raise LeukViewError(Message("The sign rule must have version {version}.", version=_VERSION), _HINT)
    values: Mapping[str, object] = {key: _read_value(key, raw[key], kind) for key, kind in kinds.items()}
    return SignRule(**values)  # type: ignore[arg-type]


def _read_value(key: str, value: object, kind: type) -> object:
    if kind is Inspection:
        if not isinstance(value, str) or value not in {i.value for i in Inspection}:
            template = "“{key}” of the sign rule must be one of: {choices}."
            raise LeukViewError(Message(template, key=key, choices=", ".join(Inspection)), _HINT)
        return Inspection(value)
    if kind is bool and not isinstance(value, bool):
        raise LeukViewError(Message("“{key}” of the sign rule must be true or false.", key=key), _HINT)
    if kind is int and (type(value) is not int or value < 0):
        raise LeukViewError(Message("“{key}” of the sign rule must be a whole number from 0.", key=key), _HINT)
    return value
