"""Use cases: import, analysis, review, signature, report and export of slides.

The interfaces to storage, inference and other layers are the Protocols in `leukview.services.ports`.
"""
