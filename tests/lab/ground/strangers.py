# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody sees whom the description does not name: nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from lab.ground.bench import SIP, SOON, Site
from lab.ground.registry import proof
from lab.proof.findings import Findings
from lab.report import Outcome
from lab.telephone import Options, subscriber

BRIEF = 2.0  # seconds in which an answer within one machine would be there
OUT_OF_RANGE = 9000


@proof("strangers: a scan of all ports", weight=14, each=True)
def scan(site: Site) -> Outcome:
    """All ports, TCP and UDP, IPv4 and IPv6: a stranger gets no answer of any kind, the management sees SSH alone."""
    found = Findings()
    bench = site.bench
    views = {
        "a stranger": (site.address, bench.rogue, "rogue"),
        "a stranger over IPv6": (site.address6, bench.address6(bench.rogue), "rogue"),
        "the management": (site.address, "", ""),
        "the management over IPv6": (site.address6, bench.address6(bench.admin), "phone"),
    }

    def look(view: tuple[str, str, str]) -> dict[str, Any]:
        target, source, host = view
        return bench.scan(host, target, *(["--source", source] if source else []))

    before = site.dropped()
    with ThreadPoolExecutor(2) as pool:
        seen = dict(zip(views, pool.map(look, views.values()), strict=True))
    found.evidence = dict(seen)
    for who, result in seen.items():
        open_ports, gives_away = result["tcp_open"], result["tcp_closed"] + result["unreachable"]
        if who.startswith("a stranger"):
            found.expect(
                not result["seen"], f"{who} sees TCP {open_ports}, UDP {result['udp_answered']}, {gives_away} refusals"
            )
        else:
            found.expect(open_ports == [22], f"{who} sees TCP {open_ports}, not SSH alone")
            found.expect(not result["udp_answered"] and not gives_away, f"{who} gets {gives_away} refusals")
    dropped = site.dropped() - before
    found.expect(dropped >= 4 * 65_000, f"only {dropped} packets were counted as dropped")
    found.note(f"nothing seen, {dropped} packets dropped and counted")
    return found.outcome()


def _answered(site: Site, host: str, source: str, transport: str = "udp") -> bool:
    """Whether SIP is answered, whatever the answer says."""
    options: Options = {
        "listen": f"{source}:0",
        "method": "OPTIONS",
        "uri": f"sip:{site.address}",
        "target": f"{site.address}:{SIP}",
        "transport": transport,
    }
    with subscriber(site.bench.lab, host, "probe", options, timeout=BRIEF) as probe:
        return bool(probe.result().get("code"))


@proof("strangers: SIP", weight=8, each=True)
def sip(site: Site) -> Outcome:
    """Each address of each edge is answered, and telephones; strangers and others of the carrier are only counted."""
    found = Findings()
    bench = site.bench
    outsiders = {"rogue": bench.rogue, "pstn": bench.outside, "phone": bench.admin}
    welcome = [("carrier", edge, "udp") for edge in bench.edges]
    welcome += [("phone", bench.phone, transport) for transport in ("udp", "tcp")]
    strange = [(host, source, transport) for host, source in outsiders.items() for transport in ("udp", "tcp")]
    before = site.counters()["dropped_sip"]
    with ThreadPoolExecutor(4) as pool:
        answers = dict(
            zip(welcome + strange, pool.map(lambda one: _answered(site, *one), welcome + strange), strict=True)
        )
    for one in welcome:
        found.expect(answers[one], f"{one[1]} got no answer over {one[2]}")
    for one in strange:
        found.expect(not answers[one], f"{one[1]} got an answer over {one[2]}")
    dropped = site.counters()["dropped_sip"] - before
    found.expect(dropped >= len(strange), f"only {dropped} packets of {len(strange)} strangers were counted")
    found.note(f"{len(bench.edges)} edge addresses and telephones are answered, {len(outsiders)} others are not")
    return found.outcome()


@proof("strangers: SIP over IPv6", weight=4, each=True)
def sip6(site: Site) -> Outcome:
    """A telephone reaches the SIP port over IPv6, UDP and TCP; a stranger does not."""
    found = Findings()
    bench = site.bench
    phone, rogue = bench.address6(bench.phone), bench.address6(bench.rogue)
    places = [f"{protocol}/{site.address6}/{SIP}" for protocol in ("udp", "tcp")]
    with bench.endpoint(site.name, "listen", places) as pbx:
        pbx.wait_for("ready", within=SOON)
        for place in (f"udp/{SIP}", f"tcp/{SIP}"):
            with site.talks("rogue", rogue, place) as stranger:
                if place.startswith("udp"):
                    stranger.send("stranger")
                    found.expect(not stranger.heard("reply", within=BRIEF), "a stranger is answered over udp")
                else:
                    found.expect(stranger.heard("silent"), "a stranger's TCP connection is not ignored")
            with site.talks("phone", phone, place) as telephone:
                found.expect(telephone.echoes("telephone"), f"a telephone gets nothing back over {place[:3]}")
        texts = [event["text"] for event in pbx.events if event["event"] == "packet"]
    found.expect(texts == ["telephone"] * 2, f"what arrived: {texts}")
    found.note("a telephone is heard, a stranger is not")
    return found.outcome()


