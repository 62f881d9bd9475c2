"""The window. Owner of Qt."""

import sys

import PySide6.QtCore  # noqa: F401 - brings the module below

# PySide reads the source of every module imported after it, to see whether it names PySide: a tenth of the start, and
# 20 MB that stay. That concerns modules with snake_case names or true properties alone, and there are none.
if (_feature := sys.modules.get("shibokensupport.feature")) is not None:
    vars(_feature)["_mod_uses_pyside"] = lambda _module: False
