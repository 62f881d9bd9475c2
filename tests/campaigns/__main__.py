"""Run a campaign: ``python -m tests.campaigns exports|files --count N --seed S``."""

from __future__ import annotations

import argparse
import logging
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.campaigns import exports, site_files
from tests.campaigns.entrance import MEMORY_LIMIT_BYTES, peak_memory


def run(kind: str, first: int, count: int, seed: int, folder: Path) -> dict[int, list[str]]:
    """Run the cases; returns the faults by number of the case."""
    material = exports.make_material(folder / "material", seed)
    place = site_files.Workplace(folder / "workplace", material) if kind == "files" else None
    before, found = peak_memory(), {}
    for number in range(first, first + count):
        case = folder / "case"
        try:
            if place is None:
                faults = exports.run_case(number, seed, material, case)
            else:
                faults = site_files.run_case(number, seed, place, case)
        except Exception as error:  # noqa: BLE001 - a fault of the generator must not end the campaign
            faults = [f"the generator failed: {error!r}"]
        if faults:
            found[number] = faults
        shutil.rmtree(case, ignore_errors=True)
        if (done := number - first + 1) % 100 == 0 and done < count:
            print(f"{done} of {count}, {len(found)} with faults", file=sys.stderr, flush=True)  # noqa: T201
    grown = peak_memory() - before
    if grown > MEMORY_LIMIT_BYTES:
        found[-1] = [f"memory grew by {grown / 2**20:.0f} MiB"]
    return found


def main() -> int:
    """Run the campaign named on the command line; 1 if anything went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns", description=__doc__)
    parser.add_argument("kind", choices=("exports", "files"))
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    options = parser.parse_args()
    logging.getLogger().setLevel(logging.ERROR)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="leukview-campaign-") as folder:
        found = run(options.kind, options.first, options.count, options.seed, Path(folder).resolve())
    for number, faults in found.items():
        print(f"case {number}:")  # noqa: T201
        for fault in faults:
            print("  " + fault.rstrip().replace("\n", "\n  "))  # noqa: T201
    seconds = time.monotonic() - began
    print(f"{options.count} cases of {options.kind}, seed {options.seed}: {len(found)} with faults, {seconds:.0f} s")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
