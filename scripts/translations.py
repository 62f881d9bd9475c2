"""``make translations``: gathers every text of the window into the Linguist files and compiles them.

lupdate finds what stands in ``tr("…")``; the texts that are data (action table, class names, alerts, grading form,
phrases, sentences of errors and services) are gathered here into the context ``data``.
"""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
import sys
import tempfile
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

from leukview.core.messages import DATA, read_linguist
from leukview.domain.models.quality_control import QC_MEASURES
from leukview.domain.taxonomy import parse_taxonomy
from leukview.gui.app.action_manager import _TOOL_BAR_TEXTS
from leukview.gui.app.action_table import ActionCategory, action_table
from leukview.gui.cell.stage_tree import choice_text
from leukview.services.review.event_text import _KIND_NAMES, CONFIRMED, LABELLED

ROOT = Path(__file__).resolve().parent.parent
GUI = ROOT / "leukview" / "gui"
I18N_FOLDER = ROOT / "leukview" / "resources" / "i18n"
LANGUAGES = ("zh_CN",)
_PACKAGES = (
    "bootstrap/composition.py",
    "bootstrap/exchange.py",
    "bootstrap/model_loading.py",
    "bootstrap/site_config.py",
    "synthetic",
    "domain",
    "interop",
    "importers",
    "inference",
    "services",
    "storage",
    "report",
    "core",
)  # whose messages the window shows
_FIELD = re.compile(r"\{[a-z_]\w*\}")


def _tool(name: str) -> str:
    return str(Path(sys.executable).with_name(f"pyside6-{name}"))


def lupdate_texts() -> dict[str, set[str]]:
    """Texts in ``tr("…")`` by context; those outside a class count as data."""
    sources = [str(p) for p in sorted(GUI.rglob("*.py"))]
    with tempfile.TemporaryDirectory() as scratch:
        output = Path(scratch) / "found.ts"
        subprocess.run(
            [_tool("lupdate"), *sources, "-ts", str(output)], check=True, capture_output=True, timeout=120, cwd=ROOT
        )
        tree = ET.parse(output)  # noqa: S314 - trusted: just written by lupdate
    found: dict[str, set[str]] = {}
    for context in tree.iter("context"):
        texts = {m.findtext("source") or "" for m in context.iter("message")}
        found.setdefault(context.findtext("name") or DATA, set()).update(texts)
    return found


def _called_name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _is_template(text: str) -> bool:
    """Whether a text of one line has fields and letters beside them."""
    return bool(_FIELD.search(text)) and "\n" not in text and bool(re.search(r"[A-Za-z×]", _FIELD.sub("", text)))


