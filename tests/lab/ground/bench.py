# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the proofs of the ground are given: the hosts, one of each Debian release, and ways to try them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

from lab.hosts import enter
from lab.hosts.ipv6 import ADMIN, SECOND_PHONE
from lab.lab import ROOT, Lab
from lab.playbook import Run, run_playbook
from lab.telephone import Options, Telephone, subscriber

OFFICE = ROOT / "tests" / "lab" / "office_ground"
TABLE = "inet dialtone_firewall"
# The elements of a set that packets fill.
METERED = re.compile(r"(flags dynamic[^}]*?)\s*elements = \{[^}]*\}")
COUNTED = re.compile(r"\s*# count \d+")
SIP = 5060
RTP = range(10000, 11000)  # as tests/lab/office_ground has it
STANDIN_RTP = "10000-10799"  # of the stand-in; the rest is for what listens besides
PBX_TONE, CALLER_TONE = 523, 440
LONG = 1800.0  # seconds that a stand-in stays
SOON = 10.0  # what is there within milliseconds on a machine with nothing else to do
SCAN = 180.0  # seconds for a scan, which takes ten there
VENV = Path(sys.executable).parent


def plain(rules: str) -> str:
    """Return rules without what packets have filled; newer nftables also say how much that is."""
    return COUNTED.sub("", METERED.sub(r"\1", rules))


class Speaker(Telephone):
    """One `lab.ground.endpoint`; what it talks is given line by line."""

    def __init__(self, process: subprocess.Popen[str], timeout: float) -> None:
        super().__init__(process, timeout)
        self.pipe = process.stdin

    def send(self, text: str) -> None:
        assert self.pipe is not None
        self.pipe.write(f"{text}\n")
        self.pipe.flush()

    def echoes(self, text: str, within: float = SOON) -> bool:
        """Send it, and tell whether it comes back."""
        self.send(text)
        return self.heard("reply", text, within)

    def heard(self, event: str, text: str = "", within: float = SOON) -> bool:
        try:
            self.wait_for(event, lambda one: text in str(one.get("text", "")), within)
        except RuntimeError:
            return False
        return True

    def close(self) -> None:
        if self.pipe is not None:
            self.pipe.close()
        super().close()


