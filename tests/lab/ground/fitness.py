# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host's fitness: what is wrong with it is found, and looking changes nothing."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lab.control import Control
from lab.ground.bench import OFFICE, Bench, Site
from lab.ground.registry import proof
from lab.playbook import Run, run_playbook
from lab.proof.findings import Findings
from lab.report import Outcome

CHECKS = {
    "virtualization", "cpus", "steal", "load", "pressure", "tick", "governor", "clock", "clocksource", "timezone",
    "memory", "swap", "storage", "mtu", "interface", "link", "offloads", "ring", "backlog", "conntrack", "udp_buffers",
    "listeners", "dns", "egress",
}  # fmt: skip
STRANGER = "203.0.113.99"
# Files by name, size, mode, owner and content; without what a running system writes by itself, and Ansible's folder.
FILES = (
    "find /etc /usr/local /opt /root /home /srv /var/lib /var/spool /tmp /run/dialtone -xdev "
    r"\( -path /root/.ansible -o -path /var/lib/systemd -o -path /var/lib/dialtone -o -path '/tmp/systemd-private*' "
    r"-o -path /opt/lab -o -path /var/lib/chrony \) -prune "
    r"-o -type f -printf '%p %s %m %u ' -exec sha256sum {} \; 2>/dev/null | sort"
)
# A socket that is never read, on loopback, with little room, and somebody who sends to it for a few seconds.
OVERRUN = """
import socket, time
deaf, loud = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for __ in range(2))
deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
deaf.bind(("127.0.0.1", 0))
loud.connect(deaf.getsockname())
end = time.monotonic() + 12
while time.monotonic() < end:
    loud.send(bytes(200))
    time.sleep(0.01)
"""
LISTEN = """
import socket, time
one = socket.socket()
one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
one.bind(("0.0.0.0", 5038))
one.listen()
print("ready", flush=True)
time.sleep(60)
"""


class Look:
    """One run of the playbook `fitness`, and the reports it left."""

    def __init__(self, run: Run, folder: Path) -> None:
        self.run = run
        self.reports = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in folder.glob("*.json")}

    def found(self, host: str, check: str, subject: str = "") -> dict[str, Any]:
        """Return the first finding of a check, if given on a subject; a verdict of nothing if there is none."""
        for one in self.reports.get(host, {}).get("findings", []):
            if one["check"] == check and subject in ("", one["subject"]):
                return dict(one)
        return {"verdict": "", "value": "", "reason": "", "figures": {}}


def look(bench: Bench, sites: list[Site], log: str, **changes: Any) -> Look:
    """Run the playbook on hosts with these variables on top."""
    with tempfile.TemporaryDirectory() as folder:
        values = {"fitness_directory": folder, "fitness_seconds": 3, **changes}
        limit = ",".join(site.name for site in sites)
        done = run_playbook(
            "fitness",
            inventory=[bench.lab.ground_inventory, OFFICE],
            log=bench.lab.state / "logs" / f"fitness-{log}-{sites[0].name}.log",
            options=["--diff", "--limit", limit, "-e", json.dumps(values)],
            environment={**bench.lab.environment(), "ANSIBLE_SSH_CONTROL_PATH_DIR": str(bench.lab.ssh_sockets)},
        )
        return Look(done, Path(folder))


@contextmanager
def lying(bench: Bench, **fault: Any) -> Iterator[None]:
    """Have the carrier's STUN server do something wrong."""
    control = Control(bench.lab.plan.stun_control, "", "")
    control.post("stun/faults", {"times": None, **fault})
    try:
        yield
    finally:
        control.post("stun/reset")


# Alone on the hosts: while it runs, Ansible unpacks each module of another run under /tmp.
@proof("fitness: a report of every host", phase="changes", weight=30)
def report(bench: Bench) -> Outcome:
    """Every check says something of every host, its address is the carrier's view of it, and no file has changed."""
    found = Findings()
    before = {site.name: site.sh(FILES) for site in bench.sites}
    seen = look(bench, bench.sites, "report", fitness_seconds=5, fitness_report_only=True)
    found.expect(seen.run.returncode == 0, f"the playbook ended with {seen.run.returncode}:\n{seen.run.tail()}")
    found.expect(seen.run.total_changed == 0, f"it says that it changed {seen.run.changed}")
    for site in bench.sites:
        report = seen.reports.get(site.name, {"findings": [], "summary": {}})
        missing = CHECKS - {one["check"] for one in report["findings"]}
        found.expect(not missing, f"{site.name}: nothing about {', '.join(sorted(missing))}")
        empty = [one["check"] for one in report["findings"] if one["verdict"] == "ok" and not one["value"]]
        found.expect(not empty, f"{site.name}: well, but without a value: {', '.join(empty)}")
        egress, dns = seen.found(site.name, "egress"), seen.found(site.name, "dns")
        found.expect(egress["verdict"] == "ok" and site.address in egress["value"], f"{site.name}: egress {egress}")
        found.expect(dns["verdict"] == "ok", f"{site.name}: dns {dns}")
        found.expect(f"{site.name}: " in seen.run.output, f"{site.name} has no table")
        changed = set(site.sh(FILES).splitlines()) ^ set(before[site.name].splitlines())
        found.expect(not changed and before[site.name], f"{site.name}: looking changed files: {sorted(changed)[:3]}")
        found.note(f"{site.name} {report['summary']}")
        found.evidence[site.name] = report
    return found.outcome()


