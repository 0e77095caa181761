# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proofs of the role time_sync: a clock that is right, what is said of one that is not, and the time for telephones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lab.control import Control
from lab.ground.bench import Bench, Site, each, words
from lab.ground.registry import proof
from lab.playbook import Run
from lab.proof.findings import Findings
from lab.report import Outcome

WAIT = 15  # seconds that the role waits where it waits in vain; chronyd needs about eight
CONFIG = "/etc/chrony/chrony.conf"
# The one line of a source that was selected.
SELECTED = "chronyc -n -c sources | grep -q '^^,[*],'"
NO_COOKIES = "systemctl stop chrony; rm -f /var/lib/chrony/*.nts; systemctl start chrony"
# One request of a client (SNTP), and whether something came back.
ASK = """
import socket, struct, sys, time
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind((sys.argv[1], 0))
sock.settimeout(2)
sock.sendto(b"\\x23" + bytes(47), (sys.argv[2], 123))
try:
    reply = sock.recv(200)
except OSError:
    sys.exit(3)
told = struct.unpack("!I", reply[40:44])[0] - 2208988800
print(reply[1], abs(told - time.time()) < 2)
"""


def _control(bench: Bench) -> Control:
    return Control(bench.lab.plan.ntp_control, "", "")


def anew(site: Site) -> None:
    """Have chronyd know nothing of its sources, not even who they are, and ask them."""
    site.sh(NO_COOKIES)


@contextmanager
def faults(bench: Bench, *wanted: dict[str, Any]) -> Iterator[None]:
    """Have the lab's time servers behave so, and every chronyd ask them anew; afterwards they are true again."""
    control = _control(bench)
    control.post("ntp/reset")
    for one in wanted:
        control.post("ntp/faults", {"times": None, **one})
    try:
        each(bench.sites, anew)
        yield
    finally:
        control.post("ntp/reset")
        each(bench.sites, anew)


def run(bench: Bench, log: str, *options: str, **changes: Any) -> Run:
    """Run the role alone."""
    return bench.playbook({"voice_ground": ["time_sync"], **changes}, *options, log=f"clock-{log}")


def restored(bench: Bench, found: Findings, log: str) -> None:
    """Expect that the office's own description goes through."""
    done = run(bench, f"{log}-back")
    found.expect(done.returncode == 0, f"the office's own description ended with {done.returncode}:\n{words(done)}")


def settled(bench: Bench, found: Findings, log: str) -> None:
    """Expect that there is nothing to change."""
    again = run(bench, f"{log}-again")
    found.expect(again.returncode == 0, f"the next run ended with {again.returncode}:\n{words(again)}")
    found.expect(again.total_changed == 0, f"the next run changed {again.changed}")


def says(found: Findings, done: Run, *texts: str) -> None:
    """Expect that a run failed with these words."""
    found.expect(done.returncode == 2, f"the playbook ended with {done.returncode}")
    missing = [text for text in texts if text not in done.output]
    found.expect(not missing, f"not said: {', '.join(missing)}\n{words(done)}")


@proof("clock: synchronised, and left alone in a container", phase="state", each=True)
def synchronised(site: Site) -> Outcome:
    """The lab's server is selected, and chronyd leaves the machine's clock alone, as it is in a container."""
    found = Findings()
    found.expect(site.soon(SELECTED), f"no source is selected: {site.sh('chronyc -n sources', check=False)}")
    command = site.sh("tr '\\0' ' ' </proc/$(cat /run/chrony/chronyd.pid)/cmdline")
    found.expect(" -x " in f"{command} ", f"chronyd may set the clock: {command}")
    found.expect(not site.holds("ss -Hlnu | grep -q ':123 '"), "it tells the time, which nobody asked for")
    found.note(command.strip())
    return found.outcome()


@proof("clock: a server that lies", phase="changes", weight=60)
def lying(bench: Bench) -> Outcome:
    """A server that is an hour behind fails the run, which says by how much. Without the look at the offset the clock
    counts as synchronised. The next run, with true servers, changes nothing."""
    found = Findings()
    with faults(bench, {"kind": "lie", "offset": -3600}):
        says(found, run(bench, "lying", time_sync_wait_seconds=WAIT), "3600 s ahead of", "correct that one")
    settled(bench, found, "lying")
    return found.outcome()


