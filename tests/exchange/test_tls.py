"""Connections are encrypted where the site gives certificates, and only with whom these name."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from leukview.bootstrap.exchange import ExchangeSettingsFile
from leukview.core.errors import ConnectionLostError, LeukViewError
from leukview.core.job_runner import CancelToken
from leukview.core.paths import data_dir
from leukview.domain.exchange.outbox import AnswerCode
from leukview.domain.exchange.settings import ExchangeSettings, OrderSettings, TlsFiles
from leukview.interop.mllp import MllpClient
from tests.support.interruptible import interruptible_command
from tests.support.lab_messages import order_message
from tests.support.mllp_process import ROOT


def make_certificate(folder: Path, name: str) -> TlsFiles:
    """A certificate for 127.0.0.1 that is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / f"{name}.pem", folder / f"{name}.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return TlsFiles("", str(certificate), str(private))


@contextmanager
def listener(files: TlsFiles) -> Iterator[int]:
    """``leukview exchange listen`` with TLS as a process; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    orders = OrderSettings(listening=True, port=port, tls=True, files=files)
    ExchangeSettingsFile(data_dir()).write(ExchangeSettings(orders=orders))
    command = interruptible_command("exchange", "listen")
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Listening")
        yield port
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def test_that_certificates_decide_who_is_talked_to(tmp_path: Path):
    site, other = make_certificate(tmp_path, "site"), make_certificate(tmp_path, "other")
    message, token = order_message().decode(), CancelToken()
    with listener(TlsFiles(other.certificate, site.certificate, site.key)) as port:
        known = TlsFiles(site.certificate, other.certificate, other.key)
        with MllpClient("127.0.0.1", port, known).connect(token) as channel:
            assert channel.send(message, "M1", token).code is AnswerCode.ACCEPTED
        with (
            pytest.raises(ConnectionLostError, match=r"certificate of 127\.0\.0\.1"),
            MllpClient("127.0.0.1", port, TlsFiles(other.certificate)).connect(token),
        ):
            pass
        nameless = MllpClient("127.0.0.1", port, TlsFiles(site.certificate))
        with pytest.raises(ConnectionLostError), nameless.connect(token) as channel:  # the listener asks who it is
            channel.send(message, "M1", token)
        plain = MllpClient("127.0.0.1", port, answer_timeout_s=5)
        with pytest.raises(ConnectionLostError), plain.connect(token) as channel:
            channel.send(message, "M1", token)


def test_that_certificates_that_cannot_be_read_are_named(tmp_path: Path):
    (tmp_path / "bad.pem").write_text("nothing")
    client = MllpClient("127.0.0.1", 9, TlsFiles(str(tmp_path / "bad.pem")))
    with pytest.raises(LeukViewError, match="certificates of the connection"), client.connect(CancelToken()):
        pass
