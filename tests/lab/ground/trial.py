# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes that go wrong, are only asked for, or were made by hand."""

from __future__ import annotations

import difflib
import json
import os
import signal
import subprocess
import time

from lab.ground.bench import OFFICE, TABLE, Bench, each, words
from lab.ground.registry import proof
from lab.hosts.ready import ssh_answers
from lab.lab import ROOT
from lab.proof.findings import Findings
from lab.report import Outcome

CONFIRM = 12  # seconds of a trial here; the role has 60
STATE = (
    "{ nft -s list ruleset; find /etc/dialtone /etc/systemd/system /etc/modprobe.d /etc/sysctl.d /etc/nftables* "
    "-exec ls -ld --time-style=full-iso {} + ; find /etc/dialtone /etc/systemd/system -type f -exec sha256sum {} +; } "
    "2>/dev/null | sha256sum"
)


def _unchanged(bench: Bench, before: dict[str, str], found: Findings, what: str) -> None:
    for site in bench.sites:
        now = site.rules()
        if not found.expect(now == before[site.name], f"{site.name}: {what}"):
            listed = (before[site.name].splitlines(), now.splitlines())
            found.evidence[f"{site.name} differs"] = list(difflib.unified_diff(*listed, lineterm="", n=0))
        found.expect(ssh_answers(site.address), f"{site.name} cannot be reached")


def _rules(bench: Bench) -> dict[str, str]:
    return {site.name: site.rules() for site in bench.sites}


def _settled(bench: Bench, found: Findings, log: str) -> None:
    """The office's own description again: it goes through, and there is nothing to do."""
    done = bench.firewall(log=log)
    found.expect(done.returncode == 0, f"the next run ended with {done.returncode}:\n{words(done)}")
    found.expect(done.total_changed == 0, f"the next run changed {done.changed}")


@proof("trial: a lock-out is refused", phase="changes", weight=5)
def refused(bench: Bench) -> Outcome:
    """Without the network that Ansible comes from the run fails before anything is changed, and names the option."""
    found = Findings()
    before = _rules(bench)
    wrong = [f"{bench.lab.plan.prefix}.77.0/24"]
    done = bench.firewall(log="trial-refused", voice_management_networks=wrong)
    found.expect(done.returncode == 2, f"the playbook ended with {done.returncode}")
    found.expect("voice_management_networks" in done.output, "the message does not name the option")
    found.expect(done.total_changed == 0, f"changed: {done.changed}")
    _unchanged(bench, before, found, "the rules are others")
    found.note("refused, nothing changed")
    return found.outcome()


@proof("trial: locked out on purpose", phase="changes", weight=40)
def locked_out(bench: Bench) -> Outcome:
    """A run that shuts Ansible out fails and says so, the old rules come back by themselves; the next run is as ever"""
    found = Findings()
    before = _rules(bench)
    start = time.monotonic()
    done = bench.firewall(
        log="trial-locked-out",
        voice_management_networks=[f"{bench.lab.plan.prefix}.77.0/24"],
        firewall_refuse_lock_out=False,
        firewall_confirm_seconds=CONFIRM,
    )
    seconds = time.monotonic() - start
    found.expect(done.returncode == 2, f"the playbook ended with {done.returncode}:\n{words(done)}")
    found.expect("voice_management_networks" in done.output, "the message does not say where to look")
    said = [line for line in done.output.splitlines() if line.startswith("fatal: [")]
    found.evidence["said"] = said
    _unchanged(bench, before, found, "the old rules are not back")
    for site in bench.sites:
        found.expect(site.holds("nft list table " + TABLE), f"{site.name} is without rules")
        found.expect(any(site.name in line for line in said), f"nothing was said about {site.name}")
    _settled(bench, found, "trial-after-lock-out")
    found.note(f"failed after {seconds:.0f} s, reachable, old rules in force, next run changed nothing")
    return found.outcome()


@proof("trial: Ansible killed in the middle of it", phase="changes", weight=30)
def killed(bench: Bench) -> Outcome:
    """Nobody confirms: the old rules come back, whoever runs next finds a host as it was, and can go on."""
    found = Findings()
    before = _rules(bench)
    extra = {
        "voice_ground": ["firewall"],
        "firewall_confirm_seconds": CONFIRM,
        "firewall_services": [{"name": "extra", "protocol": "udp", "ports": [9999]}],
    }
    limit = ",".join(site.name for site in bench.sites)
    command = [str(ROOT / ".venv" / "bin" / "ansible-playbook"), "dialtone.voice.ground", "--limit", limit]
    command += ["-i", str(bench.lab.ground_inventory), "-i", str(OFFICE), "-e", json.dumps(extra)]
    env = {
        **os.environ,
        **bench.lab.environment(),
        "ANSIBLE_CONFIG": str(ROOT / "tests" / "lab" / "ansible.cfg"),
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(bench.lab.ssh_sockets),
        "PYTHONUNBUFFERED": "1",
    }
    lines = []
    with subprocess.Popen(
        command, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if "Make a new one" in line:
                os.killpg(process.pid, signal.SIGKILL)
                break
        process.kill()
    on_trial = [site.name for site in bench.sites if site.rules() != before[site.name]]
    found.expect(len(on_trial) == len(bench.sites), f"on trial only on {on_trial}:\n{''.join(lines[-20:])}")
    marks = f"! nft list table {TABLE} | grep -q 9999"
    each(bench.sites, lambda site: found.expect(site.soon(marks, CONFIRM + 10), f"{site.name}: the trial never ended"))
    _unchanged(bench, before, found, "the old rules are not back")
    _settled(bench, found, "trial-after-kill")
    found.note("taken back after the trial; the next run changed nothing")
    return found.outcome()


@proof("check mode: says everything, writes nothing", phase="changes", weight=10)
def check_mode(bench: Bench) -> Outcome:
    """Check mode shows changes, those made by hand too, and touches nothing; a run repairs, the next does nothing."""
    found = Findings()
    wanted = _rules(bench)
    by_hand = f"nft add element {TABLE} phones4 {{ 192.0.2.77 }}; nft insert rule {TABLE} input tcp dport 2323 accept"
    each(bench.sites, lambda site: site.sh(by_hand))
    before = {site.name: site.sh(STATE) for site in bench.sites}
    service = [{"name": "door", "protocol": "tcp", "ports": [4711]}]
    done = bench.firewall("--check", log="check-mode", firewall_services=service)
    found.expect(done.returncode == 0, f"check mode ended with {done.returncode}:\n{words(done)}")
    for site in bench.sites:
        found.expect(done.changed.get(site.name), f"{site.name}: check mode predicts nothing")
        found.expect(site.sh(STATE) == before[site.name], f"{site.name}: check mode has written something")
    for text in ("4711", "192.0.2.77", "2323"):
        found.expect(text in done.output, f"the diff does not show {text}")
    done = bench.firewall(log="repair")
    found.expect(done.returncode == 0, f"the repair ended with {done.returncode}:\n{words(done)}")
    for site in bench.sites:
        found.expect(done.changed.get(site.name), f"{site.name}: nothing was repaired")
    _unchanged(bench, wanted, found, "what was changed by hand is still there")
    _settled(bench, found, "after-repair")
    found.note("what was changed by hand was shown and repaired")
    return found.outcome()
