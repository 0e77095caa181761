# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The UDP service, on one or more addresses."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Sequence

from lab.ntp.control import Desk, Fault
from lab.ntp.message import UNSYNCHRONISED, Request, answer, parse


def reply(request: Request, now: float, fault: Fault | None) -> bytes | None:
    """Return the answer to a request that came `now`; None when it is to stay without one."""
    if fault is None:
        return answer(request, now, now)
    if fault.kind == "silent":
        return None
    if fault.kind == "unsynchronised":
        return answer(request, now, now, stratum=16, leap=UNSYNCHRONISED, reference=b"\0\0\0\0")
    if fault.kind == "kiss":
        return answer(request, now, now, stratum=0, leap=UNSYNCHRONISED, reference=fault.code.encode())
    return answer(request, now + fault.offset, now + fault.offset)


class _Handler(socketserver.BaseRequestHandler):
    server: _Socket

    def handle(self) -> None:
        now = time.time()
        packet, connection = self.request
        request = parse(packet)
        if request is None:
            return
        here = str(self.server.server_address[0])
        fault = self.server.desk.strike(here)
        wire = reply(request, now, fault)
        self.server.desk.log(server=here, source=self.client_address[0], fault=fault.kind if fault else None)
        if wire is not None:
            connection.sendto(wire, self.client_address)


class _Socket(socketserver.UDPServer):
    # One after the other: a thread for each packet would make the times worse.

    def __init__(self, address: tuple[str, int], desk: Desk) -> None:
        self.desk = desk
        super().__init__(address, _Handler)


class NtpServer:
    """Time servers on some addresses (port 0: a free one).

    Raises:
        OSError: when an address cannot be had.
    """

    def __init__(self, addresses: Sequence[tuple[str, int]], desk: Desk) -> None:
        self._sockets: list[_Socket] = []
        try:
            for address in addresses:
                self._sockets.append(_Socket(address, desk))
        except OSError:
            self.stop()
            raise
        self._threads = [
            threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            for one in self._sockets
        ]

    @property
    def addresses(self) -> list[tuple[str, int]]:
        return [(str(one.server_address[0]), int(one.server_address[1])) for one in self._sockets]

    def start(self) -> NtpServer:
        """Serve in threads, until `stop`."""
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and let go of the ports."""
        for one in self._sockets:
            if getattr(self, "_threads", None) and self._threads[0].is_alive():
                one.shutdown()
            one.server_close()
