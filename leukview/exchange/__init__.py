"""Messages to other systems: HL7 v2.5.1 and FHIR R4. The only room that knows their libraries."""
