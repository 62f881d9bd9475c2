"""Interfaces to other systems: HL7 v2.5.1, FHIR R4 and LOINC codes."""
