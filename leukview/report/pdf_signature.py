"""Cryptographic signature of a report with the site's certificate.

The only user of pyHanko (extra ``leukview[sign]``).
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import Any

from leukview.core.errors import ReportError
from leukview.services.report.report_data import Certificate

SIGNATURE_FIELD = "LeukView"
"""Name of the signature field."""


@dataclass(frozen=True, slots=True)
class Signatory:
    """Owner of the signing certificate.

    Attributes:
        subject: Subject as RFC 4514 string.
        issuer: Issuer as RFC 4514 string.
        sha256: SHA-256 of the certificate in hexadecimal.
        valid_until: Last day of validity, ISO 8601.
    """

    subject: str
    issuer: str
    sha256: str
    valid_until: str


@dataclass(frozen=True, slots=True)
class PdfSigner:
    """An opened certificate with its key; never stored."""

    signatory: Signatory
    signer: Any = field(repr=False)

    def sign(self, pdf: bytes, reason: str, accessible_name: str) -> bytes:
        """Append an invisible PAdES signature; the original bytes stay unchanged.

        It is a certification signature: afterwards only further signatures may be added. The field lies outside the
        page, as PDF/UA (ISO 14289-1, 7.18.1) requires of invisible fields, and is printable, as PDF/A-3 (ISO 19005-3,
        6.3.2) requires.

        Args:
            pdf: The file to sign.
            reason: Reason for signing, stored in the signature.
            accessible_name: Name of the signature field for screen readers.

        Raises:
            ReportError: It cannot be signed.
        """
        from lxml import etree
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.pdf_utils.misc import PdfError
        from pyhanko.sign import fields, signers
        from pyhanko.sign.general import SigningError

        # pyHanko rewrites the metadata; register the prefix that the file's own schema declares for the page count.
        etree.register_namespace("xmpTPg", "http://ns.adobe.com/xap/1.0/t/pg/")
        field_spec = fields.SigFieldSpec(
            SIGNATURE_FIELD,
            invis_sig_settings=fields.InvisSigSettings(
                set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=True
            ),
            readable_field_name=accessible_name,
        )
        meta = signers.PdfSignatureMetadata(
            field_name=SIGNATURE_FIELD,
            md_algorithm="sha256",
            reason=reason,
            subfilter=fields.SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=fields.MDPPerm.FILL_FORMS,
        )
        try:
            writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
            signed = signers.sign_pdf(writer, meta, signer=self.signer, new_field_spec=field_spec)
        except (PdfError, SigningError, ValueError) as error:
            raise ReportError(f"The report cannot be signed: {error}.", "Use another certificate.") from error
        result: bytes = signed.getvalue()
        return result


def can_sign() -> bool:
    """Whether pyHanko is installed."""
    return find_spec("pyhanko") is not None


def open_signer(certificate: Certificate, at: datetime) -> PdfSigner:
    """Open the site's certificate.

    Args:
        certificate: A PKCS#12 file with its password.
        at: Time of the report, at which the certificate must be valid.

    Raises:
        ReportError: pyHanko is not installed, the file cannot be read or opened, has no private key, or the
            certificate is not valid at that time. No message contains the password.
    """
    if not can_sign():
        raise ReportError(
            "This installation cannot sign reports cryptographically.",
            "Install the optional component: leukview[sign].",
        )
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import pkcs12
    from pyhanko.sign import signers

    name = certificate.path.name
    try:
        data = certificate.path.read_bytes()
    except OSError as error:
        raise ReportError(f"The certificate “{name}” cannot be read: {error.strerror or error}.") from error
    password = certificate.password.encode() or None
    try:
        key, own, _ = pkcs12.load_key_and_certificates(data, password)
    except ValueError as error:
        raise ReportError(
            f"The certificate “{name}” cannot be opened: the password is wrong, or it is no PKCS#12 file.",
            "Enter the password again.",
        ) from error
    if key is None or own is None:
        raise ReportError(f"The file “{name}” holds no private key with its certificate.", "Use another file.")
    first, last = own.not_valid_before_utc, own.not_valid_after_utc
    if not first <= at.astimezone(UTC) <= last:
        raise ReportError(
            f"The certificate “{name}” is valid from {first:%Y-%m-%d} to {last:%Y-%m-%d} only.",
            "Use another certificate.",
        )
    signer = signers.SimpleSigner.load_pkcs12_data(data, [], passphrase=password)
    signatory = Signatory(
        subject=own.subject.rfc4514_string(),
        issuer=own.issuer.rfc4514_string(),
        sha256=own.fingerprint(SHA256()).hex(),
        valid_until=f"{last:%Y-%m-%d}",
    )
    return PdfSigner(signatory, signer)
