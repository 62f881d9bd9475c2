"""Numbers by which a slide is found in the laboratory's messages."""

from __future__ import annotations

import unicodedata

_PART_SUFFIX = "_p"
"""The analyser exports a second slide of an order into a folder named ``<order>_p``."""


def normalise_number(number: str) -> str:
    """Normalise an order or sample number, in which blanks around it have no meaning."""
    return unicodedata.normalize("NFC", number).strip()


def sample_numbers(order_name: str) -> tuple[str, ...]:
    """Order or sample numbers that the folder name of an order stands for; none for an empty name."""
    name = normalise_number(order_name)
    if not name:
        return ()
    if name.endswith(_PART_SUFFIX) and len(name) > len(_PART_SUFFIX):
        return name, name.removesuffix(_PART_SUFFIX)
    return (name,)
