"""Export of a trained segmenter to a bundle with model card."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from leukview.inference.networks.unet import UNet
from leukview.inference.segmentation.segmenter_onnx import (
    EmbeddedSegmenter,
    SegmenterManifest,
    write_segmenter_manifest,
)
from training.segmenter.dataset import MASK_SOURCES, mask_data_folder, read_pairs
from training.segmenter.evaluate import MISSED_IOU, TOLERANCE, evaluate_segmenter, score_table


def write_segmenter_bundle(checkpoint: Path, folder: Path, side: int) -> dict[str, Any]:
    """Export the EMA weights, and evaluate the bundle on the held-out pairs.

    The evaluation runs the exported model in the inference engine of the application.

    Args:
        checkpoint: Checkpoint written by `training.segmenter.train.train_segmenter`.
        folder: Folder to create or overwrite.
        side: Side of the network input in pixels.

    Returns:
        The metrics, as written to the manifest.
    """
    from safetensors.torch import save_file

    saved = torch.load(checkpoint, weights_only=True)
    net = UNet()
    net.load_state_dict(saved["average"], strict=True)
    net.eval()
    folder.mkdir(parents=True, exist_ok=True)
    save_file({k: v.contiguous() for k, v in net.state_dict().items()}, folder / "segmenter.safetensors")
    torch.onnx.export(
        net,
        (torch.zeros(2, 3, side, side),),
        folder / "segmenter.onnx",
        input_names=["image"],
        output_names=["logits"],
        dynamic_shapes=({0: torch.export.Dim("batch")},),
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    (folder / "MODEL_CARD.md").write_text("", encoding="utf-8")
    provenance = {
        "training": "python -m training.segmenter.train",
        "seconds": round(float(saved["spent"])),
        "steps": int(saved["step"]),
    }
    write_segmenter_manifest(folder, SegmenterManifest(1, "embedded", side, MASK_SOURCES, provenance, {}, {}))
    held_out = [p for p in read_pairs(mask_data_folder()) if p.split == "held"]
    figures = evaluate_segmenter(EmbeddedSegmenter(folder, threads=1), held_out)
    (folder / "MODEL_CARD.md").write_text(segmenter_card(figures, provenance, side), encoding="utf-8")
    write_segmenter_manifest(folder, SegmenterManifest(1, "embedded", side, MASK_SOURCES, provenance, figures, {}))
    return figures


def segmenter_card(metrics: dict[str, Any], provenance: dict[str, Any], side: int) -> str:
    """Text of ``MODEL_CARD.md``."""
    lines = [
        "# Embedded segmenter",
        "",
        "For Research Use Only. Not for use in diagnostic procedures. Written by `training/segmenter_bundle.py`.",
        "",
        f"A compact U-Net at {side} px finds background, cytoplasm and nucleus of the cell in the middle of the frame.",
        f"The last run of training: {provenance['steps']} steps in {provenance['seconds']} seconds on a CPU.",
        "",
        "Every fifth image of each source was kept out of training and of every choice. In brackets: 95 % intervals,",
        "by resampling images. Boundary F1 counts contour pixels as found that lie near the other contour, within",
        f"{TOLERANCE:.2%} of the image's diagonal. A cell is missed when its IoU is below {MISSED_IOU}.",
        "Seconds: one thread, the mask at the image's own size included; by the clock, and of a core.",
        "",
        *score_table({"embedded": metrics}),
        "",
        "Trained on:",
        *(f"- {text}" for text in MASK_SOURCES.values()),
        "",
        "What bounds the figures: a CellaVision mask brought to the side of the scores (80 px) and back agrees with",
        "itself at a Dice of 0.997 (cell) and 0.993 (nucleus), and choosing the central cell costs nothing: resolution",
        "and post-processing do not. BCCD's masks are coarse polygons; some of its cells reach over the field's edge.",
        "Errors seen by eye: red cells that touch the cell, and pale cytoplasm against the film.",
        "",
        "Not measured: other stains, bone marrow, smudge cells and platelets (no masks of these exist here).",
    ]
    return "\n".join(lines) + "\n"
