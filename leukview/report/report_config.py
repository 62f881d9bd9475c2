"""Report settings of a laboratory: ``report.toml`` and the files next to it.

The laboratory's own files take precedence over the shipped ones.
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from leukview.core.atomic_files import read_file
from leukview.core.errors import ReportError
from leukview.core.messages import Message
from leukview.report.reference_ranges import ReferenceRanges, read_reference_ranges
from leukview.report.report_strings import STRINGS_VERSION, ReportStrings, load_report_strings, read_toml
from leukview.report.template_guard import find_forbidden

PAPER_NAMES = {"a4": "A4", "us-letter": "Letter"}
STATED_FIELDS = ("specimen", "stain", "scanner")
_LOGO_SIGNATURES = {".png": b"\x89PNG", ".jpg": b"\xff\xd8", ".jpeg": b"\xff\xd8", ".svg": b""}
MAX_REPORT_FILE_BYTES = 64 * 1024**2
_MAX_LOGO_BYTES = 4 * 2**20  # bytes


@dataclass(frozen=True, slots=True)
class Logo:
    """A logo for the header: file name, bytes, height on paper."""

    name: str
    data: bytes
    height_mm: float


@dataclass(frozen=True, slots=True)
class ReportConfig:
    """Everything that a laboratory can change in a report.

    Attributes:
        paper: A key of `PAPER_NAMES`.
        header_lines: Lines under the title.
        stated_facts: Values of `STATED_FIELDS` that the laboratory gives.
        logo: None = no logo.
        show_label_box: Whether an empty box for the laboratory's own label is printed.
        show_maps: Whether the page of class-activation maps is printed.
        template: The Typst template of the pages' contents.
        has_own_template: Whether `template` is the laboratory's own.
        fonts_folder: Folder with additional fonts; None = there is none.
    """

    paper: str
    texts: ReportStrings
    header_lines: tuple[str, ...]
    stated_facts: dict[str, str]
    logo: Logo | None
    show_label_box: bool
    show_maps: bool
    reference_ranges: ReferenceRanges
    template: bytes
    has_own_template: bool
    fonts_folder: Path | None


def configured_language(shipped: Path, site_folder: Path) -> tuple[str, str]:
    """Language and paper size chosen by the laboratory.

    Raises:
        ReportError: ``report.toml`` cannot be read or used; the message names file and key.
    """
    values, _ = _read_settings(shipped, site_folder)
    return str(values["language"]), str(values["paper"])


def load_report_config(resources: Path, data_folder: Path, *, language: str = "", paper: str = "") -> ReportConfig:
    """Read and check all report settings.

    Args:
        resources: Folder with ``report`` and ``i18n``.
        data_folder: The data folder; its folder ``report`` and its ``reference.toml`` are the laboratory's own.
        language: Language code; "" = as in ``report.toml``.
        paper: Key of `PAPER_NAMES`; "" = as in ``report.toml``.

    Raises:
        ReportError: Something cannot be used; the message names the file and the key.
    """
    shipped, own = resources / "report", data_folder / "report"
    values, path = _read_settings(shipped, own)
    paper = paper or str(values["paper"])
    if paper not in PAPER_NAMES:
        raise ReportError(
            Message("The paper size “{paper}” is unknown.", paper=paper),
            Message("Available: {names}.", names=", ".join(PAPER_NAMES)),
        )
    layout = own / "report.typ"
    own_layout = os.path.lexists(layout)
    references = data_folder / "reference.toml"
    stated = values["stated"]
    header = values["header"]
    return ReportConfig(
        paper=paper,
        texts=load_report_strings(language or str(values["language"]), shipped, own, resources / "i18n"),
        header_lines=tuple(header) if isinstance(header, list) else (),
        stated_facts={k: v for k, v in stated.items() if v} if isinstance(stated, dict) else {},
        logo=_load_logo(path, str(values["logo"]), values["logo_height_mm"]),
        show_label_box=values["label_box"] is True,
        show_maps=values["maps"] is True,
        reference_ranges=read_reference_ranges(references if references.exists() else shipped / "reference.toml"),
        template=_read_own_template(layout) if own_layout else _read_file(shipped / "report.typ"),
        has_own_template=own_layout,
        fonts_folder=own / "fonts" if (own / "fonts").is_dir() else None,
    )


def _read_settings(shipped: Path, site_folder: Path) -> tuple[dict[str, object], Path]:
    """Merged values of ``report.toml``, and the path of the file that took precedence."""
    values = _read_checked(shipped / "report.toml")
    path = site_folder / "report.toml"
    if not path.exists():
        return values, shipped / "report.toml"
    chosen = _read_checked(path)
    shipped_stated, own_stated = values["stated"], chosen.get("stated", {})
    if isinstance(shipped_stated, dict) and isinstance(own_stated, dict):
        chosen["stated"] = {**shipped_stated, **own_stated}
    return values | chosen, path


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_bool(value: object) -> bool:
    return isinstance(value, bool)


_SETTING_RULES: dict[str, tuple[Callable[[object], bool], str]] = {
    "version": (lambda v: v == STRINGS_VERSION, f"It is {STRINGS_VERSION}."),
    "language": (_is_text, "Write a language in quotes, such as “en”."),
    "paper": (lambda v: v in PAPER_NAMES, "Write “a4” or “us-letter”."),
    "header": (
        lambda v: isinstance(v, list) and all(map(_is_text, v)),
        "Write a list of lines in quotes.",
    ),
    "logo": (_is_text, "Write a file's name in quotes."),
    "logo_height_mm": (
        lambda v: isinstance(v, int | float) and not isinstance(v, bool) and 5 <= v <= 30,
        "Write a number from 5 to 30.",
    ),
    "label_box": (_is_bool, "Write true or false."),
    "maps": (_is_bool, "Write true or false."),
    "stated": (
        lambda v: isinstance(v, dict) and set(v) <= set(STATED_FIELDS) and all(map(_is_text, v.values())),
        f"It may hold {', '.join(STATED_FIELDS)}, each a text in quotes.",
    ),
}


def _read_checked(path: Path) -> dict[str, object]:
    values = dict(read_toml(path))
    for key, value in values.items():
        if key not in _SETTING_RULES:
            raise ReportError(
                Message("“{path}” has the unknown key “{key}”.", path=path.name, key=key),
                Message("Available: {names}.", names=", ".join(_SETTING_RULES)),
            )
        good, hint = _SETTING_RULES[key]
        if not good(value):
            raise ReportError(Message("“{path}”: the value of “{key}” cannot be used.", path=path.name, key=key), hint)
    return values


def _load_logo(path: Path, name: str, height: object) -> Logo | None:
    if not name:
        return None
    location = path.parent / name
    signature = _LOGO_SIGNATURES.get(location.suffix.casefold())
    if signature is None or location.parent != path.parent:
        raise ReportError(
            Message("“{path}”: the value of “logo” cannot be used.", path=path.name),
            Message("Give the name of a {names} file in the same folder.", names=", ".join(sorted(_LOGO_SIGNATURES))),
        )
    data = _read_file(location)
    if not data.startswith(signature) or len(data) > _MAX_LOGO_BYTES:
        raise ReportError(
            Message(
                "The logo “{name}” is not an image of the type its name states, or is larger than 4 MiB.", name=name
            ),
            "Use another file.",
        )
    return Logo(f"logo{location.suffix.casefold()}", data, float(height) if isinstance(height, int | float) else 14.0)


def _read_own_template(path: Path) -> bytes:
    """Read the laboratory's template; `ReportError` if it may reach the network or run text as code."""
    data = _read_file(path)
    if passage := find_forbidden(data.decode("utf-8-sig", "replace")):
        raise ReportError(
            Message("This laboratory's template report.typ may not load packages or run text as code."),
            Message("Remove “{passage}”; only .typ files of the report can be imported, by name.", passage=passage),
        )
    return data.removeprefix(codecs.BOM_UTF8)


def _read_file(path: Path) -> bytes:
    try:
        return read_file(path, MAX_REPORT_FILE_BYTES)
    except OSError as error:
        raise ReportError(
            Message(
                "The report could not be created: “{path}” cannot be read, {reason}.",
                path=path.name,
                reason=error.strerror or error,
            )
        ) from error
