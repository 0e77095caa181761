# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proofs of the role voice_host: marks on the wire, updates that leave a PBX alone, timers in the window."""

from __future__ import annotations

import itertools
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

from lab.ground.bench import RTP, SIP, Bench, Site, Speaker
from lab.ground.registry import proof
from lab.playbook import Run
from lab.proof.findings import Findings
from lab.report import Outcome

EF, CS3 = 46, 24
OTHER = 15353  # neither SIP nor media
VERIFY = "python3 -B /usr/local/libexec/dialtone-host/verify.py"
REPOSITORY = "/var/lib/dialtone-lab"
PBX, LIBRARY = "asterisk-lab", "liblab"
# Only the lab's packages: what Debian has new is none of the proof's business.
ALONE = f'Dir::Etc::sourcelist "{REPOSITORY}/sources.list";\nDir::Etc::sourceparts "-";\n'
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@contextmanager
def sniffer(bench: Bench, host: str, *sources: str) -> Iterator[Speaker]:
    """Count what arrives at a host from some addresses."""
    argv = ["python3", "-m", "lab.ground.sniff", *sources]
    one = Speaker(bench.lab.popen(host, argv, stdin=subprocess.PIPE), 60.0)
    try:
        one.wait_for("ready", within=5.0)
        yield one
    finally:
        one.close()


def answers(number: str) -> Callable[[dict[str, Any]], bool]:
    return lambda event: event["asked"] == number


def marks(one: Speaker, wanted: set[tuple[str, int]]) -> list[list[Any]]:
    """Return what was counted, with all that is wanted (protocol, source port), or after five seconds."""
    deadline = time.monotonic() + 5.0
    for number in itertools.count(len(one.events)):  # greater than all that were asked before
        one.send(str(number))
        asked = one.wait_for("marks", answers(str(number)), within=5.0)
        found: list[list[Any]] = asked["seen"]
        if wanted <= {(row[0], row[1]) for row in found} or time.monotonic() > deadline:
            return found
        time.sleep(0.1)
    raise AssertionError


def of_media(rows: list[list[Any]]) -> set[int]:
    return {row[3] for row in rows if row[0] == "udp" and row[1] in RTP}


def of_sip(rows: list[list[Any]]) -> set[int]:
    return {row[3] for row in rows if row[1] == SIP or row[2] == SIP}


@proof("marks of a call", each=True, weight=6)
def marks_of_a_call(site: Site) -> Outcome:
    """In a call, every packet of media arrives as EF and every one of signalling as CS3; fails without the marks."""
    found = Findings()
    bench = site.bench
    with sniffer(bench, "pstn", site.address) as outside, sniffer(bench, "carrier", site.address) as carrier:
        with site.call_in(**{"talk-seconds": 2}) as caller:
            found.good("call", caller.result())
        sip = marks(carrier, {("udp", SIP)})
        media = marks(outside, set())
    found.evidence["marks"] = {"signalling": sip, "media": media}
    found.expect(of_sip(sip) == {CS3}, f"signalling came with {of_sip(sip) or 'nothing'}, not {CS3} alone")
    found.expect(of_media(media) == {EF}, f"media came with {of_media(media) or 'nothing'}, not {EF} alone")
    found.note(f"{sum(row[4] for row in media if row[1] in RTP)} packets of media as EF, signalling as CS3")
    return found.outcome()


@proof("marks by port", each=True, weight=4)
def marks_by_port(site: Site) -> Outcome:
    """Ports of media and SIP get their marks over IPv4, IPv6 and TCP, and others none; fails if all are marked."""
    found = Findings()
    bench = site.bench
    for source, target in ((site.address, bench.phone), (site.address6, bench.address6(bench.phone))):
        wanted = {RTP[-1]: EF, SIP + 1: CS3, OTHER: 0}
        with sniffer(bench, "phone", source) as phone:
            for port in wanted:
                more = ["--source", source, "--source-port", str(port)]
                with bench.endpoint(site.name, "talk", [f"udp/{target}/9"], more) as one:
                    one.send("mark")
                    marks(phone, {("udp", port)})
            rows = marks(phone, {("udp", port) for port in wanted})
        seen = {row[1]: row[3] for row in rows if row[0] == "udp" and row[1] in wanted}
        found.evidence[source] = rows
        found.expect(seen == wanted, f"from {source} ports came with {seen}, not {wanted}")
    with sniffer(bench, "phone", site.address) as phone:
        more = ["--source", site.address]
        with bench.endpoint(site.name, "talk", [f"tcp/{bench.phone}/{SIP}"], [*more, "--wait", "1"]):
            rows = marks(phone, set())
            deadline = time.monotonic() + 5.0
            while not of_sip(rows) and time.monotonic() < deadline:
                rows = marks(phone, set())
        found.expect(of_sip(rows) == {CS3}, f"TCP to port {SIP} came with {of_sip(rows) or 'nothing'}, not {CS3}")
    return found.outcome()


