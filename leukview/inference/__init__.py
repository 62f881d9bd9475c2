"""Segmentation, classification and Grad-CAM; sole users of onnxruntime and torch."""

import os

# Since 1.29 ONNX Runtime sends telemetry to its vendor unless this is set before it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
