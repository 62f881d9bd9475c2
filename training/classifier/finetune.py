"""Train on from a bundle: its weights are loaded strictly; stages and choices may only grow.

``python -m training.classifier.train --from-bundle BUNDLE …`` on cells mixed by `training.data.merge_datasets`: the
corrections of a site together
with what the bundle was trained on, lest it forget.
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
"""In the run's folder: which bundle it went on from."""
FINE_TUNING_RATE_FACTOR = 0.3
"""Part of the configuration's rates: what was learned is to be kept."""
_BRANCH = re.compile(r"branches\.(\d+)\.(.+)")
_OUTPUT_LAYER = re.compile(r"classifiers\.(?P<stage>\w+)\.\d+\.out\.(weight|bias)")


def fine_tuning_config(config: TrainConfig) -> TrainConfig:
    """A configuration's second phase alone, at smaller rates: the first would begin with heads that know nothing."""
    slower = replace(config.progressive, rate=FINE_TUNING_RATE_FACTOR * config.progressive.rate)
    return replace(config, plain_part=0.0, progressive=slower)


def load_bundle_weights(
    bundle_folder: Path, net: PmgNet, config: TrainConfig, taxonomy: Taxonomy, run_folder: Path
) -> str:
    """Give a network the weights of a bundle, and write down in the run's folder which one it was.

    A stage or choice that is new begins as a fresh network's does; everything else must be there and fit.

    Args:
        bundle_folder: The bundle's folder.
        net: Of the shape that the cells ask for; changed in place.
        config: Of the run; must be that of the bundle's network and input.
        taxonomy: That the bundle must fit.
        run_folder: The run's folder.

    Returns:
        What was taken over and what is new, in a sentence.

    Raises:
        ModelError: The bundle is not sound, is of another architecture or input, or knows what the cells no longer
            train.
    """
    bundle = load_bundle(bundle_folder, taxonomy)
    _check_compatible(bundle.manifest, net.config, config)
    weights = safetensors.torch.load(bundle.file_contents[WEIGHTS_FILE])
    new = _copy_weights(weights, bundle.manifest.net_config, net)
    origin = {"name": bundle.manifest.name, "sha256": bundle.sha256}
    (run_folder / ORIGIN_FILE).write_text(json.dumps(origin), encoding="utf-8")
    words = f"Begun from {bundle.manifest.name} ({bundle.sha256[:16]})"
    return f"{words}; new: {', '.join(new)}." if new else f"{words}; the same stages and choices."


def read_origin(run_folder: Path) -> dict[str, str] | None:
    """The bundle that a run went on from; None when it began anew."""
    path = run_folder / ORIGIN_FILE
    if not path.exists():
        return None
    return {str(key): str(value) for key, value in json.loads(path.read_text(encoding="utf-8")).items()}


def _check_compatible(manifest: BundleManifest, net_config: NetConfig, config: TrainConfig) -> None:
    theirs = replace(manifest.net_config, stages=net_config.stages)
    if theirs != net_config:
        raise ModelError(
            f"The model “{manifest.name}” is another network than the configuration's.",
            "Name the configuration that it was trained with, or train anew.",
        )
    if manifest.preprocessing != config.preprocessing:
        raise ModelError(
            f"The model “{manifest.name}” sees its cells otherwise than the configuration says.",
            "Name the configuration that it was trained with, or train anew.",
        )
    now = dict(net_config.stages)
    lost = [f"{s.key}: {c}" for s in manifest.trained_stages for c in s.trained if c not in now.get(s.key, ())]
    if lost:
        raise ModelError(
            f"The model “{manifest.name}” knows what these cells can no longer train ({', '.join(lost)}).",
            "Mix in the cells that it was trained on: python -m training.data.merge_datasets.",
        )


def _copy_weights(weights: dict[str, Tensor], bundle_config: NetConfig, net: PmgNet) -> list[str]:
    """Copy every tensor of a bundle into a network that is the same or larger; what is new, in words."""
    old_choices, now = dict(bundle_config.stages), net.config
    theirs = {_tensor_key(name, bundle_config): value for name, value in weights.items()}
    new = [f"stage {key}" for key, _ in now.stages if key not in old_choices]
    for key, choices in now.stages:
        more = [c for c in choices if key in old_choices and c not in old_choices[key]]
        new += [f"{key}: {', '.join(more)}"] * bool(more)
    state = net.state_dict()
    with torch.no_grad():
        for name, mine in state.items():
            place = _tensor_key(name, now)
            found = theirs.pop(place, None)
            if found is None:
                if not any(
                    place[0] == key or f".{key}." in place[1] for key, _ in now.stages if key not in old_choices
                ):
                    raise ModelError(f"The bundle lacks the weights {name}.", "Train anew.")
                continue
            out = _OUTPUT_LAYER.fullmatch(place[1])
            if out:
                stage = out["stage"]
                rows = [dict(now.stages)[stage].index(choice) for choice in old_choices[stage]]
                if found.shape != (len(rows), *mine.shape[1:]):
                    raise ModelError(f"The bundle's weights {name} do not fit.", "Train anew.")
                mine[rows] = found
            elif found.shape != mine.shape:
                raise ModelError(f"The bundle's weights {name} do not fit.", "Train anew.")
            else:
                mine.copy_(found)
    if theirs:
        raise ModelError(f"The bundle holds {len(theirs)} weights that no part of the network takes.", "Train anew.")
    net.load_state_dict(state, strict=True)
    return new


def _tensor_key(name: str, config: NetConfig) -> tuple[str, str]:
    """Where a tensor belongs whatever other stages there are: its branch's stage ("" when all share one) and name."""
    found = _BRANCH.fullmatch(name)
    if found is None:
        raise ModelError(f"The bundle's weights {name} belong to no branch.", "Train anew.")
    own = "" if config.architecture == "shared" else config.stages[int(found[1])][0]
    return own, found[2]
