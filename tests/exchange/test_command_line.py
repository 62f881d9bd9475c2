"""Results are sent and listed on the command line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.exchange import ExchangeSettingsFile
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.cli.main import main
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.core.paths import data_dir
from leukview.domain.exchange.settings import ExchangeSettings, ResultSettings
from tests.support.mllp_process import mllp_peer
from tests.support.workstation import review_slide, write_export


@pytest.fixture
def signed(tmp_path: Path) -> str:
    """A signed slide in the user's own folder."""
    folder = write_export(tmp_path / "scanner")
    with open_workbench(RuntimeOptions()) as workbench:
        preview = workbench.preview(folder, CancelToken(), null_reporter, {"Our own class": "other"})
        (slide,) = workbench.import_slides(preview.slides, CancelToken(), null_reporter)
        session = workbench.open_session(slide.id, "Dr. Chen")
        session.override([v.cell.id for v in session.view.cells], "lymphocyte")
        review_slide(session)
        session.sign("Chen", "Reviewed", reason="few cells")
    return slide.id


def test_that_nothing_is_sent_unless_the_site_turns_it_on(signed: str, capsys: pytest.CaptureFixture[str]):
    assert main(["exchange", "send"]) == 1
    assert "does not send results" in capsys.readouterr().err


def test_that_a_result_is_queued_sent_refused_listed_and_sent_again(
    signed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    site = ExchangeSettingsFile(data_dir())
    with mllp_peer(tmp_path, error=1.0) as peer:
        settings = ExchangeSettings(results=ResultSettings(enabled=True, host="127.0.0.1", port=peer.port))
        site.write(settings)
        assert main(["exchange", "queue", signed]) == 0
        assert main(["exchange", "send"]) == 1
    assert "0 results delivered, 1 refused." in capsys.readouterr().out
    assert main(["exchange", "list"]) == 0
    plain = capsys.readouterr().out
    assert signed in plain
    assert "refused" in plain
    assert "Anna" not in plain
    assert main(["exchange", "list", "--reasons"]) == 0
    assert "unknown order for Anna" in capsys.readouterr().out
    (tmp_path / "received.jsonl").unlink()
    with mllp_peer(tmp_path) as peer:
        site.write(replace(settings, results=replace(settings.results, port=peer.port)))
        assert main(["exchange", "again"]) == 0
        assert main(["exchange", "send"]) == 0
        assert len(peer.received) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[orders]\nlistening = true\naddress = "0.0.0.0"\n', "open to every network"),
        ('[orders]\nlistening = true\naddress = "::"\n', "open to every network"),
        ("[results]\nenabled = true\n", "only with the host"),
        ("[results]\nport = 70000\n", "between 1 and 65535"),
        ("[results]\nprot = 1\n", "prot"),
        ("[results\n", "cannot be used"),
    ],
)
def test_that_settings_that_cannot_be_used_are_named(text: str, reason: str, capsys: pytest.CaptureFixture[str]):
    (data_dir() / "exchange.toml").write_text(text)
    assert main(["exchange", "send"]) == 1
    assert reason in capsys.readouterr().err
