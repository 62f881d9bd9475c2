"""Problems of an import, counted by kind, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from leukview.domain.slide import Problem, ProblemKind

MESSAGES_PER_KIND = 3


def summarise_problems(problems: Iterable[Problem]) -> list[str]:
    """The first messages of each kind, and how many more there are of it."""
    by_kind: dict[ProblemKind, list[str]] = {}
    for problem in problems:
        by_kind.setdefault(problem.kind, []).append(problem.message)
    lines = []
    for messages in by_kind.values():
        lines += messages[:MESSAGES_PER_KIND]
        if len(messages) > MESSAGES_PER_KIND:
            lines[-1] += f" ({len(messages) - MESSAGES_PER_KIND} more of this kind)"
    return lines
