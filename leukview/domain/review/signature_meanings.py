"""Meanings of a signature that the window offers.

The log holds the English text, whatever the language of the window; each reader sees it in their own language.
"""

from __future__ import annotations

FIRST_READING_MEANINGS = (
    "Review of the differential by a person",
    "Reviewed and released for research use",
)
SECOND_READING_MEANING = "Second reading, blinded to the first reader and the model"
