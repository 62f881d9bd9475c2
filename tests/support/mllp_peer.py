"""An MLLP receiver as a process of its own, written on plain sockets, that can misbehave.

``python -m tests.support.mllp_peer PORT_FILE RECORD_FILE [FAULTS]`` listens at 127.0.0.1, writes its port into
PORT_FILE and appends one JSON line for each message to RECORD_FILE: control id, slide, status, what it did, whether it
was new, the code of the answer, and the SHA-256 of the bytes. FAULTS is JSON: ``seed`` and the shares of ``delay``,
``cut_before`` (hangs up without reading), ``cut_after`` (keeps the message, hangs up without an answer), ``error``
(AE), ``reject`` (AR), ``busy`` (AE 207, try later), ``silent`` (never answers), ``garbage``. What was decided for a
control id holds for its later arrivals, as in a laboratory system that recognises repeated messages.
"""

from __future__ import annotations

import hashlib
import json
import random
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path

START, END = b"\x0b", b"\x1c\x0d"
_ACTS = ("delay", "cut_before", "cut_after", "error", "reject", "busy", "silent", "garbage")


def main(port_file: Path, record_file: Path, faults: dict[str, float]) -> None:
    dice = random.Random(int(faults.get("seed", 0)))
    decided = _decided_before(record_file)
    with socket.create_server(("127.0.0.1", 0)) as server, record_file.open("a", encoding="utf-8") as record:
        temporary = port_file.with_suffix(".new")
        temporary.write_text(str(server.getsockname()[1]))
        temporary.replace(port_file)
        while True:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                _serve(connection, dice, faults, decided, record)


def _decided_before(record_file: Path) -> dict[str, str]:
    """What was decided before this receiver was started again."""
    if not record_file.exists():
        return {}
    lines = [json.loads(line) for line in record_file.read_text(encoding="utf-8").splitlines()]
    return {line["control"]: line["code"] for line in lines if line["new"]}


def _serve(connection, dice, faults, decided, record) -> None:
    waiting = b""
    while True:
        act = _choose(dice, faults)
        if act == "cut_before":
            return
        while END not in waiting:
            data = connection.recv(65536)
            if not data:
                return
            waiting += data
        block, _, waiting = waiting.partition(END)
        if not block.startswith(START):
            raise OSError("no start of a block")
        body = block[1:]
        fields = body.split(b"\r")[0].decode().split("|")
        control, is_new = fields[9], fields[9] not in decided
        if not is_new or act in {"delay", "cut_after", "silent", "garbage"}:
            code = decided.setdefault(control, "AA")
        else:
            code = decided[control] = {"error": "AE", "reject": "AR"}.get(act, "AA")
        if act == "busy" and is_new:
            del decided[control]  # it was not taken
        order = next((s for s in body.decode().split("\r") if s.startswith("OBR|")), "OBR|||").split("|")
        line = {
            "control": control,
            "slide": order[3] if len(order) > 3 else "",
            "status": order[25] if len(order) > 25 else "",
            "act": act,
            "new": is_new and act != "busy",
            "code": code,
            "sha256": hashlib.sha256(body).hexdigest(),
        }
        record.write(json.dumps(line) + "\n")
        record.flush()
        if act == "cut_after":
            return
        if act == "silent":
            time.sleep(faults.get("silence_s", 1.0))
            return
        if act == "delay":
            time.sleep(faults.get("delay_s", 0.05))
        if act == "garbage":
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" + END)
            continue
        answer = f"MSH|^~\\&|LIS||{fields[2]}||20260101||ACK^R01^ACK|A{control[:18]}|P|2.5.1\r"
        if act == "busy" and is_new:
            answer += f"MSA|AE|{control}|busy\rERR||OBR^1|207^Application internal error^HL70357|E\r"
        else:
            text = {"AE": "unknown order for Anna Müller", "AR": "not for us"}.get(code, "")
            answer += f"MSA|{code}|{control}|{text}\r"
            if code == "AE":
                answer += "ERR||OBR^1^2|204^Unknown key identifier^HL70357|E\r"
        connection.sendall(START + answer.encode() + END)


def _choose(dice: random.Random, faults: dict[str, float]) -> str:
    at = dice.random()
    for act in _ACTS:
        at -= faults.get(act, 0.0)
        if at < 0:
            return act
    return "answer"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]) if len(sys.argv) > 3 else {})
