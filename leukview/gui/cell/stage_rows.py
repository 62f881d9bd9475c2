"""Row values of the stage tree; independent of Qt widgets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from leukview.domain.prediction import Prediction, predicted_path
from leukview.domain.taxonomy import Stage, Step, Taxonomy
from leukview.gui.app.i18n import format_percent, join_list, translate_data

_ACRONYMS = frozenset({"aml", "mds", "cml", "cmml", "all", "cll", "pcl", "hcl", "apl"})


def choice_text(choice: str) -> str:
    """Return the display text of a choice key: ``other_aml`` → ``Other AML``."""
    parts = [w.upper() if w in _ACRONYMS else ("Ph" if w == "ph" else w) for w in choice.split("_")]
    text = " ".join(parts)
    return translate_data(text[:1].upper() + text[1:])


def probability_text(probability: float) -> str:
    """Return a probability in percent; never rounded to 0 % or 100 %."""
    if 0.0 < probability < 0.001:
        return format_percent("<0.1")
    return format_percent(">99.9" if 0.999 < probability < 1.0 else f"{100.0 * probability:.1f}")


class RowKind(IntEnum):
    """Kind of a row."""

    STAGE = 0
    CHOICE = 1


@dataclass(frozen=True, slots=True)
class StageRow:
    """One row of the stage tree.

    Attributes:
        probability: Calibrated conditional probability given the step before, 0..1; None if there is none to show.
        on_path: Whether the stage was asked and the choice is its most probable one.
        note: Remark beside the name, e.g. that the stage was not assessed.
        short_note: The note for narrow widgets; "" = the note is elided there.
        has_prediction_set: The note names the stage's prediction set.
    """

    kind: RowKind
    name: str
    stage: str
    choice: str = ""
    probability: float | None = None
    on_path: bool = False
    note: str = ""
    short_note: str = ""
    children: tuple[StageRow, ...] = ()
    has_prediction_set: bool = False


def stage_rows(taxonomy: Taxonomy, prediction: Prediction, tr: Callable[[str], str]) -> tuple[StageRow, ...]:
    """Return the stage tree from its root, then the heads outside the tree.

    A stage is a child of the choice that leads to it. The stages that an untrained stage would lead to are its
    children, so that each stage of the taxonomy is listed once.
    """
    path = frozenset(predicted_path(taxonomy, prediction))
    # The tree of types of a model that was not trained on it, and the other new head, would be rows of nothing.
    typed = taxonomy.composing_tree(prediction.trained) == "type"
    stages = [s for s in taxonomy.stages if prediction.find_stage(s.key) or _is_listed_untrained(s, typed=typed)]

    def below(step: Step | None) -> tuple[StageRow, ...]:
        return tuple(filter(None, (row_of(s) for s in stages if not s.is_head and s.parent_step == step)))

    def row_of(stage: Stage) -> StageRow | None:
        answer = prediction.find_stage(stage.key)
        reached = stage.parent_step is None or stage.parent_step in path
        if answer is None:
            words = tr("not assessed by this model")
            if stage.assumed_choice:
                words = tr("not assessed by this model; assumed: {choice}").format(
                    choice=choice_text(stage.assumed_choice)
                )
            later = tuple(r for c in stage.choices for r in below(Step(stage.key, c))) if not stage.is_head else ()
            short = tr("not assessed")
            return StageRow(RowKind.STAGE, stage.name, stage.key, note=words, short_note=short, children=later)
        note = "" if reached or stage.parent_step is None else tr("if {choice}")
        choices = []
        if stage.is_head and not reached:
            return None  # asked only of the cells that the stage is about
        for choice in stage.choices[1:] if stage.is_head else stage.choices:  # no verdict that excludes, as "other AML"
            step = Step(stage.key, choice)
            known = choice in answer.choices
            choices.append(
                StageRow(
                    RowKind.CHOICE,
                    choice_text(choice),
                    stage.key,
                    choice,
                    answer.probability_of(choice) if known else None,
                    on_path=not stage.is_head and reached and choice == answer.best,
                    note="" if known else tr("not assessed by this model"),
                    short_note="" if known else tr("not assessed"),
                    children=() if stage.is_head else below(step),
                )
            )
        words = note.format(choice=choice_text(stage.parent_step.choice).lower()) if note and stage.parent_step else ""
        named = reached and bool(answer.prediction_set_95)
        short = ""
        if named:
            inside = join_list(choice_text(c) for c in answer.prediction_set_95)
            words = tr("95 % set: {choices}").format(choices=inside)
            short = tr("95 %: {choices}").format(choices=inside)
        return StageRow(
            RowKind.STAGE,
            stage.name,
            stage.key,
            on_path=reached,
            note=words,
            short_note=short,
            children=tuple(choices),
            has_prediction_set=named,
        )

    return below(None) + tuple(filter(None, (row_of(s) for s in stages if s.is_head)))


def _is_listed_untrained(stage: Stage, *, typed: bool) -> bool:
    """Whether a stage is listed as not assessed: the published ones always, the types where the model has some."""
    return (
        stage.published
        or stage.tree == "both"
        or (typed and stage.tree == "type")
        or bool(stage.assumed_choice and stage.tree == "disease")
    )
