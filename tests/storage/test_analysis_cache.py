"""The cache gives back what it was given, or nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukview.services.ports.inference import StageMaps
from leukview.services.ports.storage import AnalysisCache, CachedAnalysis
from leukview.storage.analysis_cache import FileAnalysisCache

KEY = "sam-vit_b:01ec64d2+" + "a" * 16


def _analysis(seed: int = 0, side: int = 64) -> CachedAnalysis:
    chance = np.random.default_rng(seed)
    maps = tuple(StageMaps(f"stage{n}", chance.gamma(1.0, 3.0, (2 + n, 12, 12)).astype(np.float32)) for n in range(3))
    mask = chance.integers(0, 3, (side, side + 5), dtype=np.uint8)
    return CachedAnalysis(mask, maps, (-5, -3, 61, 66), chance.normal(size=256).astype(np.float32))


def test_that_an_analysis_comes_back_within_the_stated_error(tmp_path: Path) -> None:
    cache: AnalysisCache = FileAnalysisCache(tmp_path / "cache")
    original = _analysis()
    cache.put("f" * 64, KEY, original)
    found = cache.get("f" * 64, KEY)
    assert found is not None
    np.testing.assert_array_equal(found.mask, original.mask)
    assert (found.mask.dtype.name, found.features.dtype.name, found.crop) == ("uint8", "float32", original.crop)
    np.testing.assert_allclose(found.features, original.features, rtol=2**-11, atol=1e-7)
    assert [m.stage for m in found.maps] == ["stage0", "stage1", "stage2"]
    for kept, given_map in zip(found.maps, original.maps, strict=True):
        assert kept.maps.dtype == np.float32
        np.testing.assert_allclose(kept.maps, given_map.maps, atol=float(given_map.maps.max()) / 509, rtol=0)


def test_that_an_empty_map_and_extreme_numbers_are_kept_finite(tmp_path: Path) -> None:
    cache = FileAnalysisCache(tmp_path)
    maps = (
        StageMaps("zero", np.zeros((2, 3, 3), np.float32)),
        StageMaps("none", np.zeros((0, 3, 3), np.float32)),
        StageMaps("tiny", np.full((1, 2, 2), 1e-44, np.float32)),
        StageMaps("odd", np.array([[[np.nan, np.inf, -1.0, 2.0]]], np.float32)),
    )
    cache.put("a", KEY, CachedAnalysis(np.zeros((4, 4), np.uint8), maps, (0, 0, 4, 4), np.array([1e30], np.float32)))
    found = cache.get("a", KEY)
    assert found is not None
    assert np.isfinite(found.features).all()
    assert [m.maps.shape for m in found.maps] == [(2, 3, 3), (0, 3, 3), (1, 2, 2), (1, 1, 4)]
    assert found.maps[3].maps.tolist() == [[[0.0, 0.0, 0.0, 2.0]]]


def test_that_another_cell_or_key_is_absent(tmp_path: Path) -> None:
    cache = FileAnalysisCache(tmp_path)
    cache.put("a", KEY, _analysis())
    assert cache.get("b", KEY) is None
    assert cache.get("a", "embedded:1+b") is None


@given(position=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255), cut=st.booleans())
def test_that_a_damaged_entry_never_gives_a_wrong_answer(
    tmp_path_factory: pytest.TempPathFactory, position: float, flip: int, cut: bool
) -> None:
    folder = tmp_path_factory.mktemp("cache")
    cache, original = FileAnalysisCache(folder), _analysis(side=16)
    cache.put("a", KEY, original)
    (path,) = folder.glob("*/*.npz")
    data = bytearray(path.read_bytes())
    place = int(position * len(data))
    if cut:
        del data[place:]
    else:
        data[place] ^= flip
    path.write_bytes(data)
    found = cache.get("a", KEY)
    if found is None:
        assert not path.exists()
    else:  # a byte that carries no content, such as a time stamp
        np.testing.assert_array_equal(found.mask, original.mask)


def test_that_a_disk_which_refuses_does_not_stop_the_analysis(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    cache = FileAnalysisCache(tmp_path / "cache")
    cache.put("a", KEY, _analysis())
    assert "could not be cached" in caplog.text


def test_that_pruning_keeps_what_was_used_last(tmp_path: Path) -> None:
    cache = FileAnalysisCache(tmp_path)
    for number, name in enumerate("abcd"):
        cache.put(name, KEY, _analysis())
        path = max(tmp_path.glob("*/*.npz"), key=lambda p: p.stat().st_mtime_ns)
        os.utime(path, (1000 + number, 1000 + number))
    size = path.stat().st_size
    assert cache.get("a", KEY) is not None
    assert cache.prune(2 * size) <= 2 * size
    assert [name for name in "abcd" if cache.get(name, KEY)] == ["a", "d"]
    assert cache.prune(0) == 0
    assert list(tmp_path.glob("*/*")) == []


def test_that_drafts_of_a_dead_program_are_swept_and_fresh_ones_left(tmp_path: Path) -> None:
    (tmp_path / "ab").mkdir()
    stale, fresh = tmp_path / "ab" / "x.1.tmp", tmp_path / "ab" / "x.2.tmp"
    stale.touch()
    fresh.touch()
    os.utime(stale, (1000, 1000))
    FileAnalysisCache(tmp_path).prune(10**9)
    assert not stale.exists()
    assert fresh.exists()


def test_that_an_entry_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    """It has one member for the maps of each stage."""
    cache, original = FileAnalysisCache(tmp_path), _analysis()
    cache.put("a", KEY, original)
    (path,) = tmp_path.glob("*/*.npz")
    with np.load(path) as entry:
        arrays = {name: entry[name] for name in entry.files}
    stages = json.loads(arrays["stages"].tobytes())
    ends = np.cumsum([np.prod(shape) for _, _, *shape in stages])
    for index, part in enumerate(np.split(arrays.pop("maps"), ends[:-1])):
        arrays[f"maps{index}"] = part.reshape(stages[index][2:])
    arrays["stages"] = np.frombuffer(json.dumps([stage[:2] for stage in stages]).encode(), np.uint8)
    new = cache.get("a", KEY)
    np.savez(path, **arrays)
    old = cache.get("a", KEY)
    assert new is not None
    assert old is not None
    for one, other in zip(old.maps, new.maps, strict=True):
        assert one.stage == other.stage
        np.testing.assert_array_equal(one.maps, other.maps)


def test_that_maps_without_their_shapes_count_as_damaged(tmp_path: Path) -> None:
    cache = FileAnalysisCache(tmp_path)
    cache.put("a", KEY, _analysis())
    (path,) = tmp_path.glob("*/*.npz")
    with np.load(path) as entry:
        arrays = {name: entry[name] for name in entry.files}
    np.savez(path, **{**arrays, "maps": np.append(arrays["maps"], 0).astype(np.uint8)})
    assert cache.get("a", KEY) is None
    assert not path.exists()