class Site:
    """One host, and what can be tried on it."""

    def __init__(self, bench: Bench, name: str) -> None:
        self.bench = bench
        self.name = name
        self.address = bench.lab.address(name)
        self.address6 = bench.address6(self.address)

    # -- inside --------------------------------------------------------------------------------------------------

    def sh(self, script: str, *, check: bool = True, timeout: float = 60.0, input: str | None = None) -> str:
        """Run a shell script on the host and return what it prints. LabError if it fails, unless told not to check."""
        return str(
            self.bench.lab.exec(self.name, ["sh", "-euc", script], check=check, timeout=timeout, input=input).stdout
        )

    def holds(self, script: str) -> bool:
        """Whether a shell script ends well."""
        return bool(self.bench.lab.exec(self.name, ["sh", "-euc", script], check=False).returncode == 0)

    def soon(self, script: str, within: float = 15.0) -> bool:
        """Whether a shell script ends well before the seconds are over."""
        deadline = time.monotonic() + within
        while not self.holds(script):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.2)
        return True

    def ruleset(self, *but: str) -> str:
        """Return all tables but these, as nftables lists them, without the figures of counters."""
        tables = [line.removeprefix("table ") for line in self.sh("nft list tables").splitlines()]
        wanted = [table for table in tables if table not in but]
        return "".join(self.sh(f"nft -s list table {table}") for table in wanted)

    def rules(self) -> str:
        """Return our table as nftables lists it, without what counters and meters have gathered."""
        return plain(self.sh(f"nft -s list table {TABLE} 2>/dev/null || true"))

    def counters(self) -> dict[str, int]:
        """Return the packets of each named counter."""
        listed = json.loads(self.sh(f"nft -j list counters table {TABLE}"))["nftables"]
        return {one["counter"]["name"]: int(one["counter"]["packets"]) for one in listed if "counter" in one}

    def dropped(self) -> int:
        """Return how many packets were dropped, for whatever reason."""
        return sum(count for name, count in self.counters().items() if "drop" in name)

    # -- packets -------------------------------------------------------------------------------------------------

    @contextmanager
    def listens(self, *places: str) -> Iterator[Speaker]:
        """Show what arrives at PROTOCOL/PORT of both addresses, and send it back."""
        wanted = []
        for place in places:
            protocol, port = place.split("/")
            wanted += [f"{protocol}/{address}/{port}" for address in (self.address, self.address6)]
        with self.bench.endpoint(self.name, "listen", wanted) as one:
            one.wait_for("ready", within=SOON)
            yield one

    @contextmanager
    def talks(self, host: str, source: str, place: str, source_port: int = 0) -> Iterator[Speaker]:
        """Talk from an address of another host to PROTOCOL/PORT of this one, over the address's kind of IP."""
        protocol, port = place.split("/")
        target = self.address6 if ":" in source else self.address
        more = ["--source", source, "--source-port", str(source_port)]
        with self.bench.endpoint(host, "talk", [f"{protocol}/{target}/{port}"], more) as one:
            yield one

    # -- calls ---------------------------------------------------------------------------------------------------

    @property
    def did(self) -> str:
        """The number of the carrier that leads to this host."""
        return f"+120255501{21 + self.bench.names.index(self.name)}"

    @contextmanager
    def standin(self) -> Iterator[Telephone]:
        """What stands for the PBX: it answers every call to 5060 and plays its tone."""
        options: Options = {
            "listen": f"{self.address}:{SIP}",
            "calls": 0,
            "tone": PBX_TONE,
            "expect": CALLER_TONE,
            "rtp-ports": STANDIN_RTP,
        }
        with subscriber(self.bench.lab, self.name, "answer", options, timeout=LONG) as pbx:
            pbx.wait_for("listening", within=SOON)
            yield pbx

    def call_in(self, caller: str = "+12025550199", /, **more: Any) -> AbstractContextManager[Telephone]:
        """A call from outside, over the carrier: signalling from an edge, media from the carrier's media network."""
        options = {
            "listen": f"{self.bench.lab.address('pstn')}:0",
            "from": f"sip:{caller}@{self.bench.lab.address('pstn')}",
            "to": f"sip:{self.did}@{self.bench.lab.address('carrier')}",
            "proxy": f"{self.bench.lab.address('carrier')}:{SIP}",
            **self._talk(more),
        }
        return subscriber(self.bench.lab, "pstn", "call", options, timeout=float(more.get("timeout", 20)))

    def call_from(self, host: str, source: str, **more: Any) -> AbstractContextManager[Telephone]:
        """A call from an address of a host straight to the PBX."""
        options = {
            "listen": f"{source}:0",
            "from": f"sip:101@{source}",
            "to": f"sip:100@{self.address}",
            **self._talk(more),
        }
        return subscriber(self.bench.lab, host, "call", options, timeout=float(more.get("timeout", 20)))

    @staticmethod
    def _talk(more: Mapping[str, Any]) -> Options:
        return {"tone": CALLER_TONE, "expect": PBX_TONE, **{key: more[key] for key in more if key != "timeout"}}


