"""Segmentation, classification and maps. Owner of onnxruntime and torch."""

import os

# From 1.29 on the runtime reports computer and models to its maker, unless it is told not to before it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
