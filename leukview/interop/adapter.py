"""Adapter from both message writers to one port."""

from __future__ import annotations

from leukview.interop.fhir import FhirWriter
from leukview.interop.hl7v2 import Hl7Writer
from leukview.interop.loinc import LoincTerms
from leukview.services.export.slide_record import SlideRecord


class MessageAdapter:
    """Implements `leukview.services.export.exporter.MessageFormatter`."""

    def __init__(self, terms: LoincTerms) -> None:
        self._fhir, self._hl7 = FhirWriter(terms), Hl7Writer(terms)

    def fhir(self, record: SlideRecord) -> str:
        """FHIR R4 bundle as JSON text; raises `LeukViewError` if it is not valid."""
        return self._fhir.write(record)

    def hl7(self, record: SlideRecord) -> str:
        """HL7 v2.5.1 ORU^R01 message; raises `LeukViewError` if it is not valid."""
        return self._hl7.write(record)
