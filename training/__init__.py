"""From labelled cells to a model bundle. Imports `leukview`, never the reverse; needs no Qt."""

import leukview.inference  # noqa: F401 - the first to be imported: its word to the runtime must come before the runtime
