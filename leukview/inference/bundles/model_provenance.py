"""Provenance of a bundle as text, for the report and the About box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from leukview.core.errors import ModelError
from leukview.core.messages import Message, MessageList
from leukview.domain.binomial import clopper_pearson
from leukview.domain.taxonomy import Taxonomy
from leukview.inference.bundles.bundle import Bundle, BundleManifest
from leukview.services.models.comparison import TrainingProvenance
from leukview.services.report.report_data import ModelInfo

_SENSITIVITY = "sensitivity {percent} % ({hits} of {cells} cells, 95 % interval {low}–{high})"
_SPECIFICITY = "specificity {percent} % ({hits} of {cells} cells, 95 % interval {low}–{high})"


def model_provenance(bundle: Bundle, taxonomy: Taxonomy, segmenter: str) -> ModelInfo:
    """Describe a bundle: training data, untrained stages and measured performance.

    Args:
        bundle: The loaded bundle.
        taxonomy: Source of the stage and class names.
        segmenter: Identity of the segmenter used with it.
    """
    manifest = bundle.manifest
    trained = {s.key: s for s in manifest.trained_stages}
    # A bundle of before the tree of types lacks its stages altogether: it makes no claim on them.
    known = [s for s in taxonomy.stages if s.key in {stage.key for stage in manifest.stages}]
    limits = [
        Message("Stage “{stage}” was not trained: not assessed by this model.", stage=Message(s.name))
        for s in known
        if s.key not in trained
    ]
    for stage in taxonomy.stages:
        unseen = [c.replace("_", " ") for c in stage.choices if stage.key in trained]
        unseen = [c for c in unseen if c.replace(" ", "_") not in trained[stage.key].trained]
        if unseen:
            limits.append(
                Message(
                    "Stage “{stage}” was trained without: {names}.",
                    stage=Message(stage.name),
                    names=MessageList(unseen),
                )
            )
    cells = sum(manifest.classes.values())
    sources = [terms.split(" (")[0] for terms in manifest.licences.values()]  # the full terms are in the model card
    return ModelInfo(
        name=manifest.name,
        bundle_sha256=bundle.sha256,
        segmenter=segmenter,
        trained_stages=tuple(s.name for s in taxonomy.stages if s.key in trained),
        untrained_stages=tuple(s.name for s in known if s.key not in trained),
        trained_on=Message(
            "{cells} cells of {count} classes: {sources}",
            cells=f"{cells:,}",
            count=len(manifest.classes),
            sources=MessageList(sources, "; "),
        ),
        limitations=tuple(limits),
        performance=_performance(manifest, taxonomy),
        support=dict(manifest.classes),
    )


def _performance(manifest: BundleManifest, taxonomy: Taxonomy) -> tuple[str, ...]:
    try:
        return metric_sentences(manifest.metrics, taxonomy)
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise ModelError(
            Message("The figures of the model “{manifest}” cannot be read.", manifest=manifest.name),
            "Install the model again.",
        ) from error


def metric_sentences(metrics: Mapping[str, Any], taxonomy: Taxonomy) -> tuple[str, ...]:
    """Performance on patients held out of training, as sentences.

    Args:
        metrics: Metrics written by `training.evaluation.evaluate` (``test_patients``: classes and stages).
        taxonomy: Source of the stage names.

    Returns:
        One sentence per statement; empty when the evaluation has no such results.
    """
    test = metrics.get("test_patients", {})
    classes, stages = test.get("classes", {}).get("classes", {}), test.get("stages", {})
    names = {stage.key: stage.name for stage in taxonomy.stages}
    said = []
    if "blast" in classes:
        cells = int(classes["blast"]["cells"])
        found = round(float(classes["blast"]["recall"]) * cells)
        said += _held_out_sentences("Blasts", [_proportion_text(_SENSITIVITY, found, cells)])
    if "stage1" in stages:
        said += _binary_stage_sentences(
            names["stage1"], stages["stage1"], "cell-level AUC {auc} ({low}–{high} over patients)"
        )
    if "apl" in stages:
        said += _binary_stage_sentences(
            names["apl"], stages["apl"], "AUC of the malignant cells {auc} ({low}–{high} over patients)"
        )
        people = stages["apl"].get("by_patient", {})
        auc = people.get("auc", {}).get("value")
        if people.get("patients") and auc is not None:
            said.append(
                Message(
                    "{stage}: AUC {auc} over {patients} patients, too few for a firm figure.",
                    stage=Message(names["apl"]),
                    auc=f"{auc:.3f}",
                    patients=people["patients"],
                )
            )
    return tuple(said)


def _binary_stage_sentences(name: str, stage: Mapping[str, Any], auc_template: str) -> list[str]:
    confusion: Sequence[Sequence[int]] = stage.get("confusion", ())
    if len(confusion) != 2:
        return []
    (negative, false), (_, positive) = confusion
    words = [
        _proportion_text(_SENSITIVITY, positive, sum(confusion[1])),
        _proportion_text(_SPECIFICITY, negative, negative + false),
    ]
    auc = stage.get("auc", {})
    if auc.get("value") is not None and auc.get("low") is not None:
        words.append(
            Message(auc_template, auc=f"{auc['value']:.3f}", low=f"{auc['low']:.3f}", high=f"{auc['high']:.3f}")
        )
    return _held_out_sentences(name, words)


def _held_out_sentences(name: str, parts: Sequence[str]) -> list[str]:
    told = MessageList([w for w in parts if w], "; ")
    return (
        [Message("{name}, in patients not used for training: {figures}.", name=Message(name), figures=Message(told))]
        if told
        else []
    )


def _proportion_text(template: str, hits: int, total: int) -> str:
    if not total:
        return ""
    interval = clopper_pearson(hits, total)
    low, high = 100 * interval.low, 100 * interval.high
    return Message(
        template, percent=f"{100 * hits / total:.1f}", hits=hits, cells=total, low=f"{low:.1f}", high=f"{high:.1f}"
    )


def training_provenance(manifest: BundleManifest) -> TrainingProvenance:
    """Extract from a bundle's provenance which sources and patients it was trained on.

    Raises:
        ModelError: It does not say so in the form that training writes.
    """
    told = manifest.provenance
    cells: Mapping[str, int] = told.get("cells", {})
    trained, validated = told.get("training_patients"), told.get("validation_patients", ())
    try:
        return TrainingProvenance(
            sources=frozenset(key.rpartition("/")[0] for key in cells if key.endswith(("/train", "/val"))),
            held_out=frozenset(told.get("test_patients", ())),
            trained_on=None if trained is None else frozenset((*trained, *validated)),
        )
    except (AttributeError, TypeError) as error:
        raise ModelError(
            Message("The training data of the model “{manifest}” cannot be read.", manifest=manifest.name),
            "Install the model again.",
        ) from error
