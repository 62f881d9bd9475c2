"""The screening report as PDF. Owner of Typst."""
