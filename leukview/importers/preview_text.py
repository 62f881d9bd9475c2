"""Preview of an export, as JSON and as text for a terminal."""

from __future__ import annotations

from leukview.domain.slide import ExportPreview, Problem, ProblemKind, SlideDraft


def _problem_to_json(problem: Problem) -> dict[str, str]:
    return {"kind": problem.kind.value, "path": problem.path, "message": problem.message}


def slide_title(slide: SlideDraft) -> str:
    """Patient and order, from the folder names."""
    return f"{slide.patient} / {slide.order}" if slide.order else slide.patient


def preview_to_json(preview: ExportPreview) -> dict[str, object]:
    """JSON-able value with `slides` (counts, problems) and `problems`."""
    slides = [
        {
            "name": slide_title(s),
            "patient": s.patient,
            "order": s.order,
            "layout": s.layout,
            "cells": len(s.cells),
            "labelled": s.labelled_count,
            "overviews": len(s.overviews),
            "undecodable": s.undecodable_count,
            "conflicts": s.conflict_count,
            "duplicates": s.duplicate_count,
            "ignored": s.ignored_count,
            "classes": s.class_counts(),
            "problems": [_problem_to_json(p) for p in s.problems],
        }
        for s in preview.slides
    ]
    questions = [
        {"folder": q.folder, "name": q.name, "images": q.count, "class": q.class_key, "message": q.message}
        for q in preview.questions
    ]
    return {
        "root": preview.root,
        "slides": slides,
        "questions": questions,
        "problems": [_problem_to_json(p) for p in preview.problems],
        "notices": [_problem_to_json(p) for p in preview.notices],
        "name_encoding": preview.name_encoding,
        "name_encodings": list(preview.name_encodings),
    }


def preview_to_text(preview: ExportPreview) -> str:
    """Format a preview for a terminal."""
    lines = []
    for s in preview.slides:
        lines.append(
            f"{slide_title(s)}: {len(s.cells)} cells, {s.labelled_count} labelled by the laboratory ({s.layout})"
        )
        lines.append(
            f"  {len(s.overviews)} overviews, {s.duplicate_count} duplicates, {s.undecodable_count} undecodable, "
            f"{s.conflict_count} with two labels"
        )
        counts = sorted(s.class_counts().items(), key=lambda item: -item[1])
        lines.append("  " + ", ".join(f"{key or 'unlabelled'} {count}" for key, count in counts))
        lines.extend(f"  ! {p.message}" for p in s.problems if p.kind is not ProblemKind.UNKNOWN_FOLDER)
    lines.extend(f"! {p.message}" for p in preview.problems)
    lines.extend(p.message for p in preview.notices)
    lines.extend(f"? {q.message}" for q in preview.questions)
    return "\n".join(lines)
