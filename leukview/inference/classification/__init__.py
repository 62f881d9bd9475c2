"""Cell classification: preprocessing, engines, class-activation maps, OOD score."""