@proof("management in the open is told", each=True, phase="state")
def management_in_the_open(site: Site) -> Outcome:
    """What listens on all addresses and nobody opened is told with its remedy, and no longer when it is gone."""
    found = Findings()
    script = "import socket, time; s = socket.create_server(('', 5038)); print(flush=True); time.sleep(60)"
    site.sh(f'systemd-run --quiet --collect --unit lab-manager /usr/bin/python3 -c "{script}"')
    try:
        site.soon("ss -Htln | grep -q :5038")
        told = site.sh(VERIFY, check=False)
        found.expect("tcp/5038" in told and "bindaddr in manager.conf" in told, f"nothing was told: {told!r}")
    finally:
        site.sh("systemctl stop lab-manager")
    found.expect("5038" not in site.sh(VERIFY, check=False), "it is told although it is gone")
    return found.outcome()


def packages(site: Site, version: str) -> None:
    """Make a repository of a PBX and a library, from an origin of its own. The PBX's package restarts it, as all do."""
    site.sh(
        f"""
        rm -rf {REPOSITORY}/build; mkdir -p {REPOSITORY}/build; cd {REPOSITORY}/build
        for name in {PBX} {LIBRARY}; do
            mkdir -p $name/DEBIAN $name/usr/share/$name
            echo {version} > $name/usr/share/$name/version
            printf '%s\n' "Package: $name" "Version: {version}" Architecture: all "Maintainer: Lab <lab@example.com>" \
                "Description: of the lab" | sed 's/^Architecture:$/Architecture: all/; /^all$/d' > $name/DEBIAN/control
        done
        mkdir -p {PBX}/lib/systemd/system
        printf '%s\n' '[Service]' 'ExecStart=/bin/sleep infinity' > {PBX}/lib/systemd/system/{PBX}.service
        printf '%s\n' '#!/bin/sh' 'systemctl daemon-reload' 'systemctl restart {PBX}' > {PBX}/DEBIAN/postinst
        chmod 755 {PBX}/DEBIAN/postinst
        cd ..; rm -f *.deb Packages Release
        for name in {PBX} {LIBRARY}; do
            dpkg-deb --root-owner-group -b build/$name ${{name}}_{version}_all.deb >/dev/null
            {{ dpkg-deb -f ${{name}}_{version}_all.deb; echo "Filename: ./${{name}}_{version}_all.deb"
              echo "Size: $(stat -c %s ${{name}}_{version}_all.deb)"
              echo "SHA256: $(sha256sum ${{name}}_{version}_all.deb | cut -d' ' -f1)"; echo; }} >> Packages
        done
        printf '%s\n' 'Origin: Lab' 'Label: Lab-Security' 'Suite: lab' 'Codename: lab' "Date: $(LC_ALL=C date -Ru)" \
            SHA256: " $(sha256sum Packages | cut -d' ' -f1) $(stat -c %s Packages) Packages" > Release
        echo "deb [trusted=yes] file:{REPOSITORY} ./" > sources.list
        chmod -R a+rX {REPOSITORY}
        APT_CONFIG={REPOSITORY}/apt.conf apt-get -qq update
        """
    )


def version(site: Site, name: str) -> str:
    return site.sh(f"dpkg-query -W -f '${{Version}}' {name}")


@proof("updates leave the PBX alone", phase="changes", each=True, weight=40)
def updates_leave_the_pbx_alone(site: Site) -> Outcome:
    """An upgrade renews a library, and of the PBX neither package nor process; without the hold it would."""
    found = Findings()

    def role(**changes: Any) -> None:
        run = bench_run(site, voice_host_update_origins=["origin=Lab,label=Lab-Security"], **changes)
        found.expect(run.returncode == 0, f"the role failed: {run.tail()}")

    def upgrade() -> str:
        return site.sh(f"APT_CONFIG={REPOSITORY}/apt.conf unattended-upgrade -v 2>&1", timeout=120)

    try:
        role()
        site.sh(f"mkdir -p {REPOSITORY}; cat > {REPOSITORY}/apt.conf", input=ALONE)
        packages(site, "1.0")
        site.sh(f"APT_CONFIG={REPOSITORY}/apt.conf DEBIAN_FRONTEND=noninteractive apt-get -qq install {PBX} {LIBRARY}")
        process = site.sh(f"systemctl show -P MainPID {PBX}")
        packages(site, "1.1")
        found.evidence["upgrade"] = upgrade()
        found.expect(version(site, LIBRARY) == "1.1", f"the library is {version(site, LIBRARY)}, not 1.1")
        found.expect(version(site, PBX) == "1.0", "the PBX was upgraded")
        found.expect(site.sh(f"systemctl show -P MainPID {PBX}") == process, "the PBX was restarted")
        told = site.sh(f"APT_CONFIG={REPOSITORY}/apt.conf {VERIFY}", check=False)
        found.expect(f"{PBX} 1.1 waits" in told, f"nobody was told that an update waits: {told!r}")
        role(voice_host_update_held=[])
        upgrade()
        found.expect(version(site, PBX) == "1.1", "without the hold the PBX was not upgraded: the proof proves nothing")
        found.expect(site.sh(f"systemctl show -P MainPID {PBX}") != process, "and not restarted")
    finally:
        site.sh(f"systemctl stop {PBX}; dpkg --purge {PBX} {LIBRARY} >/dev/null; rm -rf {REPOSITORY}", check=False)
        bench_run(site)
    return found.outcome()


