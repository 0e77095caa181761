# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m lab.ntp`: run the time servers until interrupted."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading

from lab.ntp.control import ControlServer, Desk
from lab.ntp.server import NtpServer


def _address(text: str) -> tuple[str, int]:
    host, __, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not ADDRESS:PORT, for example 127.0.0.1:1123")
    return host, int(port)


def main(argv: list[str] | None = None) -> int:
    """Serve; print `{"listening": ["ADDRESS:PORT", …], "control": "http://…"}` when ready. 0 after an interruption."""
    parser = argparse.ArgumentParser(prog="lab.ntp", description="Tell the time, true or false.")
    parser.add_argument("--listen", type=_address, required=True, nargs="+", metavar="ADDRESS:PORT", help="UDP")
    parser.add_argument("--control", type=_address, required=True, metavar="ADDRESS:PORT", help="HTTP: faults and log")
    options = parser.parse_args(argv)
    desk = Desk()
    try:
        server = NtpServer(options.listen, desk)
        control = ControlServer(options.control, desk)
    except OSError as error:
        print(f"lab.ntp: cannot listen: {error}; give other addresses", file=sys.stderr)
        return 1
    threading.Thread(target=control.serve_forever, daemon=True).start()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *__: ended.set())
    server.start()
    where, url = [f"{host}:{port}" for host, port in server.addresses], control.server_address
    print(json.dumps({"listening": where, "control": f"http://{url[0]!s}:{url[1]}"}), flush=True)
    ended.wait()
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
