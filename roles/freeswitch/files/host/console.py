# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Talks to a running FreeSWITCH over its event socket.

fs_cli would need the password in its arguments or a file, and ends with code 0 whatever FreeSWITCH has answered.
"""

from __future__ import annotations

import re
import socket
import time
from pathlib import Path
from types import TracebackType

HOST = "127.0.0.1"
SECRET = re.compile(r'data="event_socket_password=([^"]+)"')


class SwitchError(Exception):
    """What FreeSWITCH refused, or why it could not be asked; a sentence."""


def password(file: Path) -> str:
    """Return the password that the role has put on the host."""
    try:
        found = SECRET.search(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SwitchError(f"{file} cannot be read ({error.strerror}): run the role again, which makes it.") from error
    if not found:
        raise SwitchError(f"{file} holds no password of the event socket: remove it and run the role again.")
    return found[1]


class Console:
    """A connection. Commands are those of fs_cli."""

    def __init__(self, port: int, secret: str, seconds: float = 20.0) -> None:
        try:
            self._socket = socket.create_connection((HOST, port), timeout=seconds)
        except OSError as error:
            raise SwitchError(f"Nobody answers on the event socket of FreeSWITCH, port {port} ({error}).") from error
        self._file = self._socket.makefile("rb")
        try:
            self._answer()  # its greeting
            self._send(f"auth {secret}")
            if "+OK" not in self._answer()[0].get("Reply-Text", ""):
                raise SwitchError(
                    f"FreeSWITCH refuses the password of its event socket, port {port}: it has been started with "
                    "another one. Restart it (systemctl restart freeswitch)."
                )
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Console:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def ask(self, command: str) -> str:
        """Return what FreeSWITCH answers to a command, whatever that is."""
        self._send(f"api {command}")
        return self._answer()[1]

    def order(self, command: str, well: str = "+OK") -> str:
        """Return what FreeSWITCH answers to a command. SwitchError unless the text `well` is in it."""
        said = self.ask(command)
        if well not in said:
            raise SwitchError(f"FreeSWITCH answers to '{command}': {' '.join(said.split()) or 'nothing'}")
        return said

    def _send(self, line: str) -> None:
        try:
            self._socket.sendall(f"{line}\n\n".encode())
        except OSError as error:
            raise SwitchError(f"FreeSWITCH has closed its event socket ({error}).") from error

    def _answer(self) -> tuple[dict[str, str], str]:
        fields: dict[str, str] = {}
        try:
            while True:
                line = self._file.readline().decode("utf-8", "replace")
                if not line:
                    raise SwitchError("FreeSWITCH has closed its event socket.")
                if not line.strip():
                    if fields:
                        break
                    continue
                name, __, value = line.partition(":")
                fields[name] = value.strip()
            body = self._file.read(int(fields.get("Content-Length", "0"))).decode("utf-8", "replace")
        except OSError as error:
            raise SwitchError(f"FreeSWITCH does not answer on its event socket ({error}).") from error
        return fields, body


def connect(port: int, secret: str, until: float) -> Console:
    """Return a connection as soon as FreeSWITCH is ready for calls. SwitchError if it is not until then (monotonic)."""
    while True:
        try:
            console = Console(port, secret)
        except SwitchError:
            if time.monotonic() > until:
                raise
        else:
            if "is ready" in console.ask("status"):
                return console
            console.close()
            if time.monotonic() > until:
                raise SwitchError("FreeSWITCH runs, but it is not ready for calls.")
        time.sleep(0.1)