def bench_run(site: Site, **changes: Any) -> Run:
    """Run the role on one host alone."""
    options = ("--limit", site.name)
    return site.bench.playbook({"voice_ground": ["voice_host"], **changes}, *options, log=f"voice-host-{site.name}")


@proof("updates come in the window", phase="changes", each=True, weight=15)
def updates_come_in_the_window(site: Site) -> Outcome:
    """The timers of updates come next in the window, which goes past midnight, and make up for nothing at boot."""
    found = Findings()
    # The day after tomorrow, so that no clock of the test can be in it. The lab's hosts have the timers masked.
    today = datetime.fromtimestamp(float(site.sh("date +%s")), timezone.utc)
    day = (today + timedelta(days=2)).date()
    names = ("apt-daily", "apt-daily-upgrade", "dialtone-reboot")
    masked = [name for name in names[:2] if site.holds(f"test -L /etc/systemd/system/{name}.timer")]
    units = " ".join(f"{name}.timer" for name in masked)
    try:
        if masked:
            site.sh(f"systemctl unmask {units}")
        run = bench_run(
            site,
            voice_host_maintenance_window={"days": [DAYS[day.weekday()]], "start": "22:30", "end": "01:30"},
            voice_host_reboot=True,
        )
        found.expect(run.returncode == 0, f"the role failed: {run.tail()}")
        start = datetime(day.year, day.month, day.day, 22, 30, tzinfo=timezone.utc)
        for name in names:
            text = site.sh(f"TZ=UTC LC_ALL=C systemctl show -P NextElapseUSecRealtime {name}.timer").strip()
            at = datetime.strptime(text or "Thu 1970-01-01 00:00:00 UTC", "%a %Y-%m-%d %H:%M:%S %Z")
            at = at.replace(tzinfo=timezone.utc)
            found.evidence[name] = f"{at:%a %H:%M}"
            found.expect(start <= at <= start + timedelta(hours=3), f"{name} comes on {at:%a %d %H:%M} ({text})")
            kept = site.sh(f"systemctl show -P Persistent {name}.timer").strip()
            found.expect(kept == "no", f"{name} makes up for what it missed")
        again = bench_run(site)
        found.expect(again.returncode == 0, f"the role failed when it took that back: {again.tail()}")
        found.expect(not site.holds("systemctl is-active dialtone-reboot.timer"), "the timer of restarts still runs")
        found.expect(not site.holds("systemctl is-failed dialtone-reboot.timer"), "the timer of restarts has failed")
    finally:
        if masked:
            site.sh(f"systemctl stop {units}; systemctl mask {units}", check=False)
    found.note(", ".join(f"{name} {when}" for name, when in found.evidence.items()))
    return found.outcome()


@proof("a start of the host", phase="reboot", weight=40)
def a_start_of_the_host(bench: Bench) -> Outcome:
    """After a start the marks are there, the machine's kernel is as it was, and the role has nothing to do."""
    found = Findings()
    kernel = (
        "cd /proc/sys; cat vm/swappiness kernel/core_pattern fs/suid_dumpable net/core/rmem_max 2>/dev/null || true"
    )
    for site in bench.sites:  # one after another: the lab looks at all hosts after a start
        before = site.sh(kernel)
        bench.lab.reboot(site.name)
        found.expect(site.soon("nft list table inet dialtone_marks"), f"{site.name}: the marks are gone")
        found.expect(
            site.sh(kernel) == before, f"{site.name}: the machine's kernel was changed: {before!r} is another now"
        )
        tried = site.sh("systemctl show -P ConditionResult -P UnitFileState dialtone-host.service").split()
        found.expect(sorted(tried) == ["enabled", "no"], f"{site.name}: the unit should be left out: {tried}")
    run = bench.playbook({"voice_ground": ["voice_host"]}, log="voice-host-started")
    found.expect(run.returncode == 0 and run.total_changed == 0, f"the role had something to do: {run.tail()}")
    return found.outcome()
