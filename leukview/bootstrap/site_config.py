"""Settings files: the laboratory's own in its data folder, else the shipped ones."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from leukview.core.atomic_files import read_file
from leukview.core.errors import LeukViewError
from leukview.core.messages import Message
from leukview.core.paths import data_dir, resources_dir
from leukview.core.strict_files import parse_toml
from leukview.domain.alerts import AlertRule, parse_alert_rules
from leukview.domain.class_names import parse_class_aliases
from leukview.domain.counting_rules import CountingRules, parse_counting_rules
from leukview.domain.models.acceptance_criteria import AcceptanceCriterion, parse_criteria
from leukview.domain.morphology_grading import GradingForm, parse_grading
from leukview.domain.review.comment_phrases import PhraseGroup, parse_phrases
from leukview.domain.review.rights import RoleRights, parse_role_rights
from leukview.domain.review.sign_rule import SignRule, parse_sign_rule
from leukview.domain.site_classes import FolderAnswers, add_site_classes, parse_folder_answers
from leukview.domain.taxonomy import Taxonomy, parse_taxonomy
from leukview.services.corrections.tables import LabelWeights, parse_label_weights

if TYPE_CHECKING:
    from leukview.interop.loinc import LoincTerms

MAX_SITE_FILE_BYTES = 16 * 1024**2
_Parsed = TypeVar("_Parsed")


SITE_CLASSES_FILE = "classes.toml"


def load_taxonomy() -> Taxonomy:
    """Taxonomy that ships with the application, with the site's own classes (``classes.toml``).

    Raises:
        LeukViewError: The site's file cannot be read.
    """
    own = data_dir() / SITE_CLASSES_FILE
    return _taxonomy_with(_read_text(own) if own.exists() else "")


@lru_cache(maxsize=4)
def _taxonomy_with(site_text: str) -> Taxonomy:
    shipped, aliases = (_read_text(resources_dir() / name) for name in ("taxonomy.toml", "class_aliases.toml"))
    return add_site_classes(parse_taxonomy(shipped, parse_class_aliases(aliases)), site_text)


def site_folder_answers() -> FolderAnswers:
    """What the site answered about folders (``classes.toml``), without those kept as keyed hashes.

    Raises:
        LeukViewError: The site's file cannot be read.
    """
    own = data_dir() / SITE_CLASSES_FILE
    return parse_folder_answers(_read_text(own) if own.exists() else "", load_taxonomy())


def _read_text(path: Path) -> str:
    """Text of a site file, in UTF-8 with or without a byte order mark. Raises `LeukViewError`."""
    try:
        return read_file(path, MAX_SITE_FILE_BYTES).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not in UTF-8"
        raise LeukViewError(
            Message("The file {name} cannot be read: {reason}.", name=path.name, reason=reason or error),
            Message("Save it as a text file in UTF-8, or remove it from LeukView's folder."),
        ) from error


def _load_own_or_shipped(name: str, parse: Callable[[str], _Parsed]) -> _Parsed:
    """Parse a file of the data folder, else the shipped file of that name.

    Args:
        name: File name.
        parse: Parses the text; its exceptions are passed on.

    Raises:
        LeukViewError: The file cannot be read.
    """
    own = data_dir() / name
    path = own if os.path.lexists(own) else resources_dir() / name
    return parse(_read_text(path))


def load_alert_rules(taxonomy: Taxonomy) -> tuple[AlertRule, ...]:
    """Alert rules from ``alerts.toml``. Raises `LeukViewError`."""
    return _load_own_or_shipped("alerts.toml", lambda text: parse_alert_rules(text, taxonomy))


def load_grading_form() -> GradingForm:
    """Morphology grading form from ``grading.toml``. Raises `LeukViewError`."""
    return _load_own_or_shipped("grading.toml", parse_grading)


def load_comment_phrases() -> tuple[PhraseGroup, ...]:
    """Coded comment phrases from ``phrases.toml``. Raises `LeukViewError`."""
    return _load_own_or_shipped("phrases.toml", parse_phrases)


def load_sign_rule() -> SignRule:
    """Sign rule from ``sign_rule.toml``. Raises `LeukViewError`."""
    return _load_own_or_shipped("sign_rule.toml", parse_sign_rule)


def load_counting_rules() -> CountingRules:
    """Counting rules from ``counting.toml``. Raises `LeukViewError`."""
    return _load_own_or_shipped("counting.toml", parse_counting_rules)


def load_label_weights() -> LabelWeights:
    """Training weights of corrections (``corrections.toml``). Raises `LeukViewError`."""
    return _load_own_or_shipped("corrections.toml", parse_label_weights)


def load_role_rights() -> RoleRights:
    """Rights of reviewers by role (``roles.toml``). Raises `LeukViewError`."""
    return _load_own_or_shipped("roles.toml", parse_role_rights)


def load_acceptance_criteria(taxonomy: Taxonomy) -> tuple[AcceptanceCriterion, ...]:
    """Acceptance criteria for new models (``guards.toml``). Raises `LeukViewError`."""
    return _load_own_or_shipped("guards.toml", lambda text: parse_criteria(text, taxonomy))


def load_loinc_terms(taxonomy: Taxonomy) -> LoincTerms:
    """LOINC terms from ``loinc.toml``. Raises `LeukViewError`."""
    from leukview.interop.loinc import parse_loinc_terms

    return _load_own_or_shipped("loinc.toml", lambda text: parse_loinc_terms(text, taxonomy))


def load_report_header_lines() -> tuple[str, ...]:
    """Header lines of the report from ``site.toml`` in the data folder, in file order.

    Raises:
        LeukViewError: The file is not TOML, or a value is not a string.
    """
    path = data_dir() / "site.toml"
    if not os.path.lexists(path):
        return ()
    text = _read_text(path)
    try:
        lines = parse_toml(text)
    except ValueError as error:
        raise LeukViewError(
            Message("The site file cannot be read: {reason}.", reason=error), "Correct or remove site.toml."
        ) from error
    if not all(isinstance(value, str) for value in lines.values()):
        raise LeukViewError("The site file may contain texts only.", "Put each value of site.toml in quotes.")
    return tuple(f"{name}: {value}" for name, value in lines.items())
