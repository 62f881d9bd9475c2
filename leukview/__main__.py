"""Entry point of ``python -m leukview``."""

import multiprocessing
import sys

from leukview.cli.main import main

if __name__ == "__main__":
    multiprocessing.freeze_support()  # worker processes of the frozen program start here
    sys.exit(main())
