"""Train the embedded segmenter on the mask sets: ``python -m training.segmenter --run DIR --minutes N``."""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from leukview.inference.nets.unet import UNet

_log = logging.getLogger(__name__)

SIDE = 128
SOURCES = {
    "cellavision": "CellaVision pairs of Zheng et al., Micron 2018 (repository under GPL-3.0)",
    "jtsc": "JTSC pairs of Zheng et al., Micron 2018 (repository under GPL-3.0)",
    "bccd": "BCCD masks of Banik et al. 2020",
}
HELD = 5
"""Every fifth pair of each source, by name, is kept out of training; fixed before any training."""
FIELD = {"cellavision": 0, "jtsc": 0, "bccd": 240}
"""Side in pixels of the square cut around a cell; 0 = the whole image."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One image (H×W×3 uint8) with its mask (H×W, 0/1/2), cut around one cell."""

    source: str
    name: str
    image: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    held: bool


def data_folder() -> Path:
    """Where the mask archives lie."""
    root = os.environ.get("LEUKVIEW_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data"
    return Path(root) / "masks"


def read_pairs(folder: Path) -> list[Pair]:
    """All pairs; fields with several cells are cut around each cell that lies wholly inside."""
    pairs: list[Pair] = []
    for source in SOURCES:
        with zipfile.ZipFile(folder / f"{source}.zip") as archive:
            names = sorted(n for n in archive.namelist() if n.startswith("images/") and not n.endswith("/"))
            for number, name in enumerate(names):
                stem = Path(name).stem
                image = np.asarray(Image.open(io.BytesIO(archive.read(name))).convert("RGB"))
                mask = np.asarray(Image.open(io.BytesIO(archive.read(f"masks/{stem}.png"))))
                held = number % HELD == 0
                cuts = _cut(image, mask, FIELD[source]) if FIELD[source] else [(image, mask)]
                pairs.extend(Pair(source, stem, i, m, held) for i, m in cuts)
    return pairs


def _cut(
    image: NDArray[np.uint8], mask: NDArray[np.uint8], side: int
) -> list[tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
    from scipy import ndimage

    labels, count = ndimage.label(mask > 0)
    found = []
    for index in range(1, count + 1):
        one = labels == index
        rows, columns = np.nonzero(one)
        if one.sum() < 400:
            continue
        top = int(np.clip((rows.min() + rows.max()) // 2 - side // 2, 0, mask.shape[0] - side))
        left = int(np.clip((columns.min() + columns.max()) // 2 - side // 2, 0, mask.shape[1] - side))
        box = np.s_[top : top + side, left : left + side]
        if one[box].sum() < one.sum():
            continue
        # Only the central cell is wanted; the others of the field are background.
        found.append((image[box], np.where(one, mask, 0)[box].astype(np.uint8)))
    return found


def to_tensor(pairs: list[Pair]) -> tuple[Tensor, Tensor]:
    """Images N×3×s×s in −1..1 and masks N×s×s (int64), all at `SIDE`."""
    images = [np.asarray(Image.fromarray(p.image).resize((SIDE, SIDE), Image.Resampling.BILINEAR)) for p in pairs]
    masks = [np.asarray(Image.fromarray(p.mask).resize((SIDE, SIDE), Image.Resampling.NEAREST)) for p in pairs]
    x = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float() / 127.5 - 1.0
    return x, torch.from_numpy(np.stack(masks)).long()


def augment(x: Tensor, y: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Random turn, flip, scale, shift, stain (a mixing of the optical densities), gain, blur and noise, per image."""
    n = x.shape[0]

    def uniform(low: float, high: float, *shape: int) -> Tensor:
        return torch.rand(*shape, generator=generator) * (high - low) + low

    angle, scale = uniform(0, 2 * torch.pi, n), torch.exp(uniform(-0.5, 0.65, n))
    flip = torch.where(torch.rand(n, generator=generator) < 0.5, -1.0, 1.0)
    theta = torch.stack(
        [
            torch.stack([angle.cos() * scale * flip, -angle.sin() * scale, uniform(-0.15, 0.15, n)], 1),
            torch.stack([angle.sin() * scale * flip, angle.cos() * scale, uniform(-0.15, 0.15, n)], 1),
        ],
        1,
    )  # n×2×3
    grid = nn.functional.affine_grid(theta, [n, 3, SIDE, SIDE], align_corners=False)
    x = nn.functional.grid_sample(x, grid, padding_mode="reflection", align_corners=False)
    moved = nn.functional.grid_sample(y[:, None].float(), grid, mode="nearest", align_corners=False)
    density = -torch.log((x.clamp(-0.98, 1.0) + 1.0) / 2.0)  # optical density, n×3×s×s
    mix = torch.eye(3) + uniform(-0.18, 0.18, n, 3, 3)
    density = torch.einsum("nij,njhw->nihw", mix, density) * uniform(0.7, 1.35, n, 1, 1, 1)
    density = density + uniform(-0.06, 0.10, n, 3, 1, 1)
    x = torch.exp(-density.clamp(0.0, 5.0)) * 2.0 - 1.0
    soft = nn.functional.avg_pool2d(x, 3, 1, 1)
    x = torch.lerp(x, soft, uniform(-0.4, 1.0, n, 1, 1, 1))
    x = x + torch.randn(x.shape, generator=generator) * uniform(0.0, 0.04, n, 1, 1, 1)
    return x.clamp(-1.0, 1.0), moved[:, 0].long()


def loss_of(logits: Tensor, y: Tensor) -> Tensor:
    """Cross-entropy plus one minus the mean soft Dice of cytoplasm-or-nucleus and nucleus."""
    p = logits.softmax(1)
    dice = torch.zeros(())
    for mine, true in ((p[:, 1] + p[:, 2], y > 0), (p[:, 2], y == 2)):
        both = (mine * true).sum((1, 2))
        dice = dice + (2 * both + 1) / (mine.sum((1, 2)) + true.sum((1, 2)) + 1)
    return nn.functional.cross_entropy(logits, y) + (1 - dice / 2).mean()


def train(run: Path, minutes: float, seed: int = 0, batch: int = 24) -> Path:
    """Train for so many minutes in all; a checkpoint in `run` is gone on from.

    Returns:
        The checkpoint.
    """
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    run.mkdir(parents=True, exist_ok=True)
    checkpoint = run / "checkpoint.pt"
    pairs = [p for p in read_pairs(data_folder()) if not p.held]
    x, y = to_tensor(pairs)
    # CellaVision is the microscope of the exports, and the smallest set: draw the three alike.
    sizes = {s: sum(p.source == s for p in pairs) for s in SOURCES}
    weights = torch.tensor([1.0 / sizes[p.source] for p in pairs])
    net = UNet().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=1e-4)
    spent, step = 0.0, 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        net.load_state_dict(saved["net"], strict=True)
        optimiser.load_state_dict(saved["optimiser"])
        spent, step = float(saved["spent"]), int(saved["step"])
    before = spent
    start = last = time.monotonic()
    while spent < 60 * minutes:
        rate = 0.5 * (1 + np.cos(np.pi * min(1.0, spent / (60 * minutes))))
        for group in optimiser.param_groups:
            group["lr"] = 2e-3 * max(0.02, rate) * min(1.0, (step + 1) / 50)
        chosen = torch.multinomial(weights, batch, replacement=True, generator=generator)
        xs, ys = augment(x[chosen], y[chosen], generator)
        with torch.autocast("cpu", torch.bfloat16):
            logits = net(xs.contiguous(memory_format=torch.channels_last))
        loss = loss_of(logits.float(), ys)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        step += 1
        spent = before + time.monotonic() - start
        if time.monotonic() - last > 30 or spent >= 60 * minutes:
            last = time.monotonic()
            state = {"net": net.state_dict(), "optimiser": optimiser.state_dict(), "spent": spent, "step": step}
            torch.save(state, run / "checkpoint.tmp")
            (run / "checkpoint.tmp").replace(checkpoint)
            _log.info("step %d, %.0f s, loss %.4f", step, spent, float(loss.detach()))
    return checkpoint


def dice(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    """Dice coefficient; 1 when both are empty."""
    total = int(a.sum() + b.sum())
    return 2 * int((a & b).sum()) / total if total else 1.0


def write_bundle(run: Path, folder: Path) -> dict[str, object]:
    """Export the checkpoint of `run` and measure it on the pairs kept aside, with the embedded engine itself."""
    from safetensors.torch import save_file

    from leukview.inference.segmenter_onnx import EmbeddedSegmenter, SegmenterManifest, write_manifest

    saved = torch.load(run / "checkpoint.pt", weights_only=True)
    net = UNet()
    net.load_state_dict(saved["net"], strict=True)
    net.eval()
    folder.mkdir(parents=True, exist_ok=True)
    save_file({k: v.contiguous() for k, v in net.state_dict().items()}, folder / "segmenter.safetensors")
    torch.onnx.export(
        net,
        (torch.zeros(2, 3, SIDE, SIDE),),
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
        "training": "python -m training.segmenter",
        "seconds": round(float(saved["spent"])),
        "steps": int(saved["step"]),
    }
    write_manifest(folder, SegmenterManifest(1, "embedded", SIDE, SOURCES, provenance, {}, {}))
    metrics = evaluate(EmbeddedSegmenter(folder), [p for p in read_pairs(data_folder()) if p.held])
    (folder / "MODEL_CARD.md").write_text(_card(metrics, provenance), encoding="utf-8")
    write_manifest(folder, SegmenterManifest(1, "embedded", SIDE, SOURCES, provenance, metrics, {}))
    return metrics


def evaluate(segmenter: object, pairs: list[Pair]) -> dict[str, object]:
    """Mean and worst Dice of cell and nucleus, and cells missed, for each source."""
    figures: dict[str, object] = {}
    for source in SOURCES:
        mine = [p for p in pairs if p.source == source]
        masks = segmenter.segment([p.image for p in mine])  # type: ignore[attr-defined]
        cell = [dice(m > 0, p.mask > 0) for m, p in zip(masks, mine, strict=True)]
        nucleus = [dice(m == 2, p.mask == 2) for m, p in zip(masks, mine, strict=True)]
        figures[source] = {
            "pairs": len(mine),
            "cell_dice": round(float(np.mean(cell)), 4),
            "nucleus_dice": round(float(np.mean(nucleus)), 4),
            "worst_cell": round(min(cell), 4),
            "missed": sum(not m.any() for m in masks),
        }
    return figures


def _card(metrics: dict[str, object], provenance: dict[str, object]) -> str:
    lines = ["# Embedded segmenter", "", "Research use only. Written by `training/segmenter.py`.", ""]
    lines += [f"A U-Net at {SIDE} px: background, cytoplasm, nucleus. {json.dumps(provenance)}", ""]
    lines += ["| kept aside | pairs | cell Dice | nucleus Dice | worst cell | missed |", "|---|---|---|---|---|---|"]
    for source, f in metrics.items():
        if isinstance(f, dict):
            lines.append("| " + " | ".join([source, *(str(v) for v in f.values())]) + " |")
    lines += ["", "Trained on:", *(f"- {text}" for text in SOURCES.values())]
    lines += ["", "Not measured: other stains, bone marrow, smudge cells and platelets (no masks of these exist here)."]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Train, then write the bundle if a folder is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=8.0)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--bundle", type=Path, help="write the bundle to this folder")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    train(arguments.run, arguments.minutes)
    if arguments.bundle:
        print(json.dumps(write_bundle(arguments.run, arguments.bundle), indent=1))


if __name__ == "__main__":
    main()
