"""Adapter from both message writers to one port."""

from __future__ import annotations

from leukview.interop.fhir import FhirWriter
from leukview.interop.hl7v2 import Hl7Writer, ReferenceLimits, no_limits
from leukview.interop.loinc import LoincTerms
from leukview.services.export.exporter import MessageEnvelope
from leukview.services.export.slide_record import SlideRecord


class MessageAdapter:
    """Implements `leukview.services.export.exporter.MessageFormatter`."""

    def __init__(self, terms: LoincTerms, limits: ReferenceLimits = no_limits) -> None:
        self._fhir, self._hl7 = FhirWriter(terms), Hl7Writer(terms, limits)

    def fhir(self, record: SlideRecord) -> str:
        """FHIR R4 bundle as JSON text; raises `LeukViewError` if it is not valid."""
        return self._fhir.write(record)

    def hl7(self, record: SlideRecord, envelope: MessageEnvelope | None = None) -> str:
        """HL7 v2.5.1 ORU^R01 message; raises `LeukViewError` if it is not valid."""
        return self._hl7.write(record, envelope)
