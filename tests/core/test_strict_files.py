from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

from leukview.core.errors import LeukViewError
from leukview.core.strict_files import parse_json, parse_toml, structure
from training.config import read_config
from training.studies.baselines import read_baseline_config

CONFIGS = Path(__file__).parents[2] / "training" / "configs"


@dataclass(frozen=True, slots=True)
class Inner:
    share: float
    kind: Literal["path", "ancestors"]
    names: tuple[str, ...] = ()
    size: tuple[int, int] = (1, 1)
    limit: float | None = None

    def __post_init__(self) -> None:
        if self.share > 1:
            raise LeukViewError("A share is at most 1.")


@dataclass(frozen=True, slots=True)
class Outer:
    inner: Inner
    rows: tuple[Inner, ...] = ()
    by_name: Mapping[str, int] = field(default_factory=dict)
    free: Any = None


def valid(**changes: object) -> dict[str, object]:
    return {"inner": {"share": 1, "kind": "path", **changes}}


def test_that_what_fits_is_taken_over():
    raw = valid(names=["a"], size=[2, 3]) | {"by_name": {"x": 1}, "free": [1, {}], "rows": []}
    assert structure(raw, Outer) == Outer(Inner(1.0, "path", ("a",), (2, 3)), (), {"x": 1}, [1, {}])


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (valid(kind="pth"), "“pth” is not one of path, ancestors at inner.kind"),
        (valid(kind=["path"]), "is not one of"),
        (valid(share="1"), "not a number at inner.share"),
        (valid(share=True), "not a number"),
        (valid(share=float("nan")), "not a number"),
        (valid(share=10**400), "too large"),
        (valid(names="abc"), "not a list at inner.names"),
        (valid(names=[1]), r"not a text \(entry 1\)"),
        (valid(size=[1]), "1 entries instead of 2"),
        (valid(size=[1.0, 2]), "not a whole number"),
        (valid(limit="x"), "not a number"),
        (valid(shar=1), "unknown: shar"),
        ({"inner": {"kind": "path"}}, "'share' is missing"),
        ({"inner": []}, "not a table"),
        ([], "not a table"),
        (3, "not a table"),
        (valid() | {"rows": {}}, "not a list"),
        (valid() | {"rows": [{"kind": "path"}]}, r"'share' is missing.*entry 1"),
        (valid() | {"by_name": {"x": "1"}}, r"not a whole number \(x\)"),
        (valid() | {"by_name": [1]}, "not a table"),
    ],
)
def test_that_what_does_not_fit_is_named(raw: object, words: str):
    with pytest.raises(ValueError, match=words):
        structure(raw, Outer)


def test_that_a_value_that_the_dataclass_refuses_keeps_its_own_message():
    with pytest.raises(LeukViewError, match="at most 1"):
        structure(valid(share=2), Outer)
    with pytest.raises(LeukViewError, match="at most 1"):
        structure(valid() | {"rows": [{"share": 2, "kind": "path"}]}, Outer)


@pytest.mark.parametrize("text", ["x = " + "[" * 5000, "x = " + "1" * 5000, "x =", "a.b = 1\na = 2"])
def test_that_toml_that_cannot_be_read_is_a_value_error(text: str):
    with pytest.raises(ValueError, match=r"\w"):
        parse_toml(text)


@pytest.mark.parametrize("text", ["[" * 100_000, "1" * 5000, "{", b"\xff", b""])
def test_that_json_that_cannot_be_read_is_a_value_error(text: str | bytes):
    with pytest.raises(ValueError, match=r"\w"):
        parse_json(text)


def test_that_json_with_a_byte_order_mark_is_read():
    assert parse_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize("path", sorted(CONFIGS.rglob("*.toml")), ids=lambda p: p.stem)
def test_that_each_training_configuration_is_read(path: Path):
    if path.stem.startswith("baselines"):
        assert read_baseline_config(path).methods
    elif path.stem != "disease_cells":
        assert read_config(path).coupling in {"path", "ancestors"}


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('coupling = "path"', 'coupling = "pth"', "“pth” is not one of path, ancestors at coupling"),
        ('coupling = "path"', 'couplng = "path"', "unknown: couplng"),
        ('pooling = "cell"', 'pooling = "cells"', "“cells” is not one of"),
        ('precision = "bfloat16"', 'precision = "float16"', "“float16” is not one of"),
        ("least_support = ", "least_support = 0.5 #", "not a whole number"),
        ("seed = ", "seed = true #", "not a whole number"),
    ],
)
def test_that_a_misspelt_training_configuration_is_refused(tmp_path: Path, before: str, after: str, words: str):
    text = (CONFIGS / "embedded.toml").read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "run.toml"
    path.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(LeukViewError, match=words):
        read_config(path)
