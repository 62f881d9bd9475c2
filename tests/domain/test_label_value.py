import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukview.domain.models.label_value import CLASS_WEIGHT_RANGE, class_weights, expected_information


def test_that_an_uncertain_disputed_cell_of_a_rare_class_teaches_most():
    plain = expected_information([0.6, 0.4], sources_disagree=False, class_weight=1.0)
    assert 0 < plain < 1
    assert expected_information([0.5, 0.5], sources_disagree=False, class_weight=1.0) == pytest.approx(1.0)
    assert expected_information([0.6, 0.4], sources_disagree=True, class_weight=1.0) == pytest.approx(2 * plain)
    assert expected_information([0.6, 0.4], sources_disagree=False, class_weight=2.0) == pytest.approx(2 * plain)


def test_that_a_certain_answer_teaches_nothing_however_disputed():
    assert expected_information([1.0, 0.0], sources_disagree=True, class_weight=2.0) == 0.0
    assert expected_information([1.0], sources_disagree=True, class_weight=2.0) == 0.0


def test_that_a_class_with_few_cells_needs_more_than_one_with_many_and_an_unseen_one_most():
    need = class_weights({"blast": 400, "basophil": 100, "monocyte": 200, "plasma_cell": 0})
    assert need["blast"] == pytest.approx(2**-0.5)
    assert need["basophil"] == pytest.approx(2**0.5)
    assert need["monocyte"] == 1.0
    assert need["plasma_cell"] == CLASS_WEIGHT_RANGE[1]
    assert class_weights({}) == class_weights({"blast": 0}) == {}


@given(st.dictionaries(st.text(min_size=1), st.integers(0, 10**6), min_size=1))
def test_that_need_stays_within_its_bounds(support):
    assert all(CLASS_WEIGHT_RANGE[0] <= value <= CLASS_WEIGHT_RANGE[1] for value in class_weights(support).values())