@proof("fitness: a wrong public address", phase="state", weight=15, each=True)
def public_address(site: Site) -> Outcome:
    """With a wrong address in the description the playbook ends with 2 and names the right one; reporting, with 0."""
    found = Findings()
    wrong = {"fitness_checks": ["egress"], "voice_public_address": STRANGER}
    seen = look(site.bench, [site], "address", **wrong)
    egress = seen.found(site.name, "egress")
    found.expect(seen.run.returncode == 2, f"the playbook ended with {seen.run.returncode}")
    found.expect(egress["verdict"] == "fail", f"the verdict is {egress['verdict']}")
    found.expect(STRANGER in egress["reason"] and site.address in egress.get("remedy", ""), f"it says {egress}")
    seen = look(site.bench, [site], "address-report", fitness_report_only=True, **wrong)
    found.expect(seen.run.returncode == 0, f"only reporting, it ended with {seen.run.returncode}")
    found.note(egress["reason"])
    return found.outcome()


# Alone: it makes the carrier lie, to everybody.
@proof("fitness: what the outside says is not believed blindly", phase="changes", weight=20)
def outside(bench: Bench) -> Outcome:
    """A translated port, a rewritten packet and silence outside are told apart; silence is unknown, not well."""
    found = Findings()
    site = bench.sites[0]
    expected = (
        ({"kind": "lie", "address": STRANGER, "port": 4242}, "warn", "changes ports"),
        ({"kind": "rewrite", "address": STRANGER}, "warn", "rewrites addresses"),
        ({"kind": "silent"}, "unknown", "No answer"),
        ({"kind": "error"}, "unknown", "No answer"),
    )
    for fault, verdict, words in expected:
        address = STRANGER if fault["kind"] == "lie" else site.address
        with lying(bench, **fault):
            seen = look(bench, [site], "outside", fitness_checks=["egress"], voice_public_address=address)
        egress = seen.found(site.name, "egress")
        holds = egress["verdict"] == verdict and words in egress["reason"] and seen.run.returncode == 0
        found.expect(holds, f"{fault['kind']}: {egress}")
        found.note(f"{fault['kind']}: {egress['verdict']}")
    return found.outcome()


@proof("fitness: a name server that keeps silent", phase="state", weight=15, each=True)
def name_server(site: Site) -> Outcome:
    """A name server that answers nothing fails, one that loses a question is warned of, one that knows is well."""
    found = Findings()
    name = f"silent-{site.name}.pstn.twilio.com"
    control = Control(site.bench.lab.plan.dns_control, "", "")
    for times, verdict in ((None, "fail"), (1, "warn"), (0, "ok")):
        asked = name if times is None else f"{times}-{name}"
        if times != 0:
            control.post("dns/faults", {"name_regex": f"^{asked}$", "kind": "timeout", "times": times})
        # Long enough for an answer that does not come, and others after it.
        seen = look(
            site.bench, [site], "names", fitness_checks=["dns"], fitness_names=[asked], fitness_seconds=4,
            fitness_thresholds={"dns_ms": {"warn": 1000, "fail": 2000}}, fitness_report_only=True,
        )  # fmt: skip
        dns = seen.found(site.name, "dns")
        found.expect(dns["verdict"] == verdict, f"{times} times silent: {dns}")
        found.note(f"{'always' if times is None else times} silent: {dns['verdict']}")
    return found.outcome()


@proof("fitness: packets that a program does not fetch", phase="state", weight=10, each=True)
def overrun(site: Site) -> Outcome:
    """While the buffer of a socket on loopback runs over, the losses are counted, and the host is not fit."""
    found = Findings()
    process = site.bench.lab.popen(site.name, ["python3", "-c", OVERRUN])
    try:
        seen = look(site.bench, [site], "buffers", fitness_checks=["udp_buffers"])
    finally:
        process.kill()
        process.wait()
    lost = seen.found(site.name, "udp_buffers")
    found.expect(lost["verdict"] == "fail", f"the verdict is {lost['verdict']}: {lost}")
    found.expect(lost["figures"].get("lost", 0) > 50, f"it counts {lost['figures']}")
    found.expect(seen.run.returncode == 2, f"the playbook ended with {seen.run.returncode}")
    found.note(lost["value"])
    return found.outcome()


@proof("fitness: a management port that is open to everybody", phase="state", weight=10, each=True)
def management_port(site: Site) -> Outcome:
    """Asterisk's manager port on all addresses fails, and does not once it is named as meant so."""
    found = Findings()
    process = site.bench.lab.popen(site.name, ["python3", "-c", LISTEN])
    try:
        assert process.stdout is not None
        found.expect(process.stdout.readline().strip() == "ready", "nothing could be opened on port 5038")
        seen = look(site.bench, [site], "ports", fitness_checks=["listeners"])
        meant = look(site.bench, [site], "ports-meant", fitness_checks=["listeners"], fitness_open_ports=[5038])
    finally:
        process.kill()
        process.wait()
    port = seen.found(site.name, "listeners", "5038/tcp")
    found.expect(port["verdict"] == "fail" and seen.run.returncode == 2, f"{port}, code {seen.run.returncode}")
    other = meant.found(site.name, "listeners", "5038/tcp")
    found.expect(not other["verdict"] and meant.run.returncode == 0, f"meant so: {other}, code {meant.run.returncode}")
    found.note(port["value"])
    return found.outcome()
