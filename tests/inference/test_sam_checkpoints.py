import hashlib
import shutil
from pathlib import Path

import pytest

from leukview.core.atomic_files import file_sha256
from leukview.core.errors import ModelError
from leukview.core.paths import resources_dir
from leukview.inference.bundles.sam_checkpoints import (
    OFFICIAL_SAM,
    install_checkpoint,
    list_model_files,
    verified_checkpoint,
)

SEGMENTER = resources_dir() / "models" / "segmenter"


@pytest.fixture
def official(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small file in the place of the published ViT-B checkpoint, named by its own hash as that one is."""
    content = b"weights" * 1000
    file = f"sam_vit_b_{hashlib.sha256(content).hexdigest()[:6]}.pth"
    monkeypatch.setitem(OFFICIAL_SAM, "sam_vit_b", file)
    source = tmp_path / "downloads" / file
    source.parent.mkdir()
    source.write_bytes(content)
    return source


def file_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_that_the_published_checkpoints_are_known_by_their_published_names():
    assert OFFICIAL_SAM == {
        "sam_vit_b": "sam_vit_b_01ec64.pth",
        "sam_vit_l": "sam_vit_l_0b3195.pth",
        "sam_vit_h": "sam_vit_h_4b8939.pth",
    }


def test_that_a_checkpoint_is_installed_whole(official: Path, tmp_path: Path):
    folder = tmp_path / "home" / "models"
    target = install_checkpoint(official, folder)
    assert target.read_bytes() == official.read_bytes()
    assert file_names(folder) == [official.name]
    assert verified_checkpoint("sam_vit_b", folder) == (target, file_sha256(official))


@pytest.mark.parametrize("file", ["sam_vit_b_01ec64.pth", "sam_vit_l_0b3195.pth", "sam_vit_h_4b8939.pth"])
def test_that_wrong_content_under_an_official_name_is_refused_and_leaves_nothing(tmp_path: Path, file: str):
    source = tmp_path / file
    source.write_bytes(b"something else")
    with pytest.raises(ModelError, match="is damaged: its hash differs from the one in its name"):
        install_checkpoint(source, tmp_path / "models")
    assert file_names(tmp_path / "models") == []


def test_that_a_refused_file_leaves_the_installed_one_alone(official: Path, tmp_path: Path):
    folder = tmp_path / "models"
    target = install_checkpoint(official, folder)
    before = target.read_bytes()
    official.write_bytes(b"truncated")
    with pytest.raises(ModelError, match="is damaged"):
        install_checkpoint(official, folder)
    assert target.read_bytes() == before
    assert file_names(folder) == [official.name]


def test_that_a_copy_that_breaks_off_leaves_nothing(official: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def breaks_off(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes()[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", breaks_off)
    with pytest.raises(ModelError, match=r"cannot be installed: No space left on device\."):
        install_checkpoint(official, tmp_path / "models")
    assert file_names(tmp_path / "models") == []


def test_that_a_copy_that_arrives_changed_is_refused(official: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shutil, "copyfile", lambda _source, target: Path(target).write_bytes(b"changed on the way"))
    with pytest.raises(ModelError, match="was damaged while it was copied"):
        install_checkpoint(official, tmp_path / "models")
    assert file_names(tmp_path / "models") == []


def test_that_a_file_of_another_name_is_refused_with_the_names_that_are_known(tmp_path: Path):
    source = tmp_path / "resnet.pth"
    source.write_bytes(b"x")
    with pytest.raises(ModelError, match=r"“resnet\.pth” is not a weights file known") as caught:
        install_checkpoint(source, tmp_path / "models")
    assert "sam_vit_b_01ec64.pth" in caught.value.hint


def test_that_a_file_that_is_not_there_is_one_sentence(tmp_path: Path):
    with pytest.raises(ModelError, match=r"“sam_vit_b_01ec64\.pth” cannot be installed: No such file or directory\."):
        install_checkpoint(tmp_path / "sam_vit_b_01ec64.pth", tmp_path / "models")


def test_that_a_folder_that_is_a_file_is_one_sentence(official: Path, tmp_path: Path):
    (tmp_path / "models").write_text("a file")
    with pytest.raises(ModelError, match=r"cannot be installed: [A-Z].*\."):
        install_checkpoint(official, tmp_path / "models")


def test_that_a_checkpoint_that_is_not_installed_is_answered_with_the_command(tmp_path: Path):
    with pytest.raises(ModelError, match="The weights of sam_vit_l are not installed") as caught:
        verified_checkpoint("sam_vit_l", tmp_path)
    assert caught.value.hint == "leukview models install sam_vit_l_0b3195.pth"


def test_that_an_unknown_segmenter_is_answered_with_the_known_ones(tmp_path: Path):
    with pytest.raises(ModelError, match="There is no segmenter “medsam”") as caught:
        verified_checkpoint("medsam", tmp_path)
    assert caught.value.hint == "Available: embedded, sam_vit_b, sam_vit_l, sam_vit_h."


def test_that_an_unreadable_checkpoint_is_one_sentence(tmp_path: Path):
    (tmp_path / "sam_vit_b_01ec64.pth").mkdir()
    with pytest.raises(ModelError, match=r"The weights of sam_vit_b cannot be read: [A-Za-z].*\."):
        verified_checkpoint("sam_vit_b", tmp_path)


def test_that_a_flipped_bit_in_a_checkpoint_is_found(official: Path, tmp_path: Path):
    folder = tmp_path / "models"
    target = install_checkpoint(official, folder)
    flip_byte(target)
    with pytest.raises(ModelError, match="The weights of sam_vit_b are damaged"):
        verified_checkpoint("sam_vit_b", folder)
    states = {m.name: m.state for m in list_model_files([], folder, verify=True)}
    assert states == {"sam_vit_b": "damaged", "sam_vit_l": "not installed", "sam_vit_h": "not installed"}


def flip_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_that_the_inventory_checks_only_when_asked(official: Path, tmp_path: Path):
    folder = tmp_path / "models"
    install_checkpoint(official, folder)
    quick = {m.name: m for m in list_model_files([SEGMENTER], folder, verify=False)}
    assert quick["segmenter"].state == quick["sam_vit_b"].state == "not checked"
    assert quick["sam_vit_b"].sha256 == ""
    thorough = {m.name: m for m in list_model_files([SEGMENTER], folder, verify=True)}
    assert thorough["segmenter"].state == thorough["sam_vit_b"].state == "ok"
    assert thorough["sam_vit_b"].sha256 == file_sha256(official)
    assert thorough["segmenter"].sha256 == file_sha256(SEGMENTER / "segmenter.json")


@pytest.mark.parametrize("name", ["segmenter.onnx", "segmenter.safetensors", "MODEL_CARD.md"])
def test_that_a_flipped_bit_in_a_shipped_model_is_found(tmp_path: Path, name: str):
    folder = Path(shutil.copytree(SEGMENTER, tmp_path / "segmenter"))
    flip_byte(folder / name)
    (model,) = list_model_files([folder], tmp_path / "models", verify=True)[:1]
    assert model.state == "damaged"


def test_that_a_shipped_model_that_lacks_a_file_or_its_description_is_told(tmp_path: Path):
    folder = Path(shutil.copytree(SEGMENTER, tmp_path / "segmenter"))
    (folder / "segmenter.onnx").unlink()
    assert list_model_files([folder], tmp_path, verify=True)[0].state == "damaged"
    (folder / "segmenter.json").write_text('{"files": 3}', encoding="utf-8")
    assert list_model_files([folder], tmp_path, verify=True)[0].state == "damaged"
    (folder / "segmenter.json").unlink()
    assert list_model_files([folder], tmp_path, verify=True)[0].state == "missing"
    assert list_model_files([tmp_path / "nowhere"], tmp_path, verify=True)[0].state == "missing"


def test_that_a_file_is_hashed_in_pieces_as_it_is_in_one(tmp_path: Path):
    path = tmp_path / "large"
    content = bytes(range(256)) * 10_000
    path.write_bytes(content)
    assert file_sha256(path) == hashlib.sha256(content).hexdigest()
