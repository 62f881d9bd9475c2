"""What a site decided about classes (``classes.toml``): classes of its own, and what folders of other names hold."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from leukview.core.errors import LeukViewError
from leukview.core.messages import Message
from leukview.domain.class_names import fold_name
from leukview.domain.taxonomy import OTHER, CellClass, Taxonomy, check_taxonomy

PATIENT = "patient"
"""Answer: the folder is a patient of its own."""
LEAVE_OUT = "leave out"
"""Answer: the folder's images are not read."""
_KEY = re.compile(r"[a-z][a-z0-9_]{1,39}")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_FOLDERS = "folders"
_HEADER = "[folders]"


@dataclass(frozen=True, slots=True)
class FolderAnswers:
    """What persons answered about folders whose name LeukView does not know.

    Attributes:
        by_name: Folded name of the folder → class key, `PATIENT` or `LEAVE_OUT`.
        by_mark: Keyed hash of the folded name → `PATIENT` or `LEAVE_OUT`. Such a folder may bear a person's name, which
            is not kept.
        mark: Makes the keyed hash; None where the key is not at hand.
    """

    by_name: Mapping[str, str] = field(default_factory=dict)
    by_mark: Mapping[str, str] = field(default_factory=dict)
    mark: Callable[[str], str] | None = None

    def answer(self, folder: str) -> str:
        """The answer for a folder; "" = not asked yet."""
        folded = fold_name(folder)
        if folded in self.by_name:
            return self.by_name[folded]
        return self.by_mark.get(self.mark(folded), "") if self.mark and self.by_mark and folded else ""

    def with_answers(self, answers: Mapping[str, str]) -> FolderAnswers:
        """These answers and further ones (folder name → answer), which take precedence."""
        return replace(self, by_name={**self.by_name, **{fold_name(name): said for name, said in answers.items()}})


def parse_answer(text: str, taxonomy: Taxonomy) -> str:
    """Read an answer: a class by its key, name or code, ``patient`` or ``leave out``.

    Raises:
        LeukViewError: It is none of these.
    """
    wanted = text.strip()
    if fold_name(wanted) in {PATIENT, LEAVE_OUT}:
        return fold_name(wanted)
    by_key = next((c for c in taxonomy.classes if c.key == wanted.casefold()), None)
    found = by_key or taxonomy.class_by_folder(wanted) or taxonomy.class_by_folder_code(wanted)
    if found is None:
        keys = ", ".join(c.key for c in taxonomy.classes)
        raise LeukViewError(
            Message("“{answer}” is not a class.", answer=wanted),
            Message("Answer “patient”, “leave out” or one of {keys}.", keys=keys),
        )
    return found.key


def parse_folder_answers(text: str, taxonomy: Taxonomy, mark: Callable[[str], str] | None = None) -> FolderAnswers:
    """Read the answers in ``classes.toml``.

    Args:
        text: The file's text; "" = no file.
        taxonomy: With the site's classes.
        mark: Makes the keyed hash of a folded name.

    Raises:
        LeukViewError: The text is not TOML, or an answer is none.
    """
    raw = _load(text).get(_FOLDERS, {})
    if not isinstance(raw, dict) or not all(isinstance(value, str) for value in raw.values()):
        raise LeukViewError("In classes.toml, the table [folders] may contain texts only.", "Put each value in quotes.")
    by_name: dict[str, str] = {}
    by_mark: dict[str, str] = {}
    for name, said in raw.items():
        answer = parse_answer(said, taxonomy)
        if name.startswith("#"):
            by_mark[name] = answer
        elif fold_name(name):
            by_name[fold_name(name)] = answer
    return FolderAnswers(by_name, by_mark, mark)


def add_answers(text: str, answers: Mapping[str, str], taxonomy: Taxonomy, mark: Callable[[str], str]) -> str:
    """Write answers into the text of ``classes.toml``; everything else in it stays as it is.

    A class is kept with the folder's name. `PATIENT` and `LEAVE_OUT` are kept with a keyed hash of it. Answers about a
    name that LeukView knows hold for one import and are not kept: elsewhere the folder holds what its name means.
    """
    known = parse_folder_answers(text, taxonomy)
    held = {**known.by_name, **known.by_mark}
    lines = []
    for name, answer in answers.items():
        if taxonomy.class_by_folder(name) or taxonomy.class_by_folder_code(name) or not fold_name(name):
            continue
        key = mark(fold_name(name)) if answer in {PATIENT, LEAVE_OUT} else name
        stored = key if key.startswith("#") else fold_name(key)
        if held.get(stored) != answer:
            lines.append(f"{_quoted(key)} = {_quoted(answer)}")
            text = _without_key(text, key)
    if not lines:
        return text
    added = "\n".join(lines) + "\n"
    header = re.search(r"^[ \t]*\[[ \t]*folders[ \t]*\][ \t]*(#.*)?$\n?", text, re.MULTILINE)
    if header:
        start = text[: header.end()]
        return f"{start}{'' if start.endswith(chr(10)) else chr(10)}{added}{text[header.end() :]}"
    return f"{text}{'' if not text or text.endswith(chr(10)) else chr(10)}{_HEADER}\n{added}"


