"""Fine-tuning from a bundle; stages and choices may be added to its network.

Run ``python -m training.classifier.train --from-bundle BUNDLE …`` on a data folder made by
`training.data.merge_datasets`, which combines a site's corrections with the cells that the bundle was trained on.
Without the latter the network would forget them.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor

from leukview.core.errors import ModelError
from leukview.domain.taxonomy import Taxonomy
from leukview.inference.bundles.bundle import WEIGHTS_FILE, BundleManifest, load_bundle
from leukview.inference.networks.config import NetConfig
from leukview.inference.networks.pmg import PmgNet
from training.config import TrainConfig

ORIGIN_FILE = "origin.json"
"""File, in the run folder, that names the bundle from which the run started."""
FINE_TUNING_RATE_FACTOR = 0.3
"""Factor on the configured learning rate, so that the loaded weights change little."""
_BRANCH = re.compile(r"branches\.(\d+)\.(.+)")
_OUTPUT_LAYER = re.compile(r"classifiers\.(?P<stage>\w+)\.\d+\.out\.(weight|bias)")


def fine_tuning_config(config: TrainConfig) -> TrainConfig:
    """Configuration of the second phase only, at a lower learning rate.

    The first phase would start from untrained linear heads.
    """
    slower = replace(config.progressive, rate=FINE_TUNING_RATE_FACTOR * config.progressive.rate)
    return replace(config, plain_part=0.0, progressive=slower)


def load_bundle_weights(
    bundle_folder: Path, net: PmgNet, config: TrainConfig, taxonomy: Taxonomy, run_folder: Path
) -> str:
    """Load a bundle's weights into a network and record the bundle in the run folder.

    New stages and choices keep their initial weights; all other weights must be present and fit.

    Args:
        bundle_folder: Folder of the bundle.
        net: Network with the stages that the cells support; changed in place.
        config: Configuration of the run; must describe the same network and input as the bundle.
        taxonomy: Taxonomy that the bundle must match.
        run_folder: Folder of the run.

    Returns:
        A sentence that names the bundle and the new stages and choices.

    Raises:
        ModelError: The bundle is invalid, has another architecture or input, or has a choice for which the cells are
            too few.
    """
    bundle = load_bundle(bundle_folder, taxonomy)
    _check_compatible(bundle.manifest, net.config, config)
    weights = safetensors.torch.load(bundle.file_contents[WEIGHTS_FILE])
    new = _copy_weights(weights, bundle.manifest.net_config, net)
    origin = {"name": bundle.manifest.name, "sha256": bundle.sha256}
    (run_folder / ORIGIN_FILE).write_text(json.dumps(origin), encoding="utf-8")
    summary = f"Begun from {bundle.manifest.name} ({bundle.sha256[:16]})"
    return f"{summary}; new: {', '.join(new)}." if new else f"{summary}; the same stages and choices."


def read_origin(run_folder: Path) -> dict[str, str] | None:
    """Name and SHA-256 of the bundle from which a run started; None without one."""
    path = run_folder / ORIGIN_FILE
    if not path.exists():
        return None
    return {str(key): str(value) for key, value in json.loads(path.read_text(encoding="utf-8")).items()}


def _check_compatible(manifest: BundleManifest, net_config: NetConfig, config: TrainConfig) -> None:
    bundle_config = replace(manifest.net_config, stages=net_config.stages)
    if bundle_config != net_config:
        raise ModelError(
            f"The model “{manifest.name}” is another network than the configuration's.",
            "Name the configuration that it was trained with, or train anew.",
        )
    if manifest.preprocessing != config.preprocessing:
        raise ModelError(
            f"The model “{manifest.name}” sees its cells otherwise than the configuration says.",
            "Name the configuration that it was trained with, or train anew.",
        )
    net_stages = dict(net_config.stages)
    missing = [
        f"{s.key}: {c}" for s in manifest.trained_stages for c in s.trained if c not in net_stages.get(s.key, ())
    ]
    if missing:
        raise ModelError(
            f"The model “{manifest.name}” knows what these cells can no longer train ({', '.join(missing)}).",
            "Mix in the cells that it was trained on: python -m training.data.merge_datasets.",
        )


def _copy_weights(weights: dict[str, Tensor], bundle_config: NetConfig, net: PmgNet) -> list[str]:
    """Copy all weights of a bundle into an equal or larger network.

    Returns:
        Descriptions of the new stages and choices.
    """
    old_choices, net_config = dict(bundle_config.stages), net.config
    bundle_tensors = {_tensor_key(name, bundle_config): value for name, value in weights.items()}
    new = [f"stage {key}" for key, _ in net_config.stages if key not in old_choices]
    for key, choices in net_config.stages:
        more = [c for c in choices if key in old_choices and c not in old_choices[key]]
        new += [f"{key}: {', '.join(more)}"] * bool(more)
    state = net.state_dict()
    with torch.no_grad():
        for name, target in state.items():
            key_in_branch = _tensor_key(name, net_config)
            source = bundle_tensors.pop(key_in_branch, None)
            if source is None:
                if not any(
                    key_in_branch[0] == key or f".{key}." in key_in_branch[1]
                    for key, _ in net_config.stages
                    if key not in old_choices
                ):
                    raise ModelError(f"The bundle lacks the weights {name}.", "Train anew.")
                continue
            out = _OUTPUT_LAYER.fullmatch(key_in_branch[1])
            if out:
                stage = out["stage"]
                rows = [dict(net_config.stages)[stage].index(choice) for choice in old_choices[stage]]
                if source.shape != (len(rows), *target.shape[1:]):
                    raise ModelError(f"The bundle's weights {name} do not fit.", "Train anew.")
                target[rows] = source
            elif source.shape != target.shape:
                raise ModelError(f"The bundle's weights {name} do not fit.", "Train anew.")
            else:
                target.copy_(source)
    if bundle_tensors:
        raise ModelError(
            f"The bundle holds {len(bundle_tensors)} weights that no part of the network takes.", "Train anew."
        )
    net.load_state_dict(state, strict=True)
    return new


def _tensor_key(name: str, config: NetConfig) -> tuple[str, str]:
    """Key of a tensor that does not depend on the other stages of the network.

    Returns:
        The stage of its branch ("" when all stages share one) and its name within the branch.
    """
    found = _BRANCH.fullmatch(name)
    if found is None:
        raise ModelError(f"The bundle's weights {name} belong to no branch.", "Train anew.")
    own = "" if config.architecture == "shared" else config.stages[int(found[1])][0]
    return own, found[2]
