"""The texts that shape what LeukView does: the laboratory's own files in its data folder, else those that ship."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import TYPE_CHECKING

from leukview.core.errors import LeukViewError
from leukview.core.paths import data_dir, resources_dir
from leukview.domain.alerts import AlertRule, parse_rules
from leukview.domain.grading import GradingForm, parse_grading
from leukview.domain.guards import Guard, parse_guards
from leukview.domain.phrases import PhraseGroup, parse_phrases
from leukview.domain.taxonomy import Taxonomy, parse_taxonomy
from leukview.services.corrections import LabelWeights, parse_weights

if TYPE_CHECKING:
    from leukview.exchange.terms import Terms


@lru_cache(maxsize=1)
def load_taxonomy() -> Taxonomy:
    """The taxonomy that ships with the application."""
    return parse_taxonomy((resources_dir() / "taxonomy.toml").read_text(encoding="utf-8"))


def load_rules(taxonomy: Taxonomy) -> tuple[AlertRule, ...]:
    """The alert rules: the user's own ``alerts.toml`` in the data folder, else those that ship."""
    own = data_dir() / "alerts.toml"
    path = own if own.exists() else resources_dir() / "alerts.toml"
    return parse_rules(path.read_text(encoding="utf-8"), taxonomy)


def load_grading() -> GradingForm:
    """The grading form: the user's own ``grading.toml`` in the data folder, else the one that ships.

    Raises:
        LeukViewError: The file cannot be read.
    """
    own = data_dir() / "grading.toml"
    path = own if own.exists() else resources_dir() / "grading.toml"
    try:
        return parse_grading(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise LeukViewError(f"The grading form cannot be read: {error}.", str(path)) from error


def load_phrases() -> tuple[PhraseGroup, ...]:
    """The coded phrases of comments: the user's own ``phrases.toml`` in the data folder, else those that ship.

    Raises:
        LeukViewError: The file cannot be read.
    """
    own = data_dir() / "phrases.toml"
    path = own if own.exists() else resources_dir() / "phrases.toml"
    try:
        return parse_phrases(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise LeukViewError(f"The phrases cannot be read: {error}.", str(path)) from error


def load_label_weights() -> LabelWeights:
    """How much corrections count: the user's own ``corrections.toml`` in the data folder, else the one that ships.

    Raises:
        LeukViewError: The file cannot be read.
    """
    own = data_dir() / "corrections.toml"
    path = own if own.exists() else resources_dir() / "corrections.toml"
    try:
        return parse_weights(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise LeukViewError(f"The weights of corrections cannot be read: {error}.", str(path)) from error


def load_guards(taxonomy: Taxonomy) -> tuple[Guard, ...]:
    """What a new model must not worsen: the user's own ``guards.toml`` in the data folder, else those that ship.

    Raises:
        LeukViewError: The file cannot be read.
    """
    own = data_dir() / "guards.toml"
    path = own if own.exists() else resources_dir() / "guards.toml"
    try:
        return parse_guards(path.read_text(encoding="utf-8"), taxonomy)
    except (OSError, UnicodeDecodeError) as error:
        raise LeukViewError(f"The guards cannot be read: {error}.", str(path)) from error


def load_terms(taxonomy: Taxonomy) -> Terms:
    """LOINC's terms: the user's own ``loinc.toml`` in the data folder, else those that ship.

    Raises:
        LeukViewError: The file cannot be read.
    """
    from leukview.exchange.terms import parse_terms

    own = data_dir() / "loinc.toml"
    path = own if own.exists() else resources_dir() / "loinc.toml"
    try:
        return parse_terms(path.read_text(encoding="utf-8"), taxonomy)
    except (OSError, UnicodeDecodeError) as error:
        raise LeukViewError(f"The list of LOINC terms cannot be read: {error}.", str(path)) from error


def load_site() -> tuple[str, ...]:
    """Lines of the report's header from ``site.toml`` in the data folder: any texts, in the file's order.

    Raises:
        LeukViewError: The file is no TOML, or a value is no text.
    """
    path = data_dir() / "site.toml"
    if not path.exists():
        return ()
    try:
        lines = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LeukViewError(f"The site file cannot be read: {error}.", str(path)) from error
    if not all(isinstance(value, str) for value in lines.values()):
        raise LeukViewError("The site file may hold texts only.", f"Put each value of {path} in quotes.")
    return tuple(f"{name}: {value}" for name, value in lines.items())
