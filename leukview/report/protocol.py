"""Protocols of qualification and verification as PDF/A."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

import typst

from leukview.core.atomic_files import atomic_write
from leukview.core.errors import ReportError
from leukview.core.messages import Message

QUALIFICATION = "qualification"
VERIFICATION = "verification"
_TEMPLATE = "report.typ"


def write_protocol(resources: Path, kind: str, output: Path, context: Mapping[str, object]) -> None:
    """Typeset a protocol and put it in place.

    Args:
        resources: Folder of the program's data files, with a template in the folder of each kind.
        kind: `QUALIFICATION` or `VERIFICATION`.
        output: The PDF to write.
        context: What the template prints.

    Raises:
        ReportError: It cannot be typeset or written.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="leukview-report-") as folder:
            template = Path(folder) / _TEMPLATE
            template.write_bytes((resources / kind / _TEMPLATE).read_bytes())
            template.with_name(f"{kind}.json").write_text(json.dumps(context), encoding="utf-8")
            pdf: bytes = typst.compile(
                str(template),
                pdf_standards=["a-3a", "ua-1"],
                timestamp=0,
                package_path=folder,
                package_cache_path=folder,
            )
        atomic_write(output, pdf)
    except typst.TypstError as error:
        raise ReportError(
            "The report could not be created.", Message("Message of Typst: {reason}.", reason=error)
        ) from error
    except OSError as error:
        raise ReportError(
            Message(
                "The report cannot be saved in “{parent}”: {reason}.",
                parent=output.parent.name,
                reason=error.strerror or error,
            ),
            "Choose another folder.",
        ) from error
