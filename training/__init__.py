"""Training of the models, from labelled cells to a model bundle.

The package imports `leukview`, never the reverse, and does not need Qt.
"""

import leukview.inference  # noqa: F401 - first, because it configures the runtime before that is loaded
