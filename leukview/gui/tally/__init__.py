"""The live differential count."""
