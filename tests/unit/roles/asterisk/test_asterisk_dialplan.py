# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the rendered dial plan leads, for several offices. What it does in a call is proven in the lab (lab.proof)."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from asterisk_cases import HOSTILE, RENDERED
from asterisk_dialplan import cases, contexts, expanded, modules, priorities, reachable, targets, text

# Where calls begin: the carrier's, those of telephones, of queues, and what Asterisk itself runs.
ENTRIES = (
    "dialtone-transfer",
    "dialtone-from-carrier",
    "dialtone-from-extension",
    "dialtone-queue-member",
    "dialtone-nowhere",
    "dialtone-ended",
)


def files(rendered: dict[str, Any], case: str) -> dict[str, str]:
    found: dict[str, str] = rendered[f"rendered_{case}"]["files"]
    return found


@pytest.mark.parametrize("case", sorted(RENDERED))
def test_every_jump_lands_somewhere(rendered: dict[str, Any], case: str) -> None:
    found = contexts(files(rendered, case))
    assert len(found) > 20
    for name, lines in found.items():
        for target in targets(lines):
            assert expanded(found, target) & set(found), (name, target)


@pytest.mark.parametrize("case", sorted(RENDERED))
def test_every_context_can_be_reached(rendered: dict[str, Any], case: str) -> None:
    """But for policies of nobody, and trunks that no extension prefers, which are there for emergencies."""
    found = files(rendered, case)
    entries = [*ENTRIES, *(["dialtone-joined"] if "[dialtone-joined]" in text(found) else [])]
    unreached = set(contexts(found)) - reachable(found, *entries)
    described = re.compile(r"dialtone-(ring-group|queue|menu|schedule|announcement|external)-")
    assert not {name for name in unreached if not described.match(name)}


@pytest.mark.parametrize("case", sorted(RENDERED))
def test_labels_exist(rendered: dict[str, Any], case: str) -> None:
    for name, lines in contexts(files(rendered, case)).items():
        labels = {label for line in lines for label in re.findall(r"^same => n\(([-\w]+)\)", line)}
        wanted = {
            label
            for line in lines
            if "GotoIf(" in line
            for label in re.findall(r"(?<=[?:])([-a-z0-9]+)(?=[:)]|$)", re.sub(r"^.*\]|^.*\}(?=\?)", "", line))
        }
        assert wanted <= labels, (name, wanted - labels)


@pytest.mark.parametrize("case", ["office", "full", "full_gb", "full_de"])
def test_no_path_leads_from_the_carrier_to_what_telephones_may_dial(rendered: dict[str, Any], case: str) -> None:
    for entry in ("dialtone-from-carrier", "dialtone-internal"):
        ways = reachable(files(rendered, case), entry)
        assert not ways & {
            "dialtone-outbound",
            "dialtone-dial",
            "dialtone-emergency",
            "dialtone-mailbox",
            "dialtone-from-extension",
        }
        out = {name for name in ways if name.startswith("dialtone-trunk-")}
        assert bool(out) == any(name.startswith("dialtone-external-") for name in ways)


def test_numbers_lead_to_their_destinations(rendered: dict[str, Any]) -> None:
    found = files(rendered, "full")
    leads = {
        number: priorities(found, "dialtone-numbers", f"+120255501{number}")[-1]
        for number in ("02", "03", "05", "07", "09", "12")
    }
    assert leads == {
        "02": "Goto(dialtone-extension,102,1)",
        "03": "Goto(dialtone-ring-group-sales,s,1)",
        "05": "Goto(dialtone-menu-main,s,1)",
        "07": "Goto(dialtone-voicemail,101,1)",
        "09": "Goto(dialtone-hangup,busy,1)",
        "12": "Goto(dialtone-hangup,unassigned,1)",
    }
    assert priorities(found, "dialtone-numbers", "12025550102") == ["Goto(+12025550102,1)"]
    # Encrypted or not at all.
    assert priorities(found, "dialtone-numbers", "+12025550113")[0].endswith("acme-secure,yes))")
    assert priorities(found, "dialtone-numbers", "+12025550102")[0].endswith("acme-hq,no))")