def _messages(tree: ast.AST) -> Iterator[str]:
    """Templates and texts that become a `Message`, an error, a hint or the text of a progress report."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_template(node.value):
            yield node.value
        if not isinstance(node, ast.Call):
            continue
        name = _called_name(node)
        error = name.endswith("Error") and name not in {
            "ValueError",
            "KeyError",
            "TypeError",
            "RuntimeError",
            "OSError",
        }
        if not error and name not in {"Progress", "Message"}:
            continue
        for argument in (*node.args, *(k.value for k in node.keywords)):
            branches = (argument.body, argument.orelse) if isinstance(argument, ast.IfExp) else (argument,)
            for branch in branches:
                if isinstance(branch, ast.Constant) and isinstance(branch.value, str) and " " in branch.value.strip():
                    yield branch.value
        if name == "Message" and node.args and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value)


def message_texts() -> set[str]:
    """Templates and texts of the messages, errors and progress reports of all packages but the window."""
    tops = [ROOT / "leukview" / top for top in _PACKAGES]
    paths = [p for top in tops for p in ([top] if top.is_file() else sorted(top.rglob("*.py")))]
    sources = [path.read_text(encoding="utf-8") for path in paths]
    return {text for source in sources if "hl7apy" not in source for text in _messages(ast.parse(source))}


def _plain_tr_texts() -> set[str]:
    """Arguments of ``tr`` and ``_tr`` called as functions, which lupdate ignores."""
    found = set()
    for path in sorted(GUI.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or _called_name(node) not in {"tr", "_tr", "translate_data"}:
                continue
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(first.value)
    return found


def resource_texts() -> set[str]:
    """Texts in the shipped data files, and in tables in the code.

    The files are taxonomy, alerts, grading form and phrases.
    """

    def load(name: str) -> dict:  # type: ignore[type-arg]  # as the file has it
        return tomllib.loads((ROOT / "leukview" / "resources" / name).read_text(encoding="utf-8"))

    texts: set[str] = (
        set(_TOOL_BAR_TEXTS.values())
        | {group.value for group in ActionCategory}
        | {*_KIND_NAMES.values(), CONFIRMED, LABELLED}
    )
    texts |= {measure.name for measure in QC_MEASURES}
    taxonomy = parse_taxonomy((ROOT / "leukview" / "resources" / "taxonomy.toml").read_text(encoding="utf-8"))
    for spec in action_table(taxonomy):
        texts |= {spec.text, getattr(spec.tool_tip, "template", spec.tool_tip)}
    texts |= {name for c in taxonomy.classes for name in (c.name, c.plural)}
    texts |= {name for s in taxonomy.stages for name in (s.name, *map(choice_text, s.choices))}
    texts |= {choice.replace("_", " ") for s in taxonomy.stages for choice in s.choices}  # as the log names them
    rules = load("alerts.toml")["rules"]
    texts |= {rule[part] for rule in rules for part in ("title", "short", "text", "report", "caveat") if part in rule}
    form = load("grading.toml")
    texts.add(form["source"])
    for scale in form["scales"].values():
        texts |= {text for step in scale for text in (step["words"], step.get("short", ""))}
    for group in form["groups"]:
        texts |= {group["name"], *(t for item in group["items"] for t in (item["name"], item.get("about", "")))}
    for group in load("phrases.toml")["groups"]:
        texts |= {group["name"], *(phrase["text"] for phrase in group["phrases"])}
    return {text for text in texts if any(letter.isalpha() for letter in text)}


def listed_texts() -> set[str]:
    """Texts without fields that the code composes from data, listed in ``sentences.txt``."""
    lines = (I18N_FOLDER / "sentences.txt").read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def gather_texts() -> dict[str, set[str]]:
    """All texts of the GUI by context."""
    found = lupdate_texts()
    data = found.setdefault(DATA, set())
    data |= message_texts() | resource_texts() | listed_texts()
    elsewhere = {text for context, texts in found.items() if context != DATA for text in texts}
    data |= _plain_tr_texts() - elsewhere
    return found


def read_translations(path: Path) -> dict[tuple[str, str], str]:
    """Translations of a Linguist file by (context, text); unfinished ones are ""."""
    if not path.exists():
        return {}
    return dict(read_linguist(path))


def write_translations(path: Path, language: str, texts: dict[str, set[str]], known: dict[tuple[str, str], str]) -> int:
    """Write a Linguist file; texts without a translation are marked unfinished.

    Returns:
        Number of unfinished texts.
    """
    root = ET.Element("TS", version="2.1", language=language, sourcelanguage="en")
    missing = 0
    for name in sorted(texts):
        context = ET.SubElement(root, "context")
        ET.SubElement(context, "name").text = name
        for source in sorted(texts[name]):
            message = ET.SubElement(context, "message")
            ET.SubElement(message, "source").text = source
            translation = ET.SubElement(message, "translation")
            translation.text = known.get((name, source), "")
            if not translation.text:
                translation.set("type", "unfinished")
                missing += 1
    ET.indent(root, "    ")
    body = ET.tostring(root, encoding="unicode")
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n', encoding="utf-8")
    return missing


def compile_translations(source: Path, target: Path) -> None:
    """Compile a Linguist file to the ``.qm`` file that the program loads."""
    subprocess.run(
        [_tool("lrelease"), "-silent", str(source), "-qm", str(target)], check=True, capture_output=True, timeout=120
    )


def main() -> int:
    """Update and compile the translations of every language."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    unfinished = 0
    texts = gather_texts()
    for language in LANGUAGES:
        path = I18N_FOLDER / f"leukview_{language}.ts"
        missing = write_translations(path, language, texts, read_translations(path))
        compile_translations(path, path.with_suffix(".qm"))
        sys.stdout.write(f"{path.name}: {sum(map(len, texts.values()))} texts, {missing} unfinished\n")
        unfinished += missing
    return 1 if unfinished else 0


if __name__ == "__main__":
    raise SystemExit(main())
