"""``python -m leukview``."""

import sys

from leukview.cli import main

if __name__ == "__main__":
    sys.exit(main())
