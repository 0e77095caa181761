# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m lab.dns`: run the DNS server until interrupted."""

from __future__ import annotations

import argparse
import errno
import ipaddress
import json
import signal
import sys
import threading
from pathlib import Path

from lab.dns.config import ConfigError, lab_config, read_config
from lab.dns.control import ControlServer, Desk
from lab.dns.server import DnsServer, Responder


def _address(text: str) -> tuple[str, int]:
    host, __, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not ADDRESS:PORT, for example 127.0.0.1:5353")
    return host, int(port)


def _upstream(text: str) -> tuple[str, int]:
    host, __, port = text.partition(":")
    try:
        ipaddress.IPv4Address(host)
        return host, int(port or 53)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not an IPv4 address, with :PORT or without") from None


def _fail(sentence: str) -> int:
    print(f"lab.dns: {sentence}", file=sys.stderr)
    return 1


def _cannot_listen(option: str, address: tuple[str, int], error: OSError) -> int:
    where = f"{address[0]}:{address[1]}"
    if error.errno == errno.EADDRINUSE:
        return _fail(f"{where} is taken: stop what listens there, or give another address with {option}")
    if error.errno == errno.EACCES:
        return _fail(f"{where} needs root: run as root, or give a port above 1023 with {option}")
    return _fail(f"cannot listen on {where}: {error.strerror}; give another address with {option}")


def main(argv: list[str] | None = None) -> int:
    """Serve; print `{"listening": "ADDRESS:PORT", "control": "http://…"}` when ready. 0 after an interruption."""
    parser = argparse.ArgumentParser(prog="lab.dns", description="Answer for Twilio's termination names.")
    parser.add_argument("--listen", type=_address, required=True, metavar="ADDRESS:PORT", help="UDP and TCP")
    parser.add_argument("--config", type=Path, metavar="FILE",
                        help="edges and their addresses as JSON; without it the lab's address plan")  # fmt: skip
    parser.add_argument("--control", type=_address, metavar="ADDRESS:PORT", help="HTTP: faults and the log")
    parser.add_argument("--forward", type=_upstream, action="append", default=[], metavar="ADDRESS[:PORT]",
                        help="a DNS server for all other names; repeatable; none: they are refused")  # fmt: skip
    options = parser.parse_args(argv)
    try:
        config = read_config(options.config) if options.config else lab_config(options.listen[0])
    except ConfigError as error:
        return _fail(str(error))
    desk = Desk()
    try:
        server = DnsServer(options.listen, Responder(config, desk, options.forward))
    except OSError as error:
        return _cannot_listen("--listen", options.listen, error)
    control = None
    if options.control:
        try:
            control = ControlServer(options.control, desk)
        except OSError as error:
            server.stop()
            return _cannot_listen("--control", options.control, error)
        threading.Thread(target=control.serve_forever, daemon=True).start()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *__: ended.set())
    server.start()
    url = f"http://{control.server_address[0]!s}:{control.server_address[1]}" if control else None
    print(json.dumps({"listening": f"{server.address[0]}:{server.address[1]}", "control": url}), flush=True)
    ended.wait()
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
