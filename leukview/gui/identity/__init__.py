"""Patient, order and specimen of the slides."""
