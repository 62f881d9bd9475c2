import io
import logging
from pathlib import Path

import pytest

from leukview.cli.main import main
from leukview.cluster.local import ProcessPool
from leukview.core.logging_setup import LocationOnlyFormatter, log_file


def test_that_a_logged_error_names_its_place_and_never_its_words(tmp_path: Path):
    logger = logging.getLogger("leukview.test")
    handler = logging.FileHandler(tmp_path / "log.txt", encoding="utf-8")
    handler.setFormatter(LocationOnlyFormatter("%(levelname)s %(message)s"))
    logger.addHandler(handler)
    try:
        raise FileNotFoundError("Patient_60 of Mrs Smith")
    except FileNotFoundError:
        logger.exception("slide S-1 cannot be read")
    finally:
        logger.removeHandler(handler)
        handler.close()
    text = (tmp_path / "log.txt").read_text(encoding="utf-8")
    assert "Smith" not in text
    assert "FileNotFoundError at test_logging_setup.py:" in text


def test_that_another_handler_s_traceback_never_reaches_the_file(tmp_path: Path):
    logger = logging.getLogger("leukview.test2")
    plain, file = logging.StreamHandler(io.StringIO()), logging.FileHandler(tmp_path / "log.txt", encoding="utf-8")
    plain.setFormatter(logging.Formatter("%(message)s"))
    file.setFormatter(LocationOnlyFormatter("%(levelname)s %(message)s"))
    for handler in (plain, file):  # the plain one comes first and caches its text in the record
        logger.addHandler(handler)
    try:
        raise FileNotFoundError("/data/Name_1950/x.jpg")
    except FileNotFoundError:
        logger.exception("slide S-1 cannot be read")
    finally:
        for handler in (plain, file):
            logger.removeHandler(handler)
            handler.close()
    text = (tmp_path / "log.txt").read_text(encoding="utf-8")
    assert "Name_1950" not in text
    assert "FileNotFoundError at test_logging_setup.py:" in text


def fail_in_worker(name: str) -> None:
    raise ValueError(name)


def test_that_an_error_of_a_worker_process_keeps_its_place_and_not_its_words(tmp_path: Path):
    pool = ProcessPool(1)
    try:
        error = pool.submit(fail_in_worker, "Mrs Smith").exception(timeout=60)
    finally:
        pool.close()
    assert error is not None
    with log_file(lambda: tmp_path):
        logging.getLogger("leukview.test3").error("slide S-1 met an error", exc_info=error)
    text = (tmp_path / "leukview.log").read_text(encoding="utf-8")
    assert "test_logging_setup.py:" in text
    assert "fail_in_worker" in text
    assert "Smith" not in text


def test_that_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "leukview.log").mkdir()
    with log_file(lambda: tmp_path):
        assert main(["audit", "verify"]) == 0
        logging.getLogger("leukview.test4").error("something")
    assert "Traceback" not in capsys.readouterr().err