@proof("clock: no server answers", phase="changes", weight=60)
def silent(bench: Bench) -> Outcome:
    """Silence, a refusal, a server without a time and a name that is none are told apart, each with its remedy."""
    found = Findings()
    prefix = bench.lab.plan.prefix
    sources = [f"{prefix}.0.10", f"{prefix}.1.0", f"{prefix}.1.1", "nowhere.lab"]
    wanted = (
        {"kind": "silent", "server": sources[0]},
        {"kind": "kiss", "code": "DENY", "server": sources[1]},
        {"kind": "unsynchronised", "server": sources[2]},
    )
    changes = {"time_sync_sources": [{"hostname": name} for name in sources], "time_sync_wait_seconds": WAIT}
    with faults(bench, *wanted):
        texts = (
            f"{sources[0]} has not answered", "open UDP 123", f"{sources[1]} refuses to be asked at all",
            f"{sources[2]} answers, but knows no time itself", "nowhere.lab does not resolve",
        )  # fmt: skip
        says(found, run(bench, "silent", **changes), *texts)
    restored(bench, found, "silent")
    return found.outcome()


@proof("clock: one against the others", phase="changes", weight=90)
def falsetickers(bench: Bench) -> Outcome:
    """Of three servers the one that lies is found and named, and the clock is right. Two that contradict each other
    are nobody's time, and the run fails."""
    found = Findings()
    prefix = bench.lab.plan.prefix
    lie = {"kind": "lie", "offset": 5, "server": f"{prefix}.1.1"}
    with faults(bench, lie):
        three = run(bench, "three", time_sync_sources=[{"hostname": "pool.time.lab", "pool": True}])
        found.expect(three.returncode == 0, f"three servers: ended with {three.returncode}:\n{words(three)}")
        found.expect("is a falseticker" in three.output, "the one that lies is not named")
        two = [{"hostname": f"{prefix}.0.10"}, {"hostname": f"{prefix}.1.1"}]
        done = run(bench, "two", time_sync_sources=two, time_sync_wait_seconds=WAIT)
        says(found, done, "contradict each other", "three or more")
    restored(bench, found, "falsetickers")
    return found.outcome()


@proof("clock: a server that proves who it is", phase="changes", weight=90)
def proven(bench: Bench) -> Outcome:
    """NTS with the lab's own authority works; without it the run fails and says that the certificate is not trusted."""
    found = Findings()
    sources = {"time_sync_sources": [{"hostname": "nts.lab", "nts": True}], "time_sync_auth_select_mode": "require"}
    authority = str(bench.lab.state / "carrier-ca.pem")
    run(bench, "nts-sources", **sources, time_sync_wait_seconds=0)
    each(bench.sites, anew)
    done = run(bench, "nts-untrusted", **sources, time_sync_wait_seconds=WAIT)
    says(found, done, "has not proven who it is", "NOT trusted", "time_sync_nts_authorities")
    trusted = run(bench, "nts", **sources, time_sync_nts_authorities=authority)
    found.expect(trusted.returncode == 0, f"with its authority: ended with {trusted.returncode}:\n{words(trusted)}")
    for site in bench.sites:
        found.expect(site.holds("chronyc -n -c authdata | grep -q ',NTS,'"), f"{site.name}: it was not asked for proof")
    restored(bench, found, "nts")
    return found.outcome()


def rival(site: Site) -> None:
    """Install systemd-timesyncd, which takes chrony away. It does not run in a container, but would on a machine."""
    install = "DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends -y systemd-timesyncd"
    site.sh(f"{{ apt-get -qq update; {install}; }} >/dev/null 2>&1", timeout=240)


@proof("clock: others that set it", phase="changes", weight=120)
def rivals(bench: Bench) -> Outcome:
    """systemd-timesyncd, enabled, is gone after the run, which says so in check mode; chronyd is back."""
    found = Findings()
    each(bench.sites, rival)
    for site in bench.sites:
        found.expect(
            site.holds("systemctl is-enabled --quiet systemd-timesyncd"), f"{site.name}: no timesyncd to begin with"
        )
        found.expect(not site.holds("command -v chronyd"), f"{site.name}: chrony is still there")
    checked = run(bench, "rivals-check", "--check")
    found.expect(checked.returncode == 0, f"check mode ended with {checked.returncode}:\n{words(checked)}")
    found.expect("systemd-timesyncd" in checked.output, "check mode does not say that timesyncd goes")
    done = run(bench, "rivals")
    found.expect(done.returncode == 0, f"the playbook ended with {done.returncode}:\n{words(done)}")
    for site in bench.sites:
        gone = not site.holds("systemctl is-enabled --quiet systemd-timesyncd 2>/dev/null")
        found.expect(gone, f"{site.name}: timesyncd would start again")
        found.expect(site.holds("systemctl is-active --quiet chrony"), f"{site.name}: chronyd does not run")
        command = site.sh("tr '\\0' ' ' </proc/$(cat /run/chrony/chronyd.pid)/cmdline")
        found.expect(" -x " in f"{command} ", f"{site.name}: chronyd may set the clock: {command}")
    settled(bench, found, "rivals")
    return found.outcome()