def add_site_classes(taxonomy: Taxonomy, text: str) -> Taxonomy:
    """The taxonomy with the classes of ``classes.toml``, each behind its parent.

    A class has the parent's path, group, colour and role; `counted` may differ. Without a parent it is a class outside
    the count, like “Other”. A model never names it.

    Raises:
        LeukViewError: A class lacks a key, or a key, name, code or shortcut is given twice.
    """
    raw = _load(text).get("classes", [])
    if not raw:
        return taxonomy
    if not isinstance(raw, list) or not all(isinstance(one, dict) for one in raw):
        raise LeukViewError("In classes.toml, every class must be a table [[classes]].")
    classes = list(taxonomy.classes)
    for entry in raw:
        cell_class = _site_class(entry, {c.key: c for c in classes})
        at = max((i for i, c in enumerate(classes) if cell_class.parent and _is_of(c, cell_class.parent)), default=-1)
        classes.insert(at + 1 if at >= 0 else len(classes), cell_class)
    digest = hashlib.sha256(f"{taxonomy.sha256}\n{raw!r}".encode()).hexdigest()
    extended = replace(taxonomy, classes=tuple(classes), sha256=digest)
    check_taxonomy(extended)
    return extended


def _is_of(cell_class: CellClass, parent: str) -> bool:
    return parent in {cell_class.key, cell_class.parent}


def _site_class(entry: Mapping[str, object], known: Mapping[str, CellClass]) -> CellClass:
    allowed = {"key", "name", "plural", "parent", "counted", "colour", "shortcut", "codes", "aliases", "retired"}
    key = entry.get("key")
    strange = sorted(set(entry) - allowed)
    if strange:
        raise LeukViewError(
            Message("In classes.toml, a class has the unknown entry “{name}”.", name=strange[0]),
            Message("Available: {names}.", names=", ".join(sorted(allowed))),
        )
    if not isinstance(key, str) or not _KEY.fullmatch(key) or key in {PATIENT, "leave_out"}:
        raise LeukViewError(
            Message("In classes.toml, “{key}” cannot be the key of a class.", key=key),
            "A class key consists of lower-case letters, digits and _, for example sezary_cell.",
        )
    parent = known.get(str(entry.get("parent", "")))
    if entry.get("parent") and parent is None:
        raise LeukViewError(
            Message(
                "In classes.toml, the class {key} has the unknown parent “{parent}”.", key=key, parent=entry["parent"]
            )
        )
    base = parent or known[OTHER]
    name = _text(entry, "name", key.replace("_", " ").capitalize(), key)
    colour, retired = _text(entry, "colour", base.colour, key), entry.get("retired", False)
    counted = entry.get("counted", base.is_leukocyte)
    if not isinstance(counted, bool) or not isinstance(retired, bool) or not _COLOUR.fullmatch(colour):
        raise LeukViewError(
            Message("In classes.toml, the class {key} has a value of the wrong type.", key=key),
            "counted and retired are true or false, colour is of the form #1a2b3c.",
        )
    return CellClass(
        key=key,
        name=name,
        plural=_text(entry, "plural", name, key),
        group=base.group,
        colour=colour,
        shortcut="" if retired else _text(entry, "shortcut", "", key),
        codes=_texts(entry, "codes", key),
        aliases=_texts(entry, "aliases", key),
        is_leukocyte=counted,
        is_blast=base.is_blast and counted,
        is_blast_equivalent=base.is_blast_equivalent and counted,
        follows_diagnosis=base.follows_diagnosis,
        is_model_class=False,
        path=base.path,
        parent=parent.key if parent else "",
        is_own=True,
        retired=retired,
    )


def _text(entry: Mapping[str, object], name: str, default: str, key: str) -> str:
    value = entry.get(name, default)
    if not isinstance(value, str) or (default and not value.strip()):
        raise LeukViewError(Message("In classes.toml, {name} of the class {key} must be a text.", name=name, key=key))
    return value


def _texts(entry: Mapping[str, object], name: str, key: str) -> tuple[str, ...]:
    value = entry.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise LeukViewError(
            Message("In classes.toml, {name} of the class {key} must be a list of texts.", name=name, key=key)
        )
    return tuple(value)


def _load(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise LeukViewError(Message("classes.toml cannot be read: {reason}.", reason=error)) from error


def _quoted(text: str) -> str:
    """A basic string of TOML."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda c: f"\\u{ord(c[0]):04x}", escaped) + '"'


def _without_key(text: str, key: str) -> str:
    """The text without the line of a folder that is answered anew."""
    return re.sub(rf"^[ \t]*{re.escape(_quoted(key))}[ \t]*=.*\n?", "", text, flags=re.MULTILINE)
