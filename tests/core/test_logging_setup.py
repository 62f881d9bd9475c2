import logging
from pathlib import Path

from leukview.core.logging_setup import _LocationOnlyFormatter


def test_that_a_logged_error_names_its_place_and_never_its_words(tmp_path: Path):
    logger = logging.getLogger("leukview.test")
    handler = logging.FileHandler(tmp_path / "log.txt", encoding="utf-8")
    handler.setFormatter(_LocationOnlyFormatter("%(levelname)s %(message)s"))
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
