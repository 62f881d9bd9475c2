"""``python -m leukview``."""

import multiprocessing
import sys

from leukview.cli.main import main

if __name__ == "__main__":
    multiprocessing.freeze_support()  # a worker process of the frozen program begins here
    sys.exit(main())
