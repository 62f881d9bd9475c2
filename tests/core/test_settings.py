import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukview.core.settings import Settings, load_settings, save_settings


def test_that_settings_come_back_as_they_were_saved(tmp_path: Path):
    settings = Settings(theme="dark", thumbnail_px=160, layout={"main": "00ff"}, last_folder="/a/ü")
    save_settings(tmp_path / "settings.json", settings)
    assert load_settings(tmp_path / "settings.json") == settings
    assert [p.name for p in tmp_path.iterdir()] == ["settings.json"]


def test_that_a_damaged_file_is_set_aside_and_defaults_are_used(tmp_path: Path):
    path = tmp_path / "settings.json"
    path.write_text("{half", encoding="utf-8")
    assert load_settings(path) == Settings()
    assert (tmp_path / "settings.json.bad").read_text(encoding="utf-8") == "{half"


def test_that_one_bad_value_costs_only_itself(tmp_path: Path):
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"theme": "neon", "thumbnail_px": 9000, "sort": 3, "last_folder": "x", "new": 1}))
    assert load_settings(path) == Settings(thumbnail_px=240, last_folder="x")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(st.text(), s)
    )
)
def test_that_any_json_gives_usable_settings(tmp_path_factory: pytest.TempPathFactory, value: object):
    path = tmp_path_factory.mktemp("s") / "settings.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    assert 72 <= load_settings(path).thumbnail_px <= 240


def test_that_settings_saved_by_an_editor_with_a_byte_order_mark_are_read(tmp_path: Path):
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"theme": "dark"}), encoding="utf-8-sig")
    assert load_settings(path) == Settings(theme="dark")


def test_that_a_place_that_cannot_be_read_leaves_the_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "settings.json"
    save_settings(path, Settings(theme="dark"))

    def refuse(*_args: object, **_more: object) -> str:
        raise PermissionError(13, "away")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", refuse)
        assert load_settings(path) == Settings()
    assert load_settings(path) == Settings(theme="dark")
