"""A real window on real storage and a synthetic slide; only segmenter and classifier are stand-ins, for speed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from leukview.bootstrap.exchange import build_exchange
from leukview.bootstrap.site_config import load_alert_rules, load_comment_phrases, load_grading_form, load_loinc_terms
from leukview.core.job_runner import CancelToken, JobRunner, null_reporter
from leukview.core.paths import cache_dir, data_dir, database_file, resources_dir
from leukview.domain.prediction import StageProbabilities
from leukview.domain.taxonomy import Taxonomy
from leukview.gui.cell.panel import CellPanel
from leukview.gui.main_window import MainWindow, build_main_window
from leukview.gui.worklist.import_dialog import ImportDialog
from leukview.importers.export_reader import AnalyserExportReader
from leukview.importers.image_metadata import ImageMetadataRemover
from leukview.interop.adapter import MessageAdapter
from leukview.report.cell_images import ReportImageRenderer
from leukview.report.protocol import VERIFICATION, write_protocol
from leukview.report.typst_renderer import TypstRenderer
from leukview.services.analysis.pipeline import AnalysisPipeline
from leukview.services.export.exporter import ExportAdapters
from leukview.services.ports.inference import ClassifierOutput, StageMaps
from leukview.services.report.report_data import ModelInfo
from leukview.services.review.session import SlideView
from leukview.services.workbench import Dependencies, Workbench
from leukview.storage.analysis_cache import FileAnalysisCache
from leukview.storage.change_feed import SqlChangeFeed
from leukview.storage.competency_store import SqlCompetencyStore
from leukview.storage.database import open_database, sqlite_url
from leukview.storage.known_content import SqlKnownContent
from leukview.storage.profile_store import SqlProfileStore
from leukview.storage.review_log import SqlReviewLog
from leukview.storage.site_class_file import SiteClassFile
from leukview.storage.slide_identities import SealedSlideIdentities
from leukview.storage.slide_store import SqlSlideStore
from leukview.storage.vault import IdentityVault
from leukview.storage.worklist_index import SqlWorklistIndex
from leukview.synthetic import write_demo_export
from tests.support.cell_examples import cell_analysis, cell_image, cell_view
from tests.support.fakes import FakeSegmenter

CELL_COUNT = 30
CELL_TYPES = ("neutrophil", "lymphocyte", "monocyte", "eosinophil", "basophil")


class PixelClassifier:
    """Stands in for the model: calls a cell what its mean colour says, always the same."""

    bundle_sha256 = "c" * 64
    trained_stages = ("gate", "stage1", "stage2b")
    abstain_below = 0.0

    def classify(
        self, images: Sequence[NDArray[np.uint8]], masks: Sequence[NDArray[np.uint8]], um_per_px: float | None = None
    ) -> list[ClassifierOutput]:
        return [self._classify_cell(image) for image in images]

    def _classify_cell(self, image: NDArray[np.uint8]) -> ClassifierOutput:
        number = int(image.astype(np.int64).sum())
        malignant = 0.9 if number % 4 == 0 else 0.05
        types = np.full(5, 0.05)
        types[number % 5] = 0.8
        stages = (
            StageProbabilities("gate", ("leukocyte", "platelet"), (0.98, 0.02)),
            StageProbabilities("stage1", ("benign", "malignant"), (1 - malignant, malignant)),
            StageProbabilities("stage2b", CELL_TYPES, tuple(float(p) for p in types)),
        )
        ramp = np.linspace(0, 1, 49, dtype=np.float32).reshape(7, 7)
        maps = (StageMaps("stage1", np.stack([ramp, 1 - ramp])),)
        side = min(image.shape[:2])
        return ClassifierOutput(stages, maps, np.zeros(8, np.float32), 0.5, (0, 0, side, side))


@pytest.fixture(scope="session")
def slide_folder(tmp_path_factory: pytest.TempPathFactory, taxonomy: Taxonomy) -> Path:
    """One synthetic slide."""
    folder = tmp_path_factory.mktemp("demo")
    return write_demo_export(
        folder, slides=1, cells=CELL_COUNT, seed=5, taxonomy=taxonomy, token=CancelToken(), reporter=null_reporter
    )[0]


@pytest.fixture
def workbench(taxonomy: Taxonomy) -> Iterator[Workbench]:
    with (
        closing(open_database(sqlite_url(database_file()), backup_dir=data_dir() / "backups")) as database,
        closing(IdentityVault(data_dir())) as vault,
    ):
        site_file = SiteClassFile(data_dir() / "classes.toml", taxonomy, vault.name_mark)
        reader, slides = AnalyserExportReader(taxonomy, site_file.answers), SqlSlideStore(database, vault)
        cache = FileAnalysisCache(cache_dir() / "analysis")
        analyser = AnalysisPipeline(taxonomy, reader, slides, cache, FakeSegmenter(), PixelClassifier())
        formatter, log = MessageAdapter(load_loinc_terms(taxonomy)), SqlReviewLog(database)
        info = ModelInfo("stand-in", "c" * 64, "fake:0", ("gate",), ("ph",), "nothing", ("It is no model.",), ())
        yield Workbench(
            Dependencies(
                taxonomy=taxonomy,
                alert_rules=load_alert_rules(taxonomy),
                grading_form=load_grading_form(),
                phrases=load_comment_phrases(),
                export_reader=reader,
                slide_store=slides,
                review_log=log,
                analysis_cache=cache,
                load_pipeline=lambda: analyser,
                model_info=lambda: info,
                report_renderer=TypstRenderer(resources_dir()),
                image_encoder=ReportImageRenderer(),
                profile_store=SqlProfileStore(database),
                change_feed=SqlChangeFeed(database),
                folder_answers=site_file,
                known_content=SqlKnownContent(database, vault),
                worklist_index=SqlWorklistIndex(database),
                identities=SealedSlideIdentities(vault),
                export_adapters=ExportAdapters(formatter, ImageMetadataRemover(), vault.folder_names),
                competency_store=SqlCompetencyStore(database),
                write_verification=partial(write_protocol, resources_dir(), VERIFICATION),
                make_exchange=build_exchange(database, vault, slides, log, data_dir(), formatter),
            )
        )


@pytest.fixture
def window(qtbot: QtBot, workbench: Workbench) -> Iterator[MainWindow]:
    """The window, empty, shown and active."""
    runner = JobRunner()
    made = build_main_window(workbench, runner, data_dir() / "settings.json", "Dr. Test")
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    qtbot.waitUntil(lambda: made.review.is_idle, timeout=20_000)
    made.close()
    assert runner.shutdown()
    made.deleteLater()
    QApplication.processEvents()


@pytest.fixture
def opened(qtbot: QtBot, window: MainWindow, slide_folder: Path) -> MainWindow:
    """The window with an analysed slide on the bench, taken there as a user takes it."""
    open_slide(qtbot, window, slide_folder)
    qtbot.waitUntil(lambda: is_analysed(window), timeout=60_000)
    qtbot.waitUntil(lambda: not window.tasks.is_busy, timeout=20_000)
    window.activateWindow()
    window.gallery.view.setFocus()
    qtbot.waitUntil(window.gallery.view.hasFocus)
    return window


def open_slide(qtbot: QtBot, window: MainWindow, folder: Path) -> None:
    """Open a folder and import all that the preview offers."""
    window.open_path(folder)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), ImportDialog), timeout=20_000)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ImportDialog)
    dialog.accept()
    qtbot.waitUntil(lambda: window.review.view is not None, timeout=20_000)


def current_view(window: MainWindow) -> SlideView:
    """The slide on the bench as it stands."""
    assert window.review.view is not None
    return window.review.view


def is_analysed(window: MainWindow) -> bool:
    """Every cell of the slide has an opinion, and it is on the screen."""
    view = window.review.view
    return view is not None and view.pending_count == 0 and window.review.is_idle


def opened_dialog(qtbot: QtBot, dialog_type: type, action: Callable[[], object]):
    """Do something that opens a dialog, and give the dialog."""
    action()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), dialog_type), timeout=10_000)
    return QApplication.activeModalWidget()


def close_window(qtbot: QtBot, window: MainWindow) -> None:
    """Close the window, and wait for what it still writes: it goes when that is done."""
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=20_000)


def press_key(qtbot: QtBot, window: MainWindow, key: str | Qt.Key) -> None:
    """One key over the gallery, until what it means is written and shown."""
    window.activateWindow()
    qtbot.waitUntil(window.gallery.view.hasFocus)
    qtbot.keyClick(window.gallery.view, key)
    qtbot.waitUntil(lambda: window.review.is_idle, timeout=10_000)


@pytest.fixture
def panel(qtbot: QtBot) -> CellPanel:
    """The panel of one cell, shown without one."""
    widget = CellPanel()
    qtbot.addWidget(widget)
    widget.resize(420, 900)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


@pytest.fixture
def loaded(panel: CellPanel, taxonomy: Taxonomy) -> CellPanel:
    """The panel with a cell, its picture and its analysis."""
    view = cell_view()
    panel.show_cell(view, taxonomy, um_per_px=None)
    panel.set_image(view.cell.id, cell_image())
    panel.set_analysis(view.cell.id, cell_analysis())
    return panel


@pytest.fixture
def shown(qtbot: QtBot) -> Callable[[QDialog], QDialog]:
    """Shows a dialog; it is closed after the test."""

    def show(dialog: QDialog) -> QDialog:
        qtbot.addWidget(dialog)
        with qtbot.waitExposed(dialog):
            dialog.show()
        return dialog

    return show