@pytest.mark.parametrize("case", sorted(RENDERED))
def test_emergency_numbers_come_first_and_past_policy_and_limits(rendered: dict[str, Any], case: str) -> None:
    found = files(rendered, case)
    assert contexts(found)["dialtone-from-extension"][0] == "include => dialtone-emergency"
    assert contexts(found)["dialtone-emergency"]
    ways = reachable(found, "dialtone-emergency")
    assert any(name.startswith("dialtone-trunk-") for name in ways)
    assert not [name for name in ways if name.startswith(("dialtone-policy", "dialtone-limits", "dialtone-dial"))]


@pytest.mark.parametrize("case", sorted(RENDERED))
def test_before_a_restart_nothing_begins_but_emergency_calls(rendered: dict[str, Any], case: str) -> None:
    first = priorities(files(rendered, case), "dialtone-begin", "s")[0]
    assert '"${DIALTONE_DRAINING}" != "yes"' in first
    assert '"${ARG1}" = "emergency"' in first
    assert first.endswith("?:draining)")


def test_the_sites_own_dial_plan_comes_after_emergencies_and_before_everything_else(rendered: dict[str, Any]) -> None:
    found = files(rendered, "full")
    assert contexts(found)["dialtone-from-extension"][1] == "include => dialtone-site-extension"
    assert contexts(found)["dialtone-from-carrier"][0] == "include => dialtone-site-inbound"
    assert '#tryinclude "/etc/asterisk/dialtone-site/extensions.conf"' in found["extensions.conf"]
    assert '#tryinclude "/etc/asterisk/dialtone-site/pjsip.conf"' in found["pjsip.conf"]


def test_without_rules_nothing_is_allowed(rendered: dict[str, Any]) -> None:
    policies = [
        lines
        for name, lines in contexts(files(rendered, "nobody_may_call")).items()
        if name.startswith("dialtone-policy")
    ]
    assert policies
    assert not [line for lines in policies for line in lines if "?allowed" in line]


@pytest.mark.parametrize("case", sorted(RENDERED))
def test_dial_ignores_forwarding_everywhere(rendered: dict[str, Any], case: str) -> None:
    calls = re.findall(r"Dial\((.*)\)$", text(files(rendered, case)), re.MULTILINE)
    assert len(calls) >= 2
    assert all(re.search(r",ib?[(U]", call) for call in calls)


def test_edges_are_tried_in_order_and_a_silent_one_is_passed_over_but_never_the_last(rendered: dict[str, Any]) -> None:
    dialplan = text(files(rendered, "office"))
    assert re.findall(r"Dial\(PJSIP/\$\{DIALTONE_OUT\}@([\w-]+)", dialplan) == [
        "trunk-acme-hq-production-ashburn",
        "trunk-acme-hq-production-umatilla",
    ]
    asked = re.findall(r"EPOCH\} >= 0\$\{GLOBAL\(DIALTONE_SILENT_([\w-]+)\)", dialplan)
    assert asked == ["trunk-acme-hq-production-ashburn"]
    alone = "\n".join(contexts(files(rendered, "branch"))["dialtone-trunk-acme-branch"])
    assert "DIALTONE_SILENT" not in alone
    assert "@trunk-acme-branch-dublin" in alone


def test_the_trunk_of_a_call_is_the_one_that_carries_its_caller_id(rendered: dict[str, Any]) -> None:
    found = files(rendered, "branch")
    for extension, trunk in (("101", "acme-hq-production"), ("102", "acme-branch")):
        profile = priorities(found, "dialtone-profile", f"0{extension}")
        assert f"Set(DIALTONE_TRUNK={trunk})" in profile
        assert f"Set(DIALTONE_CALLER_ID=+12025550{extension})" in profile


def test_transfers_outside_are_guarded_on_every_leg_of_the_carrier_unless_allowed(rendered: dict[str, Any]) -> None:
    guarded, free = files(rendered, "full"), files(rendered, "strict")
    template = guarded["pjsip_trunks.conf"].split("[dialtone-inbound]")[0]
    assert "set_var = CONNECTED_LINE_SEND_SUB=dialtone-joined,s,1" in template
    assert "set_var = __TRANSFER_CONTEXT=dialtone-transfer" in template
    assert "TRANSFER_CONTEXT" not in free["pjsip_trunks.conf"]
    assert "[dialtone-joined]" not in text(free)