class Bench:
    """One lab with hosts of every Debian release on which the playbook `ground` has run."""

    def __init__(self, lab: Lab, names: list[str] | None = None) -> None:
        self.lab = lab
        self.names = [host.name for host in lab.plan.ground_hosts]
        self.sites = [Site(self, name) for name in self.names if name in (names or self.names)]
        self.phone = lab.address("phone")
        self.second_phone = f"{lab.plan.prefix}.{SECOND_PHONE}"
        self.admin = f"{lab.plan.prefix}.{ADMIN}"
        self.rogue = lab.address("rogue")
        self.outside = lab.address("pstn")
        self.edges = [address for edge in ("ashburn", "umatilla") for address in lab.plan.edge_addresses(edge)]
        self.changed: dict[str, Any] = {}

    def address6(self, address: str) -> str:
        """Return the IPv6 address that belongs to another one, as the kernel writes it."""
        return self.lab.plan.address6(address).replace(":0:0::", "::")

    # -- programs ------------------------------------------------------------------------------------------------

    @contextmanager
    def endpoint(
        self, host: str, action: str, places: list[str], more: list[str] | None = None, timeout: float = 120.0
    ) -> Iterator[Speaker]:
        argv = ["python3", "-m", "lab.ground.endpoint", action, *places, *(more or [])]
        one = Speaker(self.lab.popen(host, argv, stdin=subprocess.PIPE), timeout)
        try:
            yield one
        finally:
            one.close()

    def beside(self, host: str, argv: list[str], timeout: float = 60.0) -> str:
        """Run a program of this machine's virtual environment in the network of a host; return what it prints."""
        pid = str(self.lab._pid(host))
        command = [*enter._entry(), "--target", pid, "--net", "--", str(VENV / argv[0]), *argv[1:]]
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
        return done.stdout + done.stderr

    def scan(self, host: str, target: str, *more: str) -> dict[str, Any]:
        """Scan all ports of an address from a host; '' is this machine."""
        argv = ["-m", "lab.ground.scan", target, *more]
        if host:
            text = self.lab.exec(host, ["python3", *argv], timeout=SCAN).stdout
        else:
            text = subprocess.run(
                [sys.executable, *argv], capture_output=True, text=True, timeout=SCAN, check=True
            ).stdout
        found: dict[str, Any] = json.loads(text)
        return found

    # -- the office ----------------------------------------------------------------------------------------------

    def trunks(self) -> None:
        """Have the carrier lead a number to each host."""
        self.lab.reset()
        rest = self.lab.control().rest
        account = f"api/2010-04-01/Accounts/{self.lab.control().account_sid}"
        known = rest("GET", f"{account}/IncomingPhoneNumbers.json")["incoming_phone_numbers"]
        numbers = {one["phone_number"]: one["sid"] for one in known}
        for site in self.sites:
            values = {"FriendlyName": site.name, "DomainName": f"acme-{site.name}.pstn.twilio.com"}
            below = f"trunking/v1/Trunks/{rest('POST', 'trunking/v1/Trunks', values)['sid']}"
            url = {"FriendlyName": site.name, "SipUrl": f"sip:{site.address}:{SIP}"}
            rest("POST", f"{below}/OriginationUrls", {**url, "Priority": "1", "Weight": "1", "Enabled": "true"})
            rest("POST", f"{below}/PhoneNumbers", {"PhoneNumberSid": numbers[site.did]})

    @contextmanager
    def standins(self) -> Iterator[None]:
        """Have something answer on every host."""
        with ExitStack() as stack:
            for site in self.sites:
                stack.enter_context(site.standin())
            yield

    def playbook(
        self,
        changes: Mapping[str, Any],
        *options: str,
        log: str = "ground",
        progress: Callable[[str], None] = lambda __: None,
    ) -> Run:
        """Run the playbook `ground` on the hosts with these variables on top of the office's."""
        limit = ",".join(site.name for site in self.sites)
        return run_playbook(
            "ground",
            inventory=[self.lab.ground_inventory, OFFICE],
            log=self.lab.state / "logs" / f"{re.sub('[^a-z0-9]+', '-', log)}.log",
            options=["--diff", "--limit", limit, "-e", json.dumps(dict(changes)), *options],
            environment={**self.lab.environment(), "ANSIBLE_SSH_CONTROL_PATH_DIR": str(self.lab.ssh_sockets)},
            progress=progress,
        )

    def firewall(self, *options: str, log: str, **changes: Any) -> Run:
        """Run the role firewall alone."""
        return self.playbook({"voice_ground": ["firewall"], **changes}, *options, log=log)


def words(run: Run) -> str:
    """Return what a run that failed has said, shortly."""
    said = [line for line in run.output.splitlines() if line.startswith("fatal: [")]
    return "\n".join(f"{line[:400]}" for line in said[:3]) or run.tail(10)


def each(sites: list[Site], action: Callable[[Site], object]) -> None:
    """Do something with all hosts at once; what the first one raises is raised."""
    errors: list[Exception] = []

    def work(site: Site) -> None:
        try:
            action(site)
        except Exception as error:
            error.args = (f"{site.name}: {error}",)
            errors.append(error)

    threads = [threading.Thread(target=work, args=(site,)) for site in sites]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
