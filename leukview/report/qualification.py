"""Protocol of ``leukview qualify`` as PDF/A."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

import typst

from leukview.core.atomic_files import atomic_write
from leukview.core.errors import ReportError
from leukview.core.messages import Message

TEMPLATE = "qualification/report.typ"
"""Path of the template below the resources."""


def write_qualification(resources: Path, output: Path, context: Mapping[str, object]) -> None:
    """Typeset the protocol and put it in place.

    Args:
        resources: Folder of the program's data files.
        output: The PDF to write.
        context: Keys ``notice``, ``facts`` (pairs), ``verdict`` and ``results``.

    Raises:
        ReportError: It cannot be typeset or written.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="leukview-report-") as folder:
            template = Path(folder) / "report.typ"
            template.write_bytes((resources / TEMPLATE).read_bytes())
            template.with_name("qualification.json").write_text(json.dumps(context), encoding="utf-8")
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
