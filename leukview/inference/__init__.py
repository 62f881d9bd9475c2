"""Segmentation, classification and maps. Owner of onnxruntime and torch."""
