# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking an address out of the description: what becomes of what is going on. docs/ground.md has the table."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import dataclass

from lab.ground.bench import SIP, SOON, Bench, Site, Speaker, each, words
from lab.ground.registry import proof
from lab.proof.findings import Findings
from lab.report import Outcome

MEDIA = 10_950
BRIEF = 1.0


@dataclass
class Flows:
    """What a telephone and an administrator have open to a host."""

    site: Site
    sip: Speaker
    sip_tcp: Speaker
    media: Speaker
    ssh: Speaker

    def new(self, host: str, source: str, place: str) -> bool:
        """Whether a new one gets through."""
        more = ["--source", source, "--wait", str(BRIEF)]
        protocol, port = place.split("/")
        with self.site.bench.endpoint(host, "talk", [f"{protocol}/{self.site.address}/{port}"], more) as one:
            if place == "tcp/22":
                return one.heard("reply", "SSH-", BRIEF)
            return one.heard("ready", within=BRIEF) and one.echoes("new", BRIEF)


def _open(stack: ExitStack, site: Site) -> Flows:
    bench = site.bench
    stack.enter_context(site.listens(f"udp/{SIP}", f"tcp/{SIP}", f"udp/{MEDIA}"))
    flows = Flows(
        site,
        *(
            stack.enter_context(site.talks("phone", source, place))
            for source, place in (
                (bench.phone, f"udp/{SIP}"),
                (bench.phone, f"tcp/{SIP}"),
                (bench.phone, f"udp/{MEDIA}"),
                (bench.admin, "tcp/22"),
            )
        ),
    )
    flows.ssh.wait_for("reply", lambda event: "SSH-" in event["text"], SOON)
    return flows


@proof("removal: what becomes of what is going on", phase="changes", weight=30)
def removal(bench: Bench) -> Outcome:
    """SIP ends at once; media and SSH that are going on stay, new ones are refused; what is blocked always ends."""
    found = Findings()
    prefix = bench.lab.plan.prefix
    lock = threading.Lock()
    elsewhere = {"voice_phone_networks": [f"{prefix}.99.0/24"], "voice_management_networks": [f"{prefix}.0.1"]}
    blocked = {"firewall_blocked_networks": [bench.phone, bench.admin]}

    def expect(site: Site, holds: bool, otherwise: str) -> None:
        with lock:
            found.expect(holds, f"{site.name}: {otherwise}")

    with ExitStack() as stack:
        flows = {site.name: _open(stack, site) for site in bench.sites}

        def before(site: Site) -> None:
            one = flows[site.name]
            for name in ("sip", "sip_tcp", "media"):
                expect(site, getattr(one, name).echoes("before"), f"{name} does not work before")

        def removed(site: Site) -> None:
            one = flows[site.name]
            expect(site, not one.sip.echoes("after", BRIEF), "SIP over UDP goes on")
            expect(site, not one.sip_tcp.echoes("after", BRIEF), "SIP over TCP goes on")
            expect(site, one.media.echoes("after"), "media of a call in progress ended")
            expect(site, not one.new("phone", bench.phone, f"udp/{MEDIA}"), "new media is taken")
            one.ssh.send("SSH-2.0-lab\r")
            # Its offer of keys and ciphers is what a server says next.
            expect(site, one.ssh.heard("reply", "25519-sha"), "an open SSH session ended")
            expect(site, not one.new("phone", bench.admin, "tcp/22"), "a new SSH session is taken")

        def all_blocked(site: Site) -> None:
            one = flows[site.name]
            expect(site, not one.media.echoes("blocked", BRIEF), "media goes on although its network is blocked")
            count = len(one.ssh.events)
            one.ssh.send("x" * 100)
            expect(site, not one.ssh.heard("closed", within=BRIEF), "SSH goes on although its network is blocked")
            expect(site, len(one.ssh.events) == count, "SSH goes on although its network is blocked")

        each(bench.sites, before)
        for name, changes, look in (
            ("removed", elsewhere, removed),
            ("blocked", {**elsewhere, **blocked}, all_blocked),
        ):
            done = bench.firewall(log=f"removal-{name}", **changes)
            if found.expect(done.returncode == 0, f"the playbook ended with {done.returncode}:\n{words(done)}"):
                each(bench.sites, look)
    done = bench.firewall(log="removal-back")
    found.expect(done.returncode == 0, f"the playbook ended with {done.returncode}:\n{words(done)}")
    found.note(
        "SIP ended at once; the call's media and the SSH session went on, new ones were refused; blocked, all ended"
    )
    return found.outcome()
