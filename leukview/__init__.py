"""LeukView: review of peripheral blood cells exported from a slide scanner. For research use only."""

from leukview._version import program_version

__version__ = program_version()
RESEARCH_USE_LINE = "For Research Use Only. Not for use in diagnostic procedures."