def test_hostile_names_stay_names(rendered: dict[str, Any], tmp_path: Path) -> None:
    found = files(rendered, "hostile")
    for name, content in found.items():
        assert "exten => 666" not in content, name
        assert name == "emergency.sh" or "SHELL(" not in content, name
        assert not re.search(r"^context = dialtone-evil", content, re.MULTILINE) or name == "emergency.sh", name
    assert re.search(
        r'^callerid = "Eve 911 context dialtone-evil[^"<>;\n]*" <101>$', found["pjsip_extensions.conf"], re.MULTILINE
    )
    boxes = [line for line in found["voicemail.conf"].splitlines() if line.startswith("101 =>")]
    assert len(boxes) == 1
    assert re.fullmatch(r"101 => 407193,[^,;\\]+,eve@example[.]com", boxes[0])
    # The program of the site gets the name as one argument, by a real shell.
    program, script = tmp_path / "tell", tmp_path / "emergency.sh"
    program.write_text('#!/bin/sh\nprintf "%s\\0" "$@" > ' + shlex.quote(str(tmp_path / "said")), encoding="utf-8")
    program.chmod(0o700)
    script.write_text(found["emergency.sh"].replace("/usr/local/bin/tell", str(program)), encoding="utf-8")
    subprocess.run(["/bin/sh", str(script), "0101", "911"], check=True, timeout=10)
    said = (tmp_path / "said").read_text(encoding="utf-8").split("\0")[:-1]
    assert said == ["101", HOSTILE, "911", "+12025550101", ""]
    assert not subprocess.run(
        ["/bin/sh", str(script), "0; reboot", "911"], check=True, timeout=10, capture_output=True
    ).stdout


def test_modules_grow_with_what_is_used(rendered: dict[str, Any]) -> None:
    office, full, strict = (modules(files(rendered, case)) for case in ("office", "full", "strict"))
    assert "autoload = no" in files(rendered, "office")["modules.conf"]
    doors = (
        "res_ari",
        "res_http",
        "chan_iax2",
        "chan_unistim",
        "app_system",
        "func_shell",
        "pbx_spool",
        "anonymous",
        "app_queue",
        "app_voicemail",
    )
    assert not [name for name in office if any(door in name for door in doors)]
    assert {"app_queue", "app_voicemail", "app_system"} <= set(full)
    assert "app_mixmonitor" not in full
    assert {"app_mixmonitor", "res_ari"} <= set(strict)
    for found in (office, full, strict):
        assert len(found) == len(set(found))


def test_management_is_shut_or_on_loopback(rendered: dict[str, Any]) -> None:
    shut, open_ = files(rendered, "full"), files(rendered, "strict")
    for name in ("manager.conf", "http.conf", "ari.conf"):
        assert "enabled = no" in shut[name]
        assert "enabled = yes" in open_[name]
    for name in ("manager.conf", "http.conf"):
        assert "bindaddr = 127.0.0.1" in open_[name]
    assert not re.search(r"^(secret|password) *=", open_["manager.conf"] + open_["ari.conf"], re.MULTILINE)


def test_encryption_is_all_or_nothing(rendered: dict[str, Any]) -> None:
    found = files(rendered, "full")
    edge = found["pjsip_trunks.conf"].split("[trunk-acme-secure-ashburn]")[1].split("\n[")[0]
    phone = found["pjsip_extensions.conf"].split("[104](")[1].split("\n[")[0]
    for section in (edge, phone):
        assert "media_encryption = sdes" in section
        assert "media_encryption_optimistic = no" in section
        assert "transport = transport-tls" in section
    assert "contact = sip:acme-secure.pstn.ashburn.twilio.com:5061;transport=tls" in found["pjsip_aors.conf"]
    tls = found["pjsip_transports.conf"].split("[transport-tls]")[1]
    assert "method = tlsv1_2" in tls
    assert "verify_server = yes" in tls


def test_prompts_that_are_played_are_installed(rendered: dict[str, Any]) -> None:
    for name, found in cases(rendered).items():
        played = set(re.findall(r"/etc/asterisk/dialtone/(sounds/[-\w.]+)", text(found) + found["musiconhold.conf"]))
        installed = {prompt["name"].removesuffix(".wav") for prompt in rendered[name]["prompts"]}
        assert played <= installed, name


def test_tones_are_the_countrys(rendered: dict[str, Any]) -> None:
    assert "country = gb" in files(rendered, "full_gb")["indications.conf"]
    assert "busy = 425/480,0/480" in files(rendered, "full_de")["indications.conf"]
    assert "busy = 480+620/500,0/500" in files(rendered, "office")["indications.conf"]
