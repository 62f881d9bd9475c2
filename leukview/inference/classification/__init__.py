"""Cell classification: preprocessing, ONNX and torch engines, class-activation maps, OOD score."""
