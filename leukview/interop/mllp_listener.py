"""Listener for HL7 messages over MLLP, with the streams of `python-hl7`, and for analysers that speak ASTM."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress

from hl7.mllp import HL7StreamReader, HL7StreamWriter, InvalidBlockError, start_hl7_server

from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken
from leukview.core.messages import Message
from leukview.domain.exchange.settings import OrderSettings
from leukview.interop.astm_server import AstmConversation
from leukview.interop.mllp import MAX_MESSAGE_BYTES, server_tls_context

_MAX_CONNECTIONS = 32
_POLL_S = 0.1
_log = logging.getLogger(__name__)


class MllpListener:
    """Listens at the address of the settings until it is cancelled.

    Args:
        settings: Address, port and certificates.
        handle: Takes an HL7 message and returns its acknowledgement; called one message at a time.
        handle_astm: Takes ASTM messages and returns the answer to their queries.
    """

    def __init__(
        self, settings: OrderSettings, handle: Callable[[bytes], bytes], handle_astm: Callable[[bytes], bytes]
    ) -> None:
        self._settings, self._handle, self._handle_astm = settings, handle, handle_astm
        self._connections: set[asyncio.StreamWriter] = set()

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
        servers: list[asyncio.Server] = []
        address = self._settings.address.strip()
        try:
            for port, start in ((self._settings.port, self._start_hl7), (self._settings.astm_port, self._start_astm)):
                if port:
                    servers.append(await self._started(start, address, port, context))
            ready(servers[0].sockets[0].getsockname()[1])
            ticks = 0
            while not token.cancelled:
                await asyncio.sleep(_POLL_S)
                ticks += 1
                if ticks % round(1 / _POLL_S) == 0:
                    each_second()
        finally:
            for server in servers:
                server.close()
            for writer in list(self._connections):
                writer.close()
            await asyncio.sleep(_POLL_S)  # the loop closes the connections

    async def _started(
        self,
        start: Callable[[str, int, ssl.SSLContext | None], Awaitable[asyncio.Server]],
        address: str,
        port: int,
        context: ssl.SSLContext | None,
    ) -> asyncio.Server:
        try:
            return await start(address, port, context)
        except OSError as error:
            words = "LeukView cannot listen at {address}:{port}: {reason}."
            raise LeukViewError(
                Message(words, address=address, port=port, reason=error.strerror or error),
                "Give a free port and an address of this computer, or end the other LeukView that listens.",
            ) from error

    async def _start_hl7(self, address: str, port: int, context: ssl.SSLContext | None) -> asyncio.Server:
        server: asyncio.Server = await start_hl7_server(
            self._converse, address, port, limit=MAX_MESSAGE_BYTES, encoding="utf-8", ssl=context
        )
        return server

    async def _start_astm(self, address: str, port: int, context: ssl.SSLContext | None) -> asyncio.Server:
        return await asyncio.start_server(self._converse_astm, address, port, ssl=context)

    async def _converse_astm(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._connections) >= _MAX_CONNECTIONS:
            writer.close()
            return
        self._connections.add(writer)
        try:
            await AstmConversation(reader, writer, self._handle_astm).run()
        except asyncio.CancelledError:
            _log.info("a connection ended with the listener")
        finally:
            self._connections.discard(writer)
            with suppress(OSError, RuntimeError):
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