@proof("strangers: media", weight=5, each=True)
def media(site: Site) -> Outcome:
    """A socket in the RTP range hears the carrier's media network and telephones, IPv4 and IPv6, and nobody else."""
    found = Findings()
    bench = site.bench
    port = 10_900
    senders = {
        "stranger": ("rogue", bench.rogue, False),
        "stranger6": ("rogue", bench.address6(bench.rogue), False),
        "edge": ("carrier", bench.edges[0], False),
        "admin": ("phone", bench.admin, False),
        "media": ("pstn", bench.outside, True),
        "phone": ("phone", bench.phone, True),
        "phone6": ("phone", bench.address6(bench.phone), True),
    }
    with site.listens(f"udp/{port}", f"udp/{OUT_OF_RANGE}") as pbx:
        before = site.counters()
        for name, (host, source, welcome) in senders.items():
            with site.talks(host, source, f"udp/{port}") as sender:
                sender.send(name)
                if welcome:
                    found.expect(sender.heard("reply", name), f"{name} ({source}) is not heard")
                else:
                    found.expect(not sender.heard("reply", within=0.5), f"{name} ({source}) is answered")
        with site.talks("pstn", bench.outside, f"udp/{OUT_OF_RANGE}") as sender:
            sender.send("outside the range")
            found.expect(not sender.heard("reply", within=0.5), f"port {OUT_OF_RANGE} is open as well")
        heard = {event["text"] for event in pbx.events if event["event"] == "packet"}
    after = site.counters()
    wanted = {name for name, (__, __, welcome) in senders.items() if welcome}
    found.expect(heard == wanted, f"the socket heard {sorted(heard)}")
    found.expect(after["dropped_media"] - before["dropped_media"] >= 4, "strangers' media was not counted")
    found.note(f"heard {', '.join(sorted(heard))} alone")
    return found.outcome()


@proof("strangers: SSH", weight=5, each=True)
def ssh(site: Site) -> Outcome:
    """SSH greets administrators, IPv4 and IPv6; telephones, the carrier and strangers wait in vain."""
    found = Findings()
    bench = site.bench
    for host, source in {"phone": bench.admin, "phone ": bench.address6(bench.admin)}.items():
        with site.talks(host.strip(), source, "tcp/22") as admin:
            found.expect(admin.heard("reply", "SSH-"), f"the administrator {source} is not greeted")
    outsiders = [("rogue", bench.rogue), ("rogue", bench.address6(bench.rogue)), ("phone", bench.phone)]
    outsiders += [("pstn", bench.outside), ("carrier", bench.edges[0])]
    for host, source in outsiders:
        with bench.endpoint(
            host,
            "talk",
            [f"tcp/{site.address6 if ':' in source else site.address}/22"],
            ["--source", source, "--wait", "1"],
        ) as one:
            found.expect(one.heard("silent"), f"{source} gets an answer: {one.events}")
    found.note(f"{len(outsiders)} addresses are left without an answer")
    return found.outcome()


@proof("strangers: SIPVicious", weight=10, each=True)
def sipvicious(site: Site) -> Outcome:
    """svmap and svwar find nothing from a strange address; from a telephone's, svmap finds the device."""
    found = Findings()
    bench = site.bench
    # It takes any answer to its port for one of its own: a port for each run.
    base = 5900 + 10 * bench.names.index(site.name)
    words = {}
    for number, (host, source) in enumerate({"rogue": bench.rogue, "phone": bench.phone}.items()):
        command = ["sipvicious_svmap", "-b", source, "-x", source, "-P", str(base + number), site.address]
        words[host] = bench.beside(host, command)
    words["svwar"] = bench.beside(
        "rogue",
        ["sipvicious_svwar", "-b", bench.rogue, "-x", bench.rogue, "-P", str(base + 5), "-e100-110", "-m", "OPTIONS",
         "--maximumtime", "3", site.address],
    )  # fmt: skip
    found.evidence = {name: text[-2000:] for name, text in words.items()}
    found.expect(
        f"{site.address}:{SIP}" in words["phone"], f"svmap does not find it from a telephone: {words['phone'][-300:]}"
    )
    found.expect(f"{site.address}:{SIP}" not in words["rogue"], "svmap finds it from a strange address")
    found.expect("found nothing" in words["rogue"], f"svmap says: {words['rogue'][-200:]}")
    found.expect(
        "reqauth" not in words["svwar"] and "Extension" not in words["svwar"], f"svwar says: {words['svwar'][-200:]}"
    )
    found.note("nothing found from outside, the device from a telephone's address")
    return found.outcome()