@proof("clock: a configuration that cannot be", phase="changes", weight=60)
def broken(bench: Bench) -> Outcome:
    """What chronyd's own check refuses is never written. What only its start can refuse is taken back: the former file
    is in force, chronyd runs, and the run ends in its words."""
    found = Findings()
    before = {site.name: site.sh(f"sha256sum {CONFIG}") for site in bench.sites}
    says(found, run(bench, "invalid", time_sync_settings=["frobnicate 1"]), "Invalid directive frobnicate")
    bad = {"time_sync_sources": [{"hostname": "192.0.2.1", "nts": True}], "time_sync_max_offset": 0}
    says(found, run(bench, "bad", **bad), "Nothing was changed", "the certificate is for", "time_sync_max_offset: 0")
    done = run(bench, "unstartable", time_sync_settings=["refclock PHC /dev/ptp99"])
    says(found, done, "Could not open PHC", "The former one is in force again")
    for site in bench.sites:
        found.expect(site.sh(f"sha256sum {CONFIG}") == before[site.name], f"{site.name}: the file is another one")
        found.expect(site.holds("systemctl is-active --quiet chrony"), f"{site.name}: chronyd does not run")
    again = run(bench, "broken-again")
    found.expect(again.returncode == 0, f"the next run ended with {again.returncode}:\n{words(again)}")
    found.expect(again.total_changed == 0, f"the next run changed {again.changed}")
    return found.outcome()


def _told(bench: Bench, host: str, site: Site) -> str:
    """Return the stratum that a host is told by a site and whether the time is right; "" without an answer."""
    argv = ["python3", "-c", ASK, bench.lab.address(host), site.address]
    return str(bench.lab.exec(host, argv, check=False).stdout).strip()


@proof("clock: the time for telephones", phase="changes", weight=60)
def telephones(bench: Bench) -> Outcome:
    """With voice_time_server a telephone is told the time, and a stranger is not: firewall and chronyd both refuse."""
    found = Findings()
    changes = {"voice_ground": ["time_sync", "firewall"], "voice_time_server": True}
    done = bench.playbook(changes, log="clock-telephones")
    found.expect(done.returncode == 0, f"the playbook ended with {done.returncode}:\n{words(done)}")
    for site in bench.sites:
        found.expect(site.soon(SELECTED), f"{site.name}: no source is selected")
        told = _told(bench, "phone", site)
        found.expect(told.endswith("True"), f"{site.name}: the telephone is told '{told}'")
        found.expect(not _told(bench, "rogue", site), f"{site.name}: a stranger is told the time")
        # The firewall keeps strangers out before chronyd does; it would too.
        refused = site.sh(f"chronyc accheck {bench.rogue}", check=False)
        found.expect("denied" in refused, f"{site.name}: chronyd would answer a stranger: {refused}")
        found.note(f"{site.name}: stratum {told.partition(' ')[0]}")
    back = bench.playbook({"voice_ground": ["time_sync", "firewall"]}, log="clock-telephones-back")
    found.expect(back.returncode == 0, f"the office's own description ended with {back.returncode}:\n{words(back)}")
    return found.outcome()


@proof("clock: after a start", phase="reboot", weight=20)
def start(bench: Bench) -> Outcome:
    """After a start chronyd is synchronised without anybody's doing, and the role has nothing to repair."""
    found = Findings()
    # One after the other: a start ends with a look at every machine of the lab.
    for site in bench.sites:
        bench.lab.reboot(site.name)
    for site in bench.sites:
        found.expect(site.soon(SELECTED, within=30), f"{site.name}: no source is selected")
    done = run(bench, "start")
    found.expect(done.returncode == 0, f"the playbook ended with {done.returncode}:\n{words(done)}")
    found.expect(done.total_changed == 0, f"the playbook changed {done.changed}")
    return found.outcome()
