"""Link layer of ASTM E1381 (now CLSI LIS1-A) over TCP: the analyser sends frame by frame, each is acknowledged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from leukview.core.errors import LeukViewError
from leukview.domain.exchange.incoming import UnreadableMessageError
from leukview.interop.astm import ENQ, EOT, STX, decode_frames, encode_frames

ACK, NAK = b"\x06", b"\x15"
_MAX_FRAME_BYTES = 65_536  # the standard allows 247; analysers of today send longer ones
_MAX_MESSAGE_BYTES = 4 * 1024**2
_FRAME_TIMEOUT_S = 30.0
_ANSWER_TIMEOUT_S = 15.0
_MAX_TRIES = 6
"""E1381, 6.5.1.2: a frame that is refused six times ends the transmission."""
_log = logging.getLogger(__name__)


class AstmConversation:
    """One connection of an analyser.

    A message is stored before its last frame is acknowledged: if that fails, the frame is refused and comes again.

    Args:
        reader: Of the connection.
        writer: Of the connection.
        handle: Takes a message without frames and returns the answer to its queries, b"" without any.
    """

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handle: Callable[[bytes], bytes]
    ) -> None:
        self._reader, self._writer, self._handle = reader, writer, handle

    async def run(self) -> None:
        """Answer until the analyser hangs up."""
        with suppress(OSError, EOFError, asyncio.LimitOverrunError, TimeoutError):
            while True:
                first = await self._reader.readexactly(1)
                if first == ENQ:
                    await self._write(ACK)
                    answer = await self._receive()
                    if answer:
                        await self._send(answer)

    async def _receive(self) -> bytes:
        """Receive one transmission; returns the answer to its queries."""
        frames, answer, size = list[bytes](), b"", 0
        while True:
            first = await asyncio.wait_for(self._reader.readexactly(1), _FRAME_TIMEOUT_S)
            if first == EOT:
                return answer
            if first == ENQ:  # it begins anew
                frames.clear()
                await self._write(ACK)
                continue
            if first != STX:
                continue
            frame = first + await asyncio.wait_for(self._reader.readuntil(b"\n"), _FRAME_TIMEOUT_S)
            size += len(frame)
            if len(frame) > _MAX_FRAME_BYTES or size > _MAX_MESSAGE_BYTES:
                raise EOFError
            try:
                text = decode_frames(b"".join([*frames, frame]))
            except ValueError:
                await self._write(NAK)
                continue
            frames.append(frame)
            if text.rsplit(b"\r", 2)[-2:][0].startswith(b"L") and text.endswith(b"\r"):
                try:
                    answer += self._take(text)
                except LeukViewError as error:
                    _log.warning("a message could not be stored: %s", type(error).__name__)
                    frames.pop()
                    await self._write(NAK)
                    continue
                frames.clear()
            await self._write(ACK)

    def _take(self, text: bytes) -> bytes:
        try:
            return self._handle(text)
        except UnreadableMessageError:  # it is listed; the same again would not help
            return b""

    async def _send(self, answer: bytes) -> None:
        """Send the answer; a contending analyser goes first, and asks again if it still wants to know."""
        await self._write(ENQ)
        if await self._read_answer() != ACK:
            return
        for frame in encode_frames(answer.decode("utf-8")):
            for _ in range(_MAX_TRIES):
                await self._write(frame)
                reply = await self._read_answer()
                if reply != NAK:
                    break
            if reply != ACK:
                break
        await self._write(EOT)

    async def _read_answer(self) -> bytes:
        try:
            return await asyncio.wait_for(self._reader.readexactly(1), _ANSWER_TIMEOUT_S)
        except TimeoutError:
            return b""

    async def _write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()
