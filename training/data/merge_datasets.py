"""Merge archives of data folders: ``python -m training.data.merge_datasets --output DATA --from A --from B``.

So the corrections that the application exported join the cells that a model was trained on. Archives are linked where
the disk allows it, else copied. A site's newer corrections take the place of its older ones, which bear the same name.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from leukview.core.errors import LeukViewError
from training.data.dataset import LabelledCell, load_labelled_cells


def merge_datasets(folders: Sequence[Path], output: Path) -> tuple[LabelledCell, ...]:
    """Merge the archives of data folders, and read the result as training will.

    Args:
        folders: Data folders; of two archives with the same name the one in the later folder is used.
        output: Data folder to write; its previous archives are removed.

    Raises:
        LeukViewError: A folder has no archive, the output cannot be written, or the splits leak (see `load_cells`).
    """
    archives: dict[str, Path] = {}
    for folder in folders:
        found = {path.name: path for path in sorted((folder / "cells").glob("cells-*.zip"))}
        if not found:
            raise LeukViewError(f"There are no labelled cells in {folder}.")
        archives |= found
    target = output / "cells"
    if any(path.resolve().is_relative_to(target.resolve()) for path in archives.values()):
        raise LeukViewError("The output is one of the folders to be mixed.", "Name another folder.")
    try:
        target.mkdir(parents=True, exist_ok=True)
        for old in target.glob("cells-*.zip"):
            old.unlink()
        for name, path in archives.items():
            try:
                os.link(path.resolve(), target / name)
            except OSError:  # another disk, or no support for hard links
                shutil.copyfile(path, target / name)
    except OSError as error:
        raise LeukViewError(f"The cells cannot be laid into {output}: {error.strerror or error}.") from error
    return load_labelled_cells(output)


def main() -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="data folder to fill")
    parser.add_argument("--from", dest="folders", type=Path, action="append", required=True, help="may be repeated")
    options = parser.parse_args()
    try:
        cells = merge_datasets(options.folders, options.output)
    except LeukViewError as error:
        print(error)
        return 1
    counts = Counter((c.source, c.split, bool(c.reviewers)) for c in cells)
    for (source, split, corrected), count in sorted(counts.items()):
        print(f"{source}, {split}: {count}" + (" with a reviewer's word" if corrected else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
