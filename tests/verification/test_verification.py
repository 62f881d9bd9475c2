"""A laboratory compares its signed slides with the microscope, on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from pypdf import PdfReader

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.cli.main import main
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.core.paths import data_dir
from leukview.services.verification.results import Verification
from tests.support.workstation import Workstation, jpeg_with_metadata, open_workstation

FILMS = 14


@pytest.fixture
def signed(tmp_path: Path) -> list[str]:
    """Order numbers of signed slides in the user's own folder, and of one that is not signed."""
    numbers = [f"100260{number:05}" for number in range(FILMS + 1)]
    with open_workstation(data_dir()) as here:
        for number, order in enumerate(numbers):
            folder = tmp_path / "scanner" / f"Patient_{number}" / order / "Signed slides" / "Lymphocyte"
            folder.mkdir(parents=True)
            for cell in range(20):
                (folder / f"LY_{1000 * number + cell}.jpg").write_bytes(jpeg_with_metadata(1000 * number + cell))
        for order in numbers:
            sign_slide(here, tmp_path / "scanner", order, is_signed=order != numbers[-1])
    return numbers


def sign_slide(here: Workstation, root: Path, order: str, *, is_signed: bool) -> None:
    (folder,) = (path.parent for path in root.glob(f"*/{order}"))
    slide = here.import_slide(folder)
    session = here.session(slide)
    cells = [v.cell.id for v in session.view.cells]
    blasts = int(order[-2:]) % 5
    session.override(cells[:blasts] or cells[:1], "blast" if blasts else "lymphocyte")
    session.override(cells[max(blasts, 1) :], "lymphocyte")
    for cell in cells:
        session.record_opened(cell)
    for alert in session.view.unacknowledged_alerts:
        session.acknowledge_alert(alert.rule.key, called_person="Dr. House", note="called")
    if is_signed:
        session.sign("Dr. Chen", "Reviewed", reason="few cells")


def write_table(path: Path, numbers: list[str], *extra: str) -> Path:
    """Counts of two examiners, 100 cells each, who see exactly the shares that were signed."""
    lines = ["order,Blast,Lymphocyte,Erythroblast"]
    for order in numbers:
        blasts = 5 * (int(order[-2:]) % 5)
        lines += [f"{order},{blasts - 1},{101 - blasts},1" if blasts else f"{order},0,100,1"]
        lines += [f"{order},{blasts + 1},{99 - blasts},0" if blasts else f"{order},0,100,0"]
    path.write_text("\n".join([*lines, *extra]) + "\n", encoding="utf-8")
    return path


def test_that_signed_slides_are_compared_with_two_examiners_and_the_protocol_is_printed(
    signed: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    table = write_table(tmp_path / "microscope.csv", signed, "unknown,1,2,3")
    assert main(["verify", str(table), "--output", str(tmp_path / "verification.pdf")]) == 0
    out, err = capsys.readouterr()
    assert "line 30, 31: not signed" in err
    assert "line 32: no such slide" in err
    rows = {row.split("\t")[0]: row.split("\t")[1:] for row in out.splitlines()}
    assert rows["Blast"][0].startswith("0.00 (0.00 to 0.00)")
    assert rows["Blast"][2].startswith("1.00 (1.00 to 1.00)")
    assert rows["Blast"][3].startswith(f"{FILMS} of {FILMS}")
    assert rows["20 %"][1] == "100.0 % (2 of 2; 15.8–100.0 %)"
    text = "\n".join(page.extract_text() for page in PdfReader(tmp_path / "verification.pdf").pages)
    for words in (
        "verification against the microscope",
        "Dr. Chen (14)",
        "Limits of agreement",
        "not signed",
        "Signature",
    ):
        assert words in text


def test_that_the_model_is_judged_apart_from_the_review(signed: list[str], tmp_path: Path):
    with open_workbench(RuntimeOptions()) as workbench:
        found: Verification = workbench.verification.compare_table(
            write_table(tmp_path / "t.csv", signed), CancelToken(), null_reporter
        )
    assert len(found.films) == FILMS
    assert {(reference, own) for _, reference, own in found.films} == {(200, 20)}
    reviewed, model = found.reviewed.classes[0], found.model.classes[0]
    assert reviewed.agreement is not None
    assert model.agreement is not None
    assert reviewed.agreement.bias == pytest.approx(0)
    assert model.points != reviewed.points


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("patient,Blast\nA,1\n", "first column"),
        ("order,Blast,Dragon\nA,1,2\n", "“Dragon” of “t.csv” is no class"),
        ("order,Blast\nA,1.5\n", "“1.5” is no number of cells"),
        ("order,Blast\nA,1,2\n", "not as many columns"),
        ("order,Blast,blast\nA,1,2\n", "the same class"),
        ("order,Blast\nA,1\n", "No film of the table"),
        ("", "first column"),
    ],
)
def test_that_a_table_that_cannot_be_used_is_named(
    text: str, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    assert main(["verify", str(tmp_path / "t.csv"), "--output", str(tmp_path / "v.pdf")]) == 1
    assert reason in capsys.readouterr().err
    assert not (tmp_path / "v.pdf").exists()
