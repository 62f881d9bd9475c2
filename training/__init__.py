"""From labelled cells to a model bundle. Imports `leukview`, never the reverse; needs no Qt."""
