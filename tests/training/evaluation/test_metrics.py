import math

import numpy as np
import pytest
from sklearn import metrics as sk

from training.evaluation.metrics import (
    accuracy,
    auc,
    best_temperature,
    bootstrap,
    confusion_matrix,
    expected_calibration_error,
    f1_scores,
    macro_f1,
)
from training.evaluation.ood import fit_ood_detector


@pytest.fixture
def guesses():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 300)
    return truth, np.where(rng.random(300) < 0.7, truth, rng.integers(0, 3, 300))


def test_that_the_figures_agree_with_scikit_learn(guesses):
    truth, guess = guesses
    table = confusion_matrix(truth, guess, 3)
    np.testing.assert_array_equal(table, sk.confusion_matrix(truth, guess))
    np.testing.assert_allclose(f1_scores(table), sk.f1_score(truth, guess, average=None))
    assert macro_f1(truth, guess, 3) == pytest.approx(sk.f1_score(truth, guess, average="macro"))
    score = np.round(np.random.default_rng(1).random(300) + 0.2 * (truth == 1), 1)
    assert auc((truth == 1).astype(int), score) == pytest.approx(sk.roc_auc_score(truth == 1, score))


def test_that_a_choice_that_does_not_occur_leaves_the_macro_f1_alone():
    truth, guess = np.asarray([0, 0, 1, 1]), np.asarray([0, 0, 1, 1])
    assert macro_f1(truth, guess, 5) == 1.0
    assert math.isnan(auc(np.ones(3, np.int64), np.zeros(3)))
    assert math.isnan(accuracy(truth[:0], guess[:0]))


def test_that_a_sure_and_right_model_is_calibrated_and_a_sure_and_wrong_one_is_not():
    sure = np.asarray([[1.0, 0.0]] * 10)
    assert expected_calibration_error(np.zeros(10, np.int64), sure) == 0
    assert expected_calibration_error(np.ones(10, np.int64), sure) == 1


def test_that_the_temperature_undoes_overconfidence():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(4000, 3))
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    truth = np.asarray([rng.choice(3, p=row) for row in p])
    assert best_temperature(truth, 3 * logits) == pytest.approx(3, rel=0.1)


def test_that_an_interval_is_wider_when_few_patients_stand_behind_many_cells():
    rng = np.random.default_rng(0)
    quality = np.repeat(rng.random(8), 50)
    right = (rng.random(400) < quality).astype(np.int64)

    def value(rows):
        return float(right[rows].mean())

    by_patient = bootstrap(value, [str(i // 50) for i in range(400)])
    by_cell = bootstrap(value, [str(i) for i in range(400)])
    assert by_patient.value == by_cell.value == right.mean()
    assert by_patient.low < by_patient.value < by_patient.high
    assert by_patient.high - by_patient.low > 2 * (by_cell.high - by_cell.low)


def test_that_a_feature_far_from_training_is_unlike_it():
    rng = np.random.default_rng(0)
    train = rng.normal(size=(500, 6)).astype(np.float32)
    fitted = fit_ood_detector(train, rng.normal(size=(300, 6)).astype(np.float32))
    near, middling, far = fitted.percentiles(np.stack([train.mean(0), rng.normal(size=6), np.full(6, 30.0)]))
    assert near < middling < far == 1.0
