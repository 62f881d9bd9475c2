"""LeukView: review of peripheral blood cells exported from a slide scanner. For research use only."""

__version__ = "0.1.0"
RESEARCH_USE_LINE = "For Research Use Only. Not for use in diagnostic procedures."
