from pathlib import Path

import pytest

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.cli.main import main
from leukview.core.errors import ReviewError
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.core.paths import data_dir, resources_dir
from tests.support.workstation import write_export


def test_that_no_program_signs_around_the_rule_of_the_site(tmp_path: Path):
    with open_workbench(RuntimeOptions()) as workbench:
        answers = {"Our own class": "other"}
        preview = workbench.preview(write_export(tmp_path), CancelToken(), null_reporter, answers)
        (slide,) = workbench.import_slides(preview.slides, CancelToken(), null_reporter)
        session = workbench.open_session(slide.id, "Dr. A")
        cells = [v.cell.id for v in session.view.cells]
        session.override(cells[1:], "lymphocyte")
        with pytest.raises(ReviewError) as raised:
            session.sign("Dr. A", "Reviewed", "few cells")
        assert "1 cells are not analysed yet" in raised.value.hint
        assert "Cells not yet shown on the screen: 1." in raised.value.hint
        session.override(cells[:1], "lymphocyte")
        with pytest.raises(ReviewError, match="needs a reason"):
            session.sign("Dr. A", "Reviewed")


def test_that_a_wrong_rule_is_named_and_stops_before_anything_is_opened(capsys: pytest.CaptureFixture[str]):
    text = (resources_dir() / "sign_rule.toml").read_text(encoding="utf-8")
    data_dir().mkdir(parents=True, exist_ok=True)
    own = data_dir() / "sign_rule.toml"
    own.write_text(text.replace("min_leukocytes = 100", 'min_leukocytes = "100"'), encoding="utf-8-sig")
    assert main(["doctor"]) == 1
    assert "“min_leukocytes” of the sign rule must be a whole number from 0." in capsys.readouterr().out
    own.write_text(text, encoding="utf-8-sig")  # with a byte order mark, as Notepad writes it
    assert main(["doctor"]) == 0
