# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the generated files say. That Asterisk understands them is the Molecule scenario's to prove."""

from __future__ import annotations

import re
from typing import Any

import pytest
from asterisk_cases import SECRETS, TRUNK_PASSWORD

Sections = dict[str, list[tuple[str, str]]]


def files(rendered: dict[str, Any], case: str) -> dict[str, str]:
    found: dict[str, str] = rendered[f"rendered_{case}"]["files"]
    return found


def sections(text: str) -> Sections:
    """Read a file as Asterisk does: comments off, templates merged into the sections that name them."""
    found: Sections = {}
    current: list[tuple[str, str]] = []
    for raw in text.splitlines():
        line = re.split(r"(?<!\\);", raw)[0].strip().replace("\\;", ";")
        if heading := re.fullmatch(r"\[([^]]+)\](?:\(([^)]*)\))?", line):
            current = found.setdefault(heading[1], [])
            current += found.get(heading[2] or "", []) if heading[2] != "!" else []
        elif line:
            key, __, value = line.partition("=")
            current.append((key.strip(), value.removeprefix(">").strip()))
    return found


def option(found: Sections, section: str, key: str) -> list[str]:
    return [value for name, value in found[section] if name == key]


def test_secrets_are_in_one_file_only(rendered: dict[str, Any]) -> None:
    contents = files(rendered, "branch")
    assert rendered["rendered_branch"]["secret"] == ["pjsip_auths.conf", "voicemail.conf"]
    auths = sections(contents.pop("pjsip_auths.conf"))
    assert option(auths, "101", "password") == [SECRETS["101"]]
    assert option(auths, "102", "password") == [SECRETS["102"]]
    assert option(auths, "dialtone-trunk-acme-branch", "password") == [TRUNK_PASSWORD]
    rest = "".join(contents.values()).replace("\\;", ";")
    assert not [secret for secret in (*SECRETS.values(), TRUNK_PASSWORD) if secret in rest]


def test_every_file_says_who_manages_it(rendered: dict[str, Any]) -> None:
    contents = files(rendered, "office")
    assert len(contents) > 10
    assert not [name for name, text in contents.items() if "Ansible managed\n" not in text[:40]]


def test_an_edge_is_dialled_by_the_trunks_own_name_there(rendered: dict[str, Any]) -> None:
    aors = sections(files(rendered, "office")["pjsip_aors.conf"])
    assert option(aors, "trunk-acme-hq-production-ashburn", "contact") == ["sip:acme-hq.pstn.ashburn.twilio.com"]
    assert option(aors, "trunk-acme-hq-production-umatilla", "contact") == ["sip:acme-hq.pstn.umatilla.twilio.com"]


@pytest.mark.parametrize("case", ["office", "branch"])
def test_no_endpoint_without_a_secret_answers_to_a_name(rendered: dict[str, Any], case: str) -> None:
    """An endpoint without `auth` that From can name would let anybody call through it."""
    contents = files(rendered, case)
    endpoints = sections(contents["pjsip_trunks.conf"]) | sections(contents["pjsip_extensions.conf"])
    named = [name for name in endpoints if name != "dialtone-carrier" and option(endpoints, name, "type")]
    assert named
    for name in named:
        open_to_names = option(endpoints, name, "identify_by") != ["ip"]
        guarded = bool(option(endpoints, name, "auth")) or name == "dialtone-telephone"
        assert guarded or not open_to_names, name


def test_twilios_ways_are_respected(rendered: dict[str, Any]) -> None:
    trunks = sections(files(rendered, "office")["pjsip_trunks.conf"])
    for name in ("dialtone-inbound", "trunk-acme-hq-production-ashburn"):
        for key, value in {
            "timers": "no",
            "rewrite_contact": "no",
            "direct_media": "no",
            "dtmf_mode": "rfc4733",
            "allow": "ulaw,alaw",
            "allow_transfer": "no",
        }.items():
            assert option(trunks, name, key) == [value], (name, key)


