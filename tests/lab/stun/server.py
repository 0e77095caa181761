# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The UDP service."""

from __future__ import annotations

import socketserver
import threading

from lab.stun.control import Desk, Fault
from lab.stun.message import failure, success, transaction


def answer(identity: bytes, source: tuple[str, int], fault: Fault | None) -> bytes | None:
    """The answer to a Binding request from `source`; None when it is to stay without one."""
    if fault is None:
        return success(identity, source, source)
    if fault.kind == "silent":
        return None
    if fault.kind == "error":
        return failure(identity, 500, "Server Error")
    false = (fault.address or source[0], fault.port or source[1])
    return success(identity, false if fault.kind == "lie" else source, false)


class _Handler(socketserver.BaseRequestHandler):
    server: StunServer

    def handle(self) -> None:
        packet, connection = self.request
        identity = transaction(packet)
        if identity is None:
            return
        fault = self.server.desk.strike()
        reply = answer(identity, self.client_address, fault)
        self.server.desk.log(
            source=self.client_address[0], port=self.client_address[1], fault=fault.kind if fault else None
        )
        if reply is not None:
            connection.sendto(reply, self.client_address)


class StunServer(socketserver.ThreadingUDPServer):
    """STUN on one address (port 0: a free one).

    Raises:
        OSError: when the address cannot be had.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], desk: Desk) -> None:
        self.desk = desk
        super().__init__(address, _Handler)
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def start(self) -> StunServer:
        """Serve in threads, until `stop`."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and let go of the port."""
        if self._thread.is_alive():
            self.shutdown()
            self._thread.join()
        self.server_close()
