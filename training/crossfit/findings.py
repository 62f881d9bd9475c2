"""Evidence of films from out-of-fold answers; scores are the application's own (`leukview.domain.findings`)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from leukview.domain.findings import (
    BLAST_TYPES,
    FINDINGS,
    LYMPHOID_TYPES,
    FilmEvidence,
    FilmScore,
    FindingKey,
    film_score,
)
from training.crossfit.scores import OutOfFold
from training.crossfit.vocabulary import Vocabulary


def film_evidence(found: OutOfFold, rows: NDArray[np.int64], vocabulary: Vocabulary) -> FilmEvidence:
    """What the cells of a film, or of all films of a specimen, contribute."""
    p = found.p_types[rows]
    blasts = [i for i, leaf in enumerate(vocabulary.types) if leaf in BLAST_TYPES]
    lymphoid = [i for i, leaf in enumerate(vocabulary.types) if leaf in LYMPHOID_TYPES]
    return FilmEvidence(
        p[:, blasts].sum(1),
        p[:, lymphoid].sum(1),
        found.p("malignant")[rows],
        found.odds["apl"][rows],
        found.odds["lymphoid"][rows],
    )


def film_scores(found: OutOfFold, rows: NDArray[np.int64], vocabulary: Vocabulary) -> dict[FindingKey, FilmScore]:
    """Scores of all findings of a film."""
    evidence = film_evidence(found, rows, vocabulary)
    return {key: film_score(key, evidence) for key in FINDINGS}