def contact_patterns(dialplan: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the expressions that a registered contact must match, and must not match, to be called."""
    context = dialplan.split("[dialtone-telephones]")[1].split("; ----", maxsplit=1)[0]
    wanted, unwanted, __ = re.findall(r'REGEX\("(.*?)" \$\{one\}\)', context)
    wanted = wanted.replace("${ARG1}", "101").replace("\\;", ";")
    return re.compile(wanted), re.compile(unwanted.replace("\\;", ";"))


@pytest.mark.parametrize(
    ("contact", "called"),
    [
        ("sip:101@198.51.100.20:5060", True),
        ("sip:x7f.a_b-c~2%20@198.51.100.20:52344;transport=UDP;rinstance=5d7d;line=8a;ob", True),
        ("sip:198.51.100.20", True),
        (
            "sip:+19005550123@acme-hq.pstn.ashburn.twilio.com",
            False,
        ),  # a second Contact: Asterisk rewrites the first only
        ("sip:+19005550123@198.51.100.20;maddr=54.172.60.0", False),
        ("sip:+19005550123@198.51.100.20;ob;MAddr=54.172.60.0", False),
        ("sip:x,30,g@198.51.100.20", False),
        ("sip:x(y)@198.51.100.20", False),
        ("sip:x&PJSIP/102@198.51.100.20", False),
        ("sip:x:secret@198.51.100.20", False),
        ("sips:101@198.51.100.20", False),
    ],
)
def test_only_a_telephones_address_is_called(rendered: dict[str, Any], contact: str, called: bool) -> None:
    """Whoever has an extension's secret could otherwise lead calls to it past the rules, out to the carrier."""
    wanted, unwanted = contact_patterns(files(rendered, "office")["extensions_common.conf"])
    one = f"PJSIP/101/{contact}"
    assert (bool(wanted.search(one)) and not unwanted.search(one)) is called


def test_a_tcp_trunk_brings_its_transport(rendered: dict[str, Any]) -> None:
    contents = files(rendered, "branch")
    assert option(sections(contents["pjsip_transports.conf"]), "transport-tcp", "protocol") == ["tcp"]
    endpoint = sections(contents["pjsip_trunks.conf"])
    assert option(endpoint, "trunk-acme-branch-dublin", "transport") == ["transport-tcp"]
    assert option(endpoint, "trunk-acme-branch-dublin", "outbound_auth") == ["dialtone-trunk-acme-branch"]
    assert "transport-tcp" not in sections(files(rendered, "office")["pjsip_transports.conf"])


def test_nat_is_seen_from_the_hosts_addresses(rendered: dict[str, Any]) -> None:
    nat = sections(files(rendered, "behind_nat")["pjsip_transports.conf"])
    assert option(nat, "transport-udp", "external_media_address") == ["203.0.113.10"]
    assert option(nat, "transport-udp", "external_signaling_address") == ["203.0.113.10"]
    assert "10.0.0.0/8" in option(nat, "transport-udp", "local_net")
    # Asterisk writes the external address into SDP only in place of a local one.
    assert "10.1.2.3/32" in option(nat, "transport-udp", "local_net")
    assert "external" not in files(rendered, "office")["pjsip_transports.conf"]


def test_all_signalling_networks_identify_the_carrier(rendered: dict[str, Any]) -> None:
    identifies = sections(files(rendered, "office")["pjsip_identifies.conf"])
    matches = option(identifies, "dialtone-inbound", "match")
    assert "54.172.60.0/30" in matches
    assert "54.171.127.192/30" in matches  # Dublin, though no trunk prefers it
    assert "168.86.128.0/18" not in matches  # media
    lab = sections(files(rendered, "lab_networks")["pjsip_identifies.conf"])
    assert option(lab, "dialtone-inbound", "match") == ["198.19.1.0/30", "198.19.2.0/30"]


def test_the_edge_timeout_is_64_times_t1(rendered: dict[str, Any]) -> None:
    system = sections(files(rendered, "office")["pjsip_transports.conf"])
    assert option(system, "system", "timer_t1") == ["125"]
    assert option(system, "system", "timer_b") == ["8000"]
