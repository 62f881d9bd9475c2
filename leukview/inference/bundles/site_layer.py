"""The calibration layer of a site in a bundle: ``site_layer.npz``, see `leukview.domain.site_adaptation`."""

from __future__ import annotations

import io
import zipfile

import numpy as np

from leukview.core.errors import ModelError
from leukview.domain.site_adaptation import SiteAdaptation, SiteLayer

_ARRAYS = ("mean", "scale", "bias", "weights")


def write_site_layer(layer: SiteLayer) -> bytes:
    """The content of ``site_layer.npz``."""
    a, stream = layer.adaptation, io.BytesIO()
    np.savez(
        stream,
        allow_pickle=False,
        classes=np.asarray(layer.classes),
        mean=a.mean,
        scale=a.scale,
        bias=a.bias,
        weights=a.weights,
        protected=a.protected,
        gain=np.float64(a.gain),
        penalty=np.float64(a.penalty),
    )
    return stream.getvalue()


def read_site_layer(content: bytes) -> SiteLayer:
    """Inverse of `write_site_layer`.

    Raises:
        ModelError: The content is damaged, or its arrays do not fit together.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            classes = tuple(str(name) for name in file["classes"])
            mean, scale, bias, weights = (np.asarray(file[name], np.float64) for name in _ARRAYS)
            protected = np.asarray(file["protected"], np.bool_)
            gain, penalty = float(file["gain"]), float(file["penalty"])
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError("The site's calibration in the model cannot be read.", "Install the model again.") from error
    width, size = len(mean) if mean.ndim else 0, len(classes)
    shapes = (mean.shape, scale.shape, bias.shape, weights.shape, protected.shape)
    fit = shapes == ((width,), (width,), (size,), (width, size), (size,)) and len(set(classes)) == size
    numbers = all(bool(np.isfinite(values).all()) for values in (mean, scale, bias, weights, gain))
    if not fit or not numbers or not bool((scale > 0).all()):
        raise ModelError("The site's calibration in the model is not valid.", "Install the model again.")
    return SiteLayer(classes, SiteAdaptation(mean, scale, gain, bias, weights, protected, penalty))
