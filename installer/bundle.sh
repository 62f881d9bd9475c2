#!/bin/sh
# Builds dist/leukview for this platform from an environment that holds the base install only.
set -eu
cd "$(dirname "$0")/.."
python=${LEUKVIEW_PYTHON:-.venv/bin/python}
"$python" -m PyInstaller --noconfirm --log-level WARN --distpath dist --workpath build/pyinstaller installer/leukview.spec
du -sm dist/leukview | awk '{print "dist/leukview: " $1 " MB"}'
