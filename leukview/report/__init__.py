"""The screening report as PDF; the only user of Typst."""
