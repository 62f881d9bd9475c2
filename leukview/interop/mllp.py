"""Sending of HL7 messages over MLLP with acknowledgement, with the streams of `python-hl7`.

MLLP: HL7 “Transport Specification: MLLP, Release 1”. The acknowledgement is in the original mode: one ACK a message,
whose MSA-2 is the message's MSH-10.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from hl7.mllp import InvalidBlockError, open_hl7_connection

from leukview.core.errors import ConnectionLostError, LeukViewError
from leukview.core.job_runner import CancelToken
from leukview.core.messages import Message
from leukview.domain.exchange.outbox import Answer, AnswerCode
from leukview.domain.exchange.settings import TlsFiles
from leukview.interop.hl7_text import field_text, parse_message

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from hl7.mllp import HL7StreamReader, HL7StreamWriter

MAX_MESSAGE_BYTES = 4 * 1024**2
CONNECT_TIMEOUT_S = 10.0
ANSWER_TIMEOUT_S = 30.0
"""Shorter than the lease of the sender, so that a second one cannot start while an answer is awaited."""
_POLL_S = 0.2
_ANSWER_CODES = {
    "AA": AnswerCode.ACCEPTED,
    "CA": AnswerCode.ACCEPTED,
    "AE": AnswerCode.ERROR,
    "CE": AnswerCode.ERROR,
    "AR": AnswerCode.REJECTED,
    "CR": AnswerCode.REJECTED,
}
_TEMPORARY_ERRORS = frozenset({"206", "207"})
"""HL7 table 0357: 206 = application record locked, 207 = application internal error."""
_Result = TypeVar("_Result")


class MllpClient:
    """Connects to one receiver.

    Args:
        host: Name or address.
        port: TCP port.
        tls: Certificates; None = no TLS.
        answer_timeout_s: How long an acknowledgement is awaited.
    """

    def __init__(
        self, host: str, port: int, tls: TlsFiles | None = None, answer_timeout_s: float = ANSWER_TIMEOUT_S
    ) -> None:
        self._host, self._port, self._tls, self._answer_timeout_s = host, port, tls, answer_timeout_s

    @contextmanager
    def connect(self, token: CancelToken) -> Iterator[MllpChannel]:
        """Open a connection, which is closed at the end of the block.

        Raises:
            ConnectionLostError: The receiver cannot be reached, or is not the one that the certificates name.
            LeukViewError: A certificate cannot be read.
        """
        context = client_tls_context(self._tls) if self._tls else None
        with asyncio.Runner() as runner:
            opening = open_hl7_connection(
                self._host, self._port, limit=MAX_MESSAGE_BYTES, encoding="utf-8", ssl=context
            )
            try:
                reader, writer = runner.run(_cancellable(opening, CONNECT_TIMEOUT_S, token))
            except (OSError, TimeoutError, ssl.SSLError) as error:
                raise _unreachable(self._host, self._port, error) from error
            try:
                yield MllpChannel(runner, reader, writer, self._answer_timeout_s)
            finally:
                with suppress(OSError, TimeoutError, ssl.SSLError):
                    runner.run(_close(writer))


class MllpChannel:
    """Implements `leukview.services.ports.exchange.Channel`."""

    def __init__(
        self, runner: asyncio.Runner, reader: HL7StreamReader, writer: HL7StreamWriter, answer_timeout_s: float
    ) -> None:
        self._runner, self._reader, self._writer, self._timeout_s = runner, reader, writer, answer_timeout_s

    def send(self, text: str, control_id: str, token: CancelToken) -> Answer:
        """See `Channel.send`."""
        try:
            block = self._runner.run(_cancellable(self._exchange(text), self._timeout_s, token))
            answer = parse_answer(block.decode("utf-8"))
        except TimeoutError as error:
            raise ConnectionLostError("The laboratory's system does not acknowledge the result in time.") from error
        except (OSError, ssl.SSLError, EOFError) as error:
            raise ConnectionLostError("The laboratory's system cut the connection.") from error
        except (InvalidBlockError, ValueError) as error:
            raise ConnectionLostError(
                "The laboratory's system answered with something that is no HL7 message."
            ) from error
        if answer.control_id != control_id:  # of another message: what became of this one is not known
            raise ConnectionLostError("The laboratory's system acknowledged another message.")
        return answer

    async def _exchange(self, text: str) -> bytes:
        self._writer.writeblock(text.encode("utf-8"))
        await self._writer.drain()
        return bytes(await self._reader.readblock())


def parse_answer(text: str) -> Answer:
    """Read an acknowledgement (HL7 2.14.8: MSA; 2.14.5: ERR).

    Raises:
        ValueError: It is none.
    """
    message = parse_message(text)
    try:
        acknowledgement = message.segment("MSA")
    except LookupError:
        raise ValueError("no MSA segment") from None
    code = _ANSWER_CODES.get(field_text(acknowledgement, 1))
    if code is None:
        raise ValueError("unknown acknowledgement code")
    reasons, numbers = [field_text(acknowledgement, 3)], set[str]()
    for error in (segment for segment in message if str(segment[0]) == "ERR"):
        coded = field_text(error, 3)
        numbers.add(coded.split("^")[0])
        reasons += [coded.replace("^", " "), field_text(error, 7), field_text(error, 8)]
    reason = "; ".join(dict.fromkeys(part.strip() for part in reasons if part.strip()))
    temporary = code is AnswerCode.ERROR and bool(numbers & _TEMPORARY_ERRORS)
    return Answer(code, field_text(acknowledgement, 2), reason[:2000], temporary)


def client_tls_context(files: TlsFiles) -> ssl.SSLContext:
    """TLS settings of a client. Raises `LeukViewError` when a file cannot be read."""
    return _with_certificates(files, lambda: ssl.create_default_context(cafile=files.authority or None))


def server_tls_context(files: TlsFiles) -> ssl.SSLContext:
    """TLS settings of a listener, which asks for the client's certificate when an authority is given.

    Raises:
        LeukViewError: A file cannot be read.
    """

    def make() -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=files.authority or None)
        if files.authority:
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    return _with_certificates(files, make)


def _with_certificates(files: TlsFiles, make: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    try:
        context = make()
        if files.certificate:
            context.load_cert_chain(files.certificate, files.key or None)
    except (OSError, ssl.SSLError) as error:
        raise LeukViewError(
            Message("The certificates of the connection cannot be used: {reason}.", reason=error),
            "Give files in PEM format in exchange.toml; a key must have no password.",
        ) from error
    return context


def _unreachable(host: str, port: int, error: BaseException) -> ConnectionLostError:
    if isinstance(error, ssl.SSLCertVerificationError):
        words = Message("The certificate of {host}:{port} is not valid: {reason}.", host=host, port=port,
                        reason=error.verify_message)  # fmt: skip
        return ConnectionLostError(words, "Check the authority's certificate in exchange.toml.")
    reason = "it does not answer" if isinstance(error, TimeoutError) else getattr(error, "strerror", "") or str(error)
    return ConnectionLostError(
        Message("The laboratory's system {host}:{port} cannot be reached: {reason}.", host=host, port=port,
                reason=reason),
        "The results wait in the outbox and are sent as soon as it can be reached.",
    )  # fmt: skip


async def _close(writer: HL7StreamWriter) -> None:
    writer.close()
    await asyncio.wait_for(writer.wait_closed(), 2.0)


async def _cancellable(work: Coroutine[object, object, _Result], timeout_s: float, token: CancelToken) -> _Result:
    """Await with a time limit, and stop when the token is set.

    Raises:
        TimeoutError: The time is over.
        Cancelled: The token was set.
    """
    task = asyncio.ensure_future(work)
    deadline = asyncio.get_running_loop().time() + timeout_s
    try:
        while not task.done():
            token.raise_if_cancelled()
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                raise TimeoutError
            await asyncio.wait({task}, timeout=min(_POLL_S, left))
        return task.result()
    finally:
        if not task.done():
            task.cancel()
            with suppress(asyncio.CancelledError, OSError, EOFError, ValueError):
                await task
