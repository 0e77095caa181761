# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The carrier container's first process: addresses, emulator, DNS, STUN, NTP and Kamailio, kept running.

python3 -m lab.carrier --lab demo --forward ADDRESS

Each service's lines go to standard output with its name in front, which is what `python -m lab logs carrier` shows.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import FrameType

from lab.carrier import certificates
from lab.carrier.render import TEMPLATE, render
from lab.hosts.plan import (
    DNS_CONTROL_PORT,
    DNS_PORT,
    NTP_CONTROL_PORT,
    NTP_PORT,
    NTS_PORT,
    REST_PORT,
    STUN_CONTROL_PORT,
    STUN_PORT,
    Plan,
    make_plan,
)

CONFIG = Path("/run/kamailio.cfg")
CHRONY = Path("/run/chrony.conf")
SHORTEST_LIFE = 2.0  # seconds; a service that ends sooner waits as long before it is started again


def commands(plan: Plan, forward: str) -> dict[str, list[str]]:
    """Return the command line of each service."""
    python = [sys.executable, "-m"]
    return {
        "emulator": [
            *python, "lab.emulator", "--listen", f"{plan.carrier}:{REST_PORT}",
            "--edge-hook", f"{sys.executable} -m lab.carrier.edges --lab {plan.name}",
        ],
        "dns": [
            *python, "lab.dns", "--listen", f"{plan.carrier}:{DNS_PORT}",
            "--control", f"{plan.carrier}:{DNS_CONTROL_PORT}", "--forward", forward,
        ],
        "stun": [
            *python, "lab.stun", "--listen", f"{plan.carrier}:{STUN_PORT}",
            "--control", f"{plan.carrier}:{STUN_CONTROL_PORT}",
        ],
        "ntp": [
            *python, "lab.ntp", "--control", f"{plan.carrier}:{NTP_CONTROL_PORT}",
            "--listen", *(f"{address}:{NTP_PORT}" for address in time_addresses(plan)),
        ],
        # -x: the clock is that of the machine, and stays as it is.
        "nts": ["chronyd", "-x", "-d", "-u", "root", "-f", str(CHRONY)],
        "sip": ["kamailio", "-f", str(CONFIG), "-DD", "-E", "-m", "64", "-M", "8", "-Y", "/run", "-w", "/run"],
    }  # fmt: skip


def time_addresses(plan: Plan) -> list[str]:
    """Return every address that has a time server which can lie."""
    names = (name for name in plan.time_servers if name != "nts.lab")
    return [address for name in names for address in plan.time_servers[name]]


def nts_server(plan: Plan) -> str:
    """Return the configuration of the time server that proves who it is."""
    key, certificate = certificates.FOLDER / "edge.key", certificates.FOLDER / "edge.pem"
    lines = [
        f"bindaddress {plan.time_servers['nts.lab'][0]}", "allow", "local stratum 2", "cmdport 0", "bindcmdaddress /",
        "pidfile /run/chronyd.pid", f"ntsport {NTS_PORT}", f"ntsserverkey {key}", f"ntsservercert {certificate}",
    ]  # fmt: skip
    return "\n".join([*lines, ""])


class Services:
    """The services: started, restarted when they end, ended together."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._running: dict[str, subprocess.Popen[str]] = {}

    def keep(self, name: str, argv: list[str]) -> None:
        """Run one service until `stop`."""
        while not self._stopping.is_set():
            started = time.monotonic()
            with subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            ) as process:
                self._running[name] = process
                assert process.stdout is not None
                for line in process.stdout:
                    say(name, line.rstrip())
            if not self._stopping.is_set():
                say(name, f"ended with {process.returncode}; starting it again")
                self._stopping.wait(max(0.0, SHORTEST_LIFE - (time.monotonic() - started)))

    def stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping.set()
        for process in self._running.values():
            process.terminate()


def say(name: str, text: str) -> None:
    # One write for a line, or the services' lines run into each other.
    sys.stdout.write(f"{name}: {text}\n")
    sys.stdout.flush()


def add_addresses(plan: Plan) -> None:
    """Give the edges' addresses to the interface that has the carrier's own."""
    for address in plan.hosts["carrier"].extra:
        subprocess.run(["ip", "address", "replace", f"{address}/32", "dev", "sip0"], check=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m lab.carrier")
    parser.add_argument("--lab", required=True)
    parser.add_argument("--forward", required=True, help="the DNS server that other names are asked of")
    options = parser.parse_args()
    plan = make_plan(options.lab)
    services = Services()
    signal.signal(signal.SIGTERM, services.stop)
    signal.signal(signal.SIGINT, services.stop)
    add_addresses(plan)
    certificates.make(plan)
    CONFIG.write_text(render(plan, TEMPLATE.read_text(encoding="utf-8")), encoding="utf-8")
    CHRONY.write_text(nts_server(plan), encoding="utf-8")
    checked = subprocess.run(["kamailio", "-c", "-f", str(CONFIG)], capture_output=True, text=True, check=False)
    if checked.returncode != 0:
        say("sip", checked.stdout + checked.stderr)
        return 1
    threads = [
        threading.Thread(target=services.keep, args=(name, argv))
        for name, argv in commands(plan, options.forward).items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return 0


if __name__ == "__main__":
    sys.exit(main())
