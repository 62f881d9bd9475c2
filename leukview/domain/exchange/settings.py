"""The site's settings of the exchange with the laboratory (``exchange.toml``)."""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass, field, fields

from leukview.core.errors import LeukViewError
from leukview.core.messages import Message
from leukview.core.strict_files import parse_toml, structure

SETTINGS_FILE = "exchange.toml"
_MAX_PORT = 65535


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files of a TLS connection; "" = not given.

    Attributes:
        authority: Certificates of the authorities that are trusted.
        certificate: Own certificate.
        key: Its private key, without password.
    """

    authority: str = ""
    certificate: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class ResultSettings:
    """Results out.

    Attributes:
        enabled: Whether signed results are sent.
        host: Name or address of the receiver.
        port: TCP port.
        receiving_application: MSH-5.
        receiving_facility: MSH-6.
        sending_facility: MSH-4.
        names: Whether a message carries name, birth date and sex; order and patient number always.
        tls: Whether the connection is encrypted.
        files: Certificates for it.
    """

    enabled: bool = False
    host: str = ""
    port: int = 2575
    receiving_application: str = ""
    receiving_facility: str = ""
    sending_facility: str = ""
    names: bool = True
    tls: bool = False
    files: TlsFiles = field(default_factory=TlsFiles)


@dataclass(frozen=True, slots=True)
class OrderSettings:
    """Orders and blood counts in.

    Attributes:
        listening: Whether LeukView listens for messages.
        address: Address to listen at: loopback or one named address of this computer, never all of them.
        port: TCP port.
        astm_port: TCP port for analysers that speak ASTM; 0 = none.
        folder: Watched folder with messages and tables; "" = none.
        tls: Whether the connection is encrypted.
        files: Certificates for it.
    """

    listening: bool = False
    address: str = "127.0.0.1"
    port: int = 2576
    astm_port: int = 0
    folder: str = ""
    tls: bool = False
    files: TlsFiles = field(default_factory=TlsFiles)


@dataclass(frozen=True, slots=True)
class ExchangeSettings:
    """All settings; with the defaults nothing is sent and nothing listens."""

    results: ResultSettings = field(default_factory=ResultSettings)
    orders: OrderSettings = field(default_factory=OrderSettings)

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            LeukViewError: One cannot be used.
        """
        for port in (self.results.port, self.orders.port):
            if not 1 <= port <= _MAX_PORT:
                raise LeukViewError(Message("{port} is not a port: it must lie between 1 and 65535.", port=port))
        if self.orders.astm_port and not 1 <= self.orders.astm_port <= _MAX_PORT:
            raise LeukViewError(
                Message("{port} is not a port: it must lie between 1 and 65535.", port=self.orders.astm_port)
            )
        if self.orders.astm_port == self.orders.port:
            raise LeukViewError("HL7 and ASTM need different ports.")
        if self.results.enabled and not self.results.host.strip():
            raise LeukViewError("Results can be sent only with the host of the laboratory's system.")
        if self.orders.listening:
            _require_named_address(self.orders.address)
        if self.orders.listening and self.orders.tls and not self.orders.files.certificate:
            raise LeukViewError("To listen with TLS, LeukView needs a certificate and its key.")


def parse_exchange_settings(text: str) -> ExchangeSettings:
    """Parse ``exchange.toml``, strictly.

    Raises:
        LeukViewError: It is not TOML, something in it is unknown or of another type, or a value cannot be used.
    """
    try:
        return structure(parse_toml(text), ExchangeSettings)
    except ValueError as error:
        raise LeukViewError(
            Message("The file {name} cannot be used: {reason}.", name=SETTINGS_FILE, reason=error),
            "Correct or remove it.",
        ) from error


def exchange_settings_text(settings: ExchangeSettings) -> str:
    """Text of ``exchange.toml`` with these settings."""
    lines = ["# Exchange with the laboratory's system; see docs/exchange.md"]
    for name, part in (("results", settings.results), ("orders", settings.orders)):
        values = {f.name: getattr(part, f.name) for f in fields(part) if f.name != "files"}
        files = {f.name: getattr(part.files, f.name) for f in fields(part.files)}
        for title, group in ((name, values), (f"{name}.files", files)):
            lines += [
                "",
                f"[{title}]",
                *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in group.items()),
            ]
    return "\n".join(lines) + "\n"


def _require_named_address(address: str) -> None:
    text = address.strip()
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        is_open = not text or any(letter.isspace() or letter == "*" for letter in text)
    else:
        is_open = found.is_unspecified or found.is_multicast
    if is_open:
        raise LeukViewError(
            Message("LeukView does not listen at “{address}”, which is open to every network.", address=address),
            "Give 127.0.0.1, or the one address of this computer at which the laboratory's system sends.",
        )
