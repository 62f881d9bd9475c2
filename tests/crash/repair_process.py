"""Process that repairs masks until `tests.crash.test_kill_repair` kills it."""

from __future__ import annotations

import sys

import numpy as np

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.domain.repaired_mask import mask_sha256


def main(slide_id: str) -> None:
    """Repair masks without end, and undo every fifth repair.

    After each stored repair a line with the cell id and the SHA-256 of the mask is printed; after an undo the cell id
    and ``undone``.
    """
    with open_workbench(RuntimeOptions()) as workbench:
        session = workbench.open_session(slide_id, "Ada")
        step = 0
        while True:
            step += 1
            cell = session.view.cells[step % len(session.view.cells)].cell
            mask = np.zeros((cell.height_px, cell.width_px), np.uint8)
            mask[10 : 20 + step % 30, 10:40] = 1
            mask[12:18, 12 : 20 + step % 10] = 2
            session.repair_mask(cell.id, mask, methods=["brush"])
            sys.stdout.write(f"{cell.id} {mask_sha256(mask)}\n")
            sys.stdout.flush()
            if step % 5 == 0:
                session.undo()
                sys.stdout.write(f"{cell.id} undone\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
