import io
import logging
from pathlib import Path

from leukview.core.logging_setup import LocationOnlyFormatter


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
