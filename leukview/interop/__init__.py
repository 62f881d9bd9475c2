"""Data for other systems: HL7 v2.5.1, FHIR R4, LOINC codes, images without metadata."""
