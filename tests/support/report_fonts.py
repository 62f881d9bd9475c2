"""Made-up font for reports in any script.

Text can be rendered and extracted even if no font of the script is installed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._g_l_y_f import Glyph


def _box_glyph() -> Glyph:
    pen = TTGlyphPen(None)
    pen.moveTo((80, 0))
    pen.lineTo((80, 700))
    pen.lineTo((920, 700))
    pen.lineTo((920, 0))
    pen.closePath()
    return pen.glyph()


def write_font(path: Path, characters: Iterable[str], family: str) -> None:
    """Write a TrueType font that shows each character as a box.

    Args:
        path: Font file to write.
        characters: Characters of the font.
        family: Family name.
    """
    codes = {ord(c): f"u{ord(c):05X}" for c in sorted(set(characters))}
    names = [".notdef", *codes.values()]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap(codes)
    builder.setupGlyf(dict.fromkeys(names, _box_glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 80)))
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    post_script = family.replace(" ", "")
    builder.setupNameTable(
        {"familyName": family, "styleName": "Regular", "fullName": family, "psName": f"{post_script}-Regular"}
    )
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120)
    builder.setupPost()
    builder.save(path)
