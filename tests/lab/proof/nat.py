# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PBX behind a router that translates its address, and nothing in SIP or SDP."""

from __future__ import annotations

import json

from lab.hosts.plan import PBX_NAT
from lab.playbook import run_playbook
from lab.proof.bench import Bench
from lab.proof.deploy import Deployment
from lab.proof.findings import Findings
from lab.proof.inbound import DID
from lab.proof.outbound import goes_out
from lab.proof.prepare import BRANCH, BRANCH_EXTENSION
from lab.proof.registry import proof
from lab.proof.tones import CARRIER_TONE, OFFICE_TONE, heard
from lab.report import Outcome

TRUNK = "acme-branch.pstn.twilio.com"
NUMBER = DID(30)


@proof("NAT: without and with the external address", BRANCH_EXTENSION, weight=300)
def nat(bench: Bench) -> Outcome:
    """Untold, the PBX writes its private address and a side hears nothing; told, both hear each other, in and out."""
    found = Findings()
    branch = Bench(bench.lab, bench.control, type(bench.pbx)(bench.lab, PBX_NAT), host=PBX_NAT)
    branch.arrivals = bench.arrivals
    office = [bench.lab.nat_inventory, BRANCH]
    name = bench.pbx.name
    untold = {"voice_external_address": "none"}
    done = Deployment(bench.lab, name, "site", log="nat-untold", changes=untold, office=office).ended(600)
    found.expect(done.returncode == 0, f"the playbook ended with {done.returncode}:\n{done.tail()}")
    with branch.dial(BRANCH_EXTENSION, "2025550190", expect=CARRIER_TONE, timeout=8) as caller:
        result = caller.result()
    found.evidence["untold"] = result
    found.expect(not result.get("ok"), "it works without the external address: the router hides the mistake")
    found.note(f"untold the office heard {heard(result)}")
    done = Deployment(bench.lab, name, "hosts", log="nat-told", changes={}, office=office).ended(600)
    found.expect(done.returncode == 0, f"the second playbook ended with {done.returncode}:\n{done.tail()}")
    goes_out(branch, found, BRANCH_EXTENSION, "2025550191", "+12025550191", trunk=TRUNK, shown=NUMBER)
    with (
        branch.phone(BRANCH_EXTENSION) as phone,
        branch.call_in(NUMBER, branch.caller(), expect=OFFICE_TONE) as outside,
    ):
        if found.good("caller", outside.result()):
            found.good("office", phone.result())
        else:
            phone.stop()
    found.note("told, audio both ways, in and out")
    return found.outcome()


@proof("NAT: the host learns how it is seen", weight=15)
def seen(bench: Bench) -> Outcome:
    """Behind the router the fitness of the host says its public address, warns while that is not described, and is well
    once it is; with an address of somebody else it fails."""
    found = Findings()
    public, own = bench.lab.address(PBX_NAT), ""
    for described, verdict, code in (("", "warn", 0), (public, "ok", 0), ("203.0.113.99", "fail", 2)):
        folder = bench.lab.state / "fitness"
        values = {"fitness_checks": ["egress"], "fitness_seconds": 2, "fitness_directory": str(folder)}
        done = run_playbook(
            "fitness",
            inventory=[bench.lab.nat_inventory],
            log=bench.lab.state / "logs" / "nat-fitness.log",
            options=["-e", json.dumps({**values, "voice_public_address": described})],
            environment={"ANSIBLE_SSH_CONTROL_PATH_DIR": str(bench.lab.ssh_sockets)},
        )
        (egress,) = json.loads((folder / f"{PBX_NAT}.json").read_text(encoding="utf-8"))["findings"]
        holds = (
            egress["verdict"] == verdict
            and done.returncode == code
            and egress["value"].startswith(f"{public}, its own")
        )
        found.expect(holds, f"told '{described}' it ended with {done.returncode} and found {egress}")
        own = egress["value"]
    found.note(own)
    return found.outcome()
