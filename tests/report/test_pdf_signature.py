"""The cryptographic signature, with a certificate made here and pyHanko's own validator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from leukview.core.errors import ReportError
from leukview.domain.taxonomy import Taxonomy
from leukview.report.pdf_signature import SIGNATURE_FIELD, open_signer
from leukview.services.report.report_data import Certificate, ReportOptions
from tests.report.test_archive import unexpected_findings
from tests.support.report_factories import CREATED, ReviewedSlide, clear_blockers, make_reviewed_slide, rendered_texts

PASSWORD = "correct horse"  # noqa: S105 - of a certificate made here
NOW = datetime.fromisoformat(CREATED)


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes a PKCS#12 file with its public certificate beside it."""
    folder = tmp_path_factory.mktemp("certificates")
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def write(name: str, *, password: str = PASSWORD, days: int = 3650, with_key: bool = True) -> Path:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Institute of Haematology (test)")])
        usage = x509.KeyUsage(
            digital_signature=True,
            content_commitment=True,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=False,
            crl_sign=False,
            encipher_only=False,
            decipher_only=False,
        )
        start = datetime(2020, 1, 1, tzinfo=UTC)
        own = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(7)
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=days))
            .add_extension(usage, critical=True)
            .sign(key, SHA256())
        )
        how = BestAvailableEncryption(password.encode()) if password else NoEncryption()
        path = folder / f"{name}.p12"
        path.write_bytes(pkcs12.serialize_key_and_certificates(b"own", key if with_key else None, own, None, how))
        from cryptography.hazmat.primitives.serialization import Encoding

        path.with_suffix(".pem").write_bytes(own.public_bytes(Encoding.PEM))
        return path

    return write


@pytest.fixture
def slide(taxonomy: Taxonomy) -> ReviewedSlide:
    made = make_reviewed_slide(taxonomy, {"blast": 2, "neutrophil": 9})
    clear_blockers(made)
    made.session.sign("Prof. Anna Weiß", "reviewed")
    return made


def test_that_a_signed_report_holds_for_pyhankos_validator_and_stays_an_archive(
    slide: ReviewedSlide, make: Callable[..., Path], tmp_path: Path
):
    path = make("site", days=365 * 20)
    texts = rendered_texts(slide.report(), tmp_path, ReportOptions(certificate=Certificate(path, PASSWORD)))
    assert "cryptographic signature made with the certificate “CN=Institute of Haematology (test)”" in texts[0]
    assert "valid until 2039-12-27" in texts[0]
    output = tmp_path / "report.pdf"
    with output.open("rb") as stream:
        (signature,) = PdfFileReader(stream).embedded_signatures
        roots = [load_cert_from_pemder(str(path.with_suffix(".pem")))]
        status = validate_pdf_signature(signature, ValidationContext(trust_roots=roots))
        assert status.bottom_line, status.pretty_print_details()
        assert status.intact
        assert status.valid
        assert status.coverage is not None
        assert status.coverage.name == "ENTIRE_FILE"
        assert signature.field_name == SIGNATURE_FIELD
        assert signature.docmdp_level is not None
    # The checker knows no forms, and does not look at the attachments once it has seen one.
    assert unexpected_findings(output, {"pikepdf:schema-Catalog", "pikepdf:embedded-file"}) == []
    with pikepdf.open(output) as pdf:
        (field,) = pdf.Root.AcroForm.Fields
        assert int(field.F) & 4  # printed, as PDF/A asks; not hidden
        assert not int(field.F) & 2
        assert str(field.TU)
        box, page = [float(n) for n in field.Rect], [float(n) for n in pdf.pages[0].mediabox]
        assert box[2] <= page[0] or box[0] >= page[2] or box[3] <= page[1]
        assert pdf.pages[0].get("/Tabs") == "/S"
        assert pdf.open_metadata()["pdfaid:part"] == "3"
        assert set(pdf.attachments) == {"cells.csv", "slide.json"}


def test_that_a_changed_byte_is_found(slide: ReviewedSlide, make: Callable[..., Path], tmp_path: Path):
    path = make("changed", days=365 * 20)
    rendered_texts(slide.report(images=False), tmp_path, ReportOptions(certificate=Certificate(path, PASSWORD)))
    output = tmp_path / "report.pdf"
    data = bytearray(output.read_bytes())
    at = data.index(b"LeukView report")
    data[at] ^= 1
    output.write_bytes(data)
    with output.open("rb") as stream:
        (signature,) = PdfFileReader(stream).embedded_signatures
        roots = [load_cert_from_pemder(str(path.with_suffix(".pem")))]
        assert not validate_pdf_signature(signature, ValidationContext(trust_roots=roots)).intact


def test_that_what_cannot_sign_is_one_sentence_without_the_password(make: Callable[..., Path], tmp_path: Path):
    text = tmp_path / "text.p12"
    text.write_text("no certificate")
    for certificate, sentence in (
        (Certificate(make("wrong"), "secret guess"), "the password is wrong"),
        (Certificate(text, "secret guess"), "it is no PKCS#12 file"),
        (Certificate(tmp_path / "away.p12", "secret guess"), "cannot be read"),
        (Certificate(make("old", days=30), PASSWORD), "is valid from 2020-01-01 to 2020-01-31 only"),
        (Certificate(make("keyless", with_key=False), PASSWORD), "holds no private key"),
    ):
        with pytest.raises(ReportError) as caught:
            open_signer(certificate, NOW)
        assert sentence in caught.value.message
        assert "secret guess" not in f"{caught.value} {certificate!r}"


def test_that_a_certificate_without_a_password_signs_too(make: Callable[..., Path]):
    seal = open_signer(Certificate(make("open", password="", days=365 * 20)), NOW)
    assert seal.signatory.subject == "CN=Institute of Haematology (test)"


def test_that_without_pyhanko_it_is_said_what_to_install(
    make: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, slide: ReviewedSlide, tmp_path: Path
):
    monkeypatch.setattr("leukview.report.pdf_signature.find_spec", lambda _name: None)
    with pytest.raises(ReportError, match="cannot sign") as caught:
        rendered_texts(slide.report(), tmp_path, ReportOptions(certificate=Certificate(make("none"), PASSWORD)))
    assert "leukview[sign]" in caught.value.hint
    assert not (tmp_path / "report.pdf").exists()
