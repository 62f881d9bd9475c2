"""How a laboratory's report looks: ``report.toml`` and what lies beside it, the laboratory's own over what ships."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from leukview.core.errors import ReportError
from leukview.core.messages import Message
from leukview.report.reference_ranges import References, read_references
from leukview.report.report_strings import VERSION, Texts, load_texts, read_toml

PAPERS = {"a4": "A4", "us-letter": "Letter"}
STATED = ("specimen", "stain", "scanner")
_LOGOS = {".png": b"\x89PNG", ".jpg": b"\xff\xd8", ".jpeg": b"\xff\xd8", ".svg": b""}
_LARGEST_LOGO = 4 * 2**20  # bytes


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture for the header: file name, bytes, height on paper."""

    name: str
    data: bytes
    height_mm: float


@dataclass(frozen=True, slots=True)
class Site:
    """All that a laboratory may change in a report.

    Attributes:
        paper: A key of `REPORTS`.
        header: Lines under the title.
        stated: Specimen, stain and scanner, where stated.
        logo: None = no logo.
        label_box: An empty box for the laboratory's own label is printed.
        maps: The page of class-activation maps is printed.
        layout: The Typst template of the pages' contents.
        own_layout: It is the laboratory's.
        fonts: Folder with further fonts; None = there is none.
    """

    paper: str
    texts: Texts
    header: tuple[str, ...]
    stated: dict[str, str]
    logo: Logo | None
    label_box: bool
    maps: bool
    references: References
    layout: bytes
    own_layout: bool
    fonts: Path | None


def site_language(shipped: Path, own: Path) -> tuple[str, str]:
    """Language and paper that the laboratory has chosen. `ReportError` names file and key of what is wrong."""
    values, _ = _settings(shipped, own)
    return str(values["language"]), str(values["paper"])


def load_site(resources: Path, home: Path, *, language: str = "", paper: str = "") -> Site:
    """Read and check everything.

    Args:
        resources: Holds ``report`` and ``i18n``.
        home: The data folder; its folder ``report`` and its ``reference.toml`` are the laboratory's own.
        language: "" = as ``report.toml`` says.
        paper: "" = as ``report.toml`` says.

    Raises:
        ReportError: Something cannot be used; the sentence names the file and the key.
    """
    shipped, own = resources / "report", home / "report"
    values, path = _settings(shipped, own)
    paper = paper or str(values["paper"])
    if paper not in PAPERS:
        raise ReportError(
            Message("The paper “{paper}” is not known.", paper=paper),
            Message("Known are {names}.", names=", ".join(PAPERS)),
        )
    layout = own / "report.typ"
    own_layout = layout.exists()
    references = home / "reference.toml"
    stated = values["stated"]
    header = values["header"]
    return Site(
        paper=paper,
        texts=load_texts(language or str(values["language"]), shipped, own, resources / "i18n"),
        header=tuple(header) if isinstance(header, list) else (),
        stated={k: v for k, v in stated.items() if v} if isinstance(stated, dict) else {},
        logo=_logo(path, str(values["logo"]), values["logo_height_mm"]),
        label_box=values["label_box"] is True,
        maps=values["maps"] is True,
        references=read_references(references if references.exists() else shipped / "reference.toml"),
        layout=_bytes(layout if own_layout else shipped / "report.typ"),
        own_layout=own_layout,
        fonts=own / "fonts" if (own / "fonts").is_dir() else None,
    )


def _settings(shipped: Path, own: Path) -> tuple[dict[str, object], Path]:
    """The values of ``report.toml``, the laboratory's over ours, and the file they end in."""
    values = _checked(shipped / "report.toml")
    path = own / "report.toml"
    if not path.exists():
        return values, shipped / "report.toml"
    chosen = _checked(path)
    ours, theirs = values["stated"], chosen.get("stated", {})
    if isinstance(ours, dict) and isinstance(theirs, dict):
        chosen["stated"] = {**ours, **theirs}
    return values | chosen, path


def _text(value: object) -> bool:
    return isinstance(value, str)


def _truth(value: object) -> bool:
    return isinstance(value, bool)


_RULES: dict[str, tuple[Callable[[object], bool], str]] = {
    "version": (lambda v: v == VERSION, f"It is {VERSION}."),
    "language": (_text, "Write a language in quotes, such as “en”."),
    "paper": (lambda v: v in PAPERS, "Write “a4” or “us-letter”."),
    "header": (
        lambda v: isinstance(v, list) and all(map(_text, v)),
        "Write a list of lines in quotes.",
    ),
    "logo": (_text, "Write a file's name in quotes."),
    "logo_height_mm": (
        lambda v: isinstance(v, int | float) and not isinstance(v, bool) and 5 <= v <= 30,
        "Write a number from 5 to 30.",
    ),
    "label_box": (_truth, "Write true or false."),
    "maps": (_truth, "Write true or false."),
    "stated": (
        lambda v: isinstance(v, dict) and set(v) <= set(STATED) and all(map(_text, v.values())),
        f"It may hold {', '.join(STATED)}, each a text in quotes.",
    ),
}


def _checked(path: Path) -> dict[str, object]:
    values = dict(read_toml(path))
    for key, value in values.items():
        if key not in _RULES:
            raise ReportError(
                Message("“{path}” has the unknown key “{key}”.", path=path.name, key=key),
                Message("Known are {names}.", names=", ".join(_RULES)),
            )
        good, hint = _RULES[key]
        if not good(value):
            raise ReportError(Message("“{path}”: the value of “{key}” cannot be used.", path=path.name, key=key), hint)
    return values


def _logo(path: Path, name: str, height: object) -> Logo | None:
    if not name:
        return None
    place = path.parent / name
    mark = _LOGOS.get(place.suffix.casefold())
    if mark is None or place.parent != path.parent:
        raise ReportError(
            Message("“{path}”: the value of “logo” cannot be used.", path=path.name),
            Message("Name a {names} file in the same folder.", names=", ".join(sorted(_LOGOS))),
        )
    data = _bytes(place)
    if not data.startswith(mark) or len(data) > _LARGEST_LOGO:
        raise ReportError(
            Message("The logo “{name}” is no picture of the kind its name says, or larger than 4 MiB.", name=name),
            "Use another file.",
        )
    return Logo(f"logo{place.suffix.casefold()}", data, float(height) if isinstance(height, int | float) else 14.0)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReportError(
            Message(
                "The report could not be set: “{path}” cannot be read, {reason}.",
                path=path.name,
                reason=error.strerror or error,
            )
        ) from error
