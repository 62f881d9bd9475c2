"""Time of the published pipeline per cell on this machine.

``python -m benchmarks.published_pipeline [IMAGE]`` runs Segment Anything (ViT-L) with its automatic grid of 32×32
points, and seven ResNeXt50 networks with PMG at 224 px. Both have random weights, which take the same time as trained
ones. The image is encoded completely; of the 1,024 points 64 are prompted, and their time is multiplied by 16. The
selection among the masks is left out, in favour of the published pipeline. The output is JSON: seconds of each part and
of the whole.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from leukview.inference.networks.pmg import PmgNet
from training.config import read_config
from training.data.splits import net_config

SAMPLED_POINTS, POINTS, NETWORKS = 64, 1024, 7
CONFIG = Path(__file__).resolve().parents[1] / "training" / "configs" / "resnext50.toml"


def segment_anything_seconds(image: np.ndarray) -> tuple[float, float]:
    """Seconds to encode an image (RGB, H×W×3) and, extrapolated, to prompt all points."""
    from segment_anything import SamPredictor, sam_model_registry

    predictor = SamPredictor(sam_model_registry["vit_l"]().eval())
    start = time.perf_counter()
    predictor.set_image(image)
    encoded = time.perf_counter() - start
    height, width = image.shape[:2]
    side = round(SAMPLED_POINTS**0.5)
    xs, ys = np.meshgrid((np.arange(side) + 0.5) * width / side, (np.arange(side) + 0.5) * height / side)
    points = torch.from_numpy(predictor.transform.apply_coords(np.stack((xs, ys), -1).reshape(-1, 2), (height, width)))
    start = time.perf_counter()
    predictor.predict_torch(
        points[:, None].float(), torch.ones(SAMPLED_POINTS, 1, dtype=torch.int), multimask_output=True
    )
    return encoded, (time.perf_counter() - start) * POINTS / SAMPLED_POINTS


def classifiers_seconds() -> float:
    """Seconds of all networks per cell."""
    config = read_config(CONFIG)
    net = PmgNet(net_config(config, (("stage1", ("benign", "malignant")),))).eval()
    cell = torch.rand(1, 3 + (config.pooling == "cell"), config.preprocessing.side, config.preprocessing.side)
    with torch.inference_mode():
        net(cell)
        start = time.perf_counter()
        net(cell)
    return (time.perf_counter() - start) * NETWORKS


def main() -> None:
    """Measure, and print the seconds as JSON."""
    if len(sys.argv) > 1:
        with Image.open(sys.argv[1]) as image:
            picture = np.asarray(image.convert("RGB"))
    else:
        picture = np.random.default_rng(0).integers(0, 256, (363, 360, 3), dtype=np.uint8)
    with torch.inference_mode():
        encoded, asked = segment_anything_seconds(picture)
    classified = classifiers_seconds()
    whole = encoded + asked + classified
    json.dump({"encode_s": encoded, "points_s": asked, "classify_s": classified, "whole_s": whole}, sys.stdout)


if __name__ == "__main__":
    main()
