# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends of a packet: what arrives at a host, and what comes back. Standard library only, events as JSON lines.

python3 -m lab.ground.endpoint listen udp/ADDRESS/PORT tcp/ADDRESS/PORT …
    says `ready`, then `packet` (to, from, text) for each that arrives, and sends it back as it came
python3 -m lab.ground.endpoint talk udp/ADDRESS/PORT --source ADDRESS [--source-port PORT]
    sends each line of its input; says `ready` (TCP: when connected; `silent` when not within --wait), `reply` (text)
python3 -m lab.ground.endpoint flood udp/ADDRESS/PORT --source ADDRESS --rate N --seconds S
    sends OPTIONS as fast as told; says `flooded` (sent)
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import selectors
import socket
import sys
import time

MOST_RATE, MOST_SECONDS = 5000.0, 20.0
TEXT = 200  # characters of a packet that are shown
KINDS = {"udp": socket.SOCK_DGRAM, "tcp": socket.SOCK_STREAM}


def say(event: str, **what: object) -> None:
    print(json.dumps({"event": event, **what}), flush=True)


def read_place(text: str) -> tuple[str, str, int]:
    """Read PROTOCOL/ADDRESS/PORT."""
    protocol, address, port = text.split("/")
    if protocol not in KINDS:
        raise argparse.ArgumentTypeError(f"{text}: use udp/ADDRESS/PORT or tcp/ADDRESS/PORT")
    return protocol, address, int(port)


def make(protocol: str, address: str) -> socket.socket:
    made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, KINDS[protocol])
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if ":" in address:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    return made


def listen(places: list[tuple[str, str, int]]) -> None:
    """Show and return everything that arrives, until killed."""
    chooser = selectors.DefaultSelector()
    for protocol, address, port in places:
        one = make(protocol, address)
        one.bind((address, port))
        if protocol == "tcp":
            one.listen(64)
        chooser.register(one, selectors.EVENT_READ, (protocol, port, one))
    say("ready")
    while True:
        for key, __ in chooser.select():
            protocol, port, one = key.data
            with contextlib.suppress(OSError):
                if protocol == "tcp" and key.fileobj is one:
                    connection, sender = one.accept()
                    chooser.register(connection, selectors.EVENT_READ, ("tcp", port, sender))
                elif protocol == "udp":
                    data, sender = one.recvfrom(4096)
                    show(protocol, port, sender, data)
                    one.sendto(data, sender)
                elif data := key.fileobj.recv(4096):  # type: ignore[union-attr]
                    show(protocol, port, one, data)
                    key.fileobj.sendall(data)  # type: ignore[union-attr]
                else:
                    chooser.unregister(key.fileobj)
                    key.fileobj.close()  # type: ignore[union-attr]


def show(protocol: str, port: int, sender: tuple[str, int], data: bytes) -> None:
    text = data.decode(errors="replace").strip()[:TEXT]
    say("packet", to=f"{protocol}/{port}", **{"from": sender[0], "from_port": sender[1], "text": text})


def talk(place: tuple[str, str, int], source: tuple[str, int], wait: float) -> None:
    """Send the lines of standard input, say what comes back."""
    protocol, address, port = place
    one = make(protocol, address)
    one.bind(source)
    one.settimeout(wait)
    try:
        one.connect((address, port))
    except OSError as error:
        say("silent" if isinstance(error, TimeoutError) else "refused", why=str(error))
        return
    one.setblocking(False)
    say("ready", source_port=one.getsockname()[1])
    chooser = selectors.DefaultSelector()
    chooser.register(one, selectors.EVENT_READ)
    chooser.register(sys.stdin, selectors.EVENT_READ, "a line that is to be sent")
    while True:
        for key, __ in chooser.select():
            if key.data:
                # Not by readline: lines that it keeps for later would wait for the next one.
                lines = os.read(sys.stdin.fileno(), 4096)
                if not lines:
                    return
                for line in lines.splitlines(keepends=True):
                    with contextlib.suppress(OSError):  # an ICMP error for an earlier one
                        one.send(line)
                continue
            try:
                data = one.recv(4096)
            except OSError as error:
                say("refused", why=str(error))
                data = b"" if protocol == "tcp" else b"refused"
            if not data and protocol == "tcp":
                say("closed")
                return
            if data != b"refused":
                say("reply", text=data.decode(errors="replace").strip()[:TEXT])


def options_request(source: str, port: int, target: str) -> bytes:
    """Return an OPTIONS request that anybody would answer."""
    token = secrets.token_hex(8)
    host = f"[{source}]" if ":" in source else source
    return (
        f"OPTIONS sip:{target} SIP/2.0\r\nVia: SIP/2.0/UDP {host}:{port};rport;branch=z9hG4bK{token}\r\n"
        f"From: <sip:flood@{host}>;tag={token}\r\nTo: <sip:{target}>\r\nCall-ID: {token}\r\nCSeq: 1 OPTIONS\r\n"
        "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    ).encode()


def flood(place: tuple[str, str, int], source: tuple[str, int], rate: float, seconds: float) -> None:
    """Send OPTIONS at that rate, for that long at most."""
    protocol, address, port = place
    one = make(protocol, address)
    one.bind(source)
    one.connect((address, port))
    request = options_request(source[0], one.getsockname()[1], address)
    start = time.monotonic()
    sent, planned = 0, int(rate * seconds)
    while sent < planned:
        due = min(planned, int((time.monotonic() - start) * rate) + 1)
        while sent < due:
            with contextlib.suppress(OSError):
                one.send(request)
            sent += 1
        time.sleep(0.005)
    say("flooded", sent=sent, seconds=round(time.monotonic() - start, 2))


def main() -> int:
    parser = argparse.ArgumentParser(prog="lab.ground.endpoint", description="Both ends of a packet.")
    parser.add_argument("action", choices=["listen", "talk", "flood"])
    parser.add_argument("places", nargs="+", type=read_place, metavar="PROTOCOL/ADDRESS/PORT")
    parser.add_argument("--source", default="", metavar="ADDRESS")
    parser.add_argument("--source-port", type=int, default=0)
    parser.add_argument("--wait", type=float, default=3.0, help="seconds for a connection (default: 3)")
    parser.add_argument("--rate", type=float, default=2000.0, help=f"packets a second, at most {MOST_RATE:.0f}")
    parser.add_argument("--seconds", type=float, default=10.0, help=f"at most {MOST_SECONDS:.0f}")
    options = parser.parse_args()
    source = (options.source or ("::" if ":" in options.places[0][1] else "0.0.0.0"), options.source_port)
    if options.action == "listen":
        listen(options.places)
    elif options.action == "talk":
        talk(options.places[0], source, options.wait)
    else:
        flood(options.places[0], source, min(options.rate, MOST_RATE), min(options.seconds, MOST_SECONDS))
    return 0


if __name__ == "__main__":
    sys.exit(main())
