"""Listener for HL7 messages over MLLP, with the streams of `python-hl7`."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from contextlib import suppress

from hl7.mllp import HL7StreamReader, HL7StreamWriter, InvalidBlockError, start_hl7_server

from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken
from leukview.core.messages import Message
from leukview.domain.exchange.settings import OrderSettings
from leukview.interop.mllp import MAX_MESSAGE_BYTES, server_tls_context

_MAX_CONNECTIONS = 32
_POLL_S = 0.1
_log = logging.getLogger(__name__)


class MllpListener:
    """Listens at the address of the settings until it is cancelled.

    Args:
        settings: Address, port and certificates.
        handle: Takes a message and returns its acknowledgement; called one message at a time.
    """

    def __init__(self, settings: OrderSettings, handle: Callable[[bytes], bytes]) -> None:
        self._settings, self._handle = settings, handle
        self._connections: set[HL7StreamWriter] = set()

    def run(
        self,
        token: CancelToken,
        *,
        ready: Callable[[int], None] = lambda _port: None,
        each_second: Callable[[], None] = lambda: None,
    ) -> None:
        """Listen until the token is set.

        Args:
            token: Ends the listening.
            ready: Called with the port once the listener can be reached.
            each_second: Called about once a second.

        Raises:
            LeukViewError: The address is in use or is not one of this computer, or a certificate cannot be used.
        """
        context = server_tls_context(self._settings.files) if self._settings.tls else None
        with asyncio.Runner() as runner:
            runner.run(self._serve(token, ready, each_second, context))

    async def _serve(
        self,
        token: CancelToken,
        ready: Callable[[int], None],
        each_second: Callable[[], None],
        context: ssl.SSLContext | None,
    ) -> None:
        address, port = self._settings.address.strip(), self._settings.port
        try:
            server = await start_hl7_server(
                self._converse, address, port, limit=MAX_MESSAGE_BYTES, encoding="utf-8", ssl=context
            )
        except OSError as error:
            raise LeukViewError(
                Message("LeukView cannot listen at {address}:{port}: {reason}.", address=address, port=port,
                        reason=error.strerror or error),
                "Give a free port and an address of this computer, or end the other LeukView that listens.",
            ) from error  # fmt: skip
        try:
            ready(server.sockets[0].getsockname()[1])
            ticks = 0
            while not token.cancelled:
                await asyncio.sleep(_POLL_S)
                ticks += 1
                if ticks % round(1 / _POLL_S) == 0:
                    each_second()
        finally:
            server.close()
            for writer in list(self._connections):
                writer.close()

    async def _converse(self, reader: HL7StreamReader, writer: HL7StreamWriter) -> None:
        if len(self._connections) >= _MAX_CONNECTIONS:
            writer.close()
            return
        self._connections.add(writer)
        try:
            while True:
                block = await reader.readblock()
                writer.writeblock(self._handle(bytes(block)))
                await writer.drain()
        except (OSError, EOFError, InvalidBlockError, ValueError, ssl.SSLError, asyncio.CancelledError) as error:
            _log.info("a connection ended: %s", type(error).__name__)
        finally:
            self._connections.discard(writer)
            with suppress(OSError, RuntimeError):
                writer.close()
