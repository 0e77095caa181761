# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module nft_table with a real kernel and a real systemd: a table of its own beside all others."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lab.ground.bench import Bench, Site
from lab.ground.registry import proof
from lab.playbook import HOME, ROOT
from lab.proof.findings import Findings
from lab.report import Outcome

NAME = "dialtone_proof"
FIRST = "proof_first"  # a table that is never confirmed
TABLE = f"inet {NAME}"
UNIT = f"dialtone-nft-{NAME}.service"
BOOT = f"/etc/dialtone/nftables/{NAME}.nft"
LISTING = f"nft -s list table {TABLE} 2>/dev/null | sed '/set seen /,/^\t}}/d'"  # without what packets put there
BY_HAND = f"nft add element {TABLE} blocked '{{ 203.0.113.7 }}'; nft add rule {TABLE} input tcp dport 9 drop"
TRIAL = 5
RULES = """
set blocked {
  type ipv4_addr; flags interval; auto-merge
  elements = { 192.0.2.128/25, 192.0.2.0/25, 198.51.100.0/24 }  # one network in two halves
}
set seen { type ipv4_addr; flags dynamic,timeout; timeout 1h; size 100; }
map where { type inet_service : verdict; elements = { 9 : drop, 7 : accept }; }
counter other { comment "a } brace" }
chain input {
  type filter hook input priority 5; policy accept;
  ip saddr @blocked counter name other drop
  add @seen { ip saddr }
  tcp dport vmap @where
}
"""
NEW = RULES.replace("198.51.100.0/24", "203.0.113.0/24")


def call(site: Site, *options: str, **given: Any) -> dict[str, Any]:
    """Run the module on the host and return its result; `shown` is what Ansible printed."""
    arguments = json.dumps({"name": NAME, **given})
    argv = [str(ROOT / ".venv" / "bin" / "ansible"), site.name, "-i", str(site.bench.lab.ground_inventory)]
    env = {
        **os.environ,
        "ANSIBLE_CONFIG": str(ROOT / "tests" / "lab" / "ansible.cfg"),
        "ANSIBLE_HOME": str(HOME),
        "ANSIBLE_FORCE_COLOR": "0",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(site.bench.lab.ssh_sockets),
    }
    done = subprocess.run(
        [*argv, "-m", "dialtone.voice.nft_table", "-a", arguments, *options],
        capture_output=True, text=True, check=False, cwd=ROOT, env=env, timeout=120,
    )  # fmt: skip
    found = re.search(r"^\S+ \| .*?=> (\{.*\})", done.stdout, re.DOTALL | re.MULTILINE)
    if not found:
        raise RuntimeError(f"no result of the module: {done.stdout}{done.stderr}")
    result: dict[str, Any] = {**json.loads(found[1]), "shown": done.stdout}
    return result


@contextmanager
def beside(site: Site, found: Findings) -> Iterator[None]:
    """Have another program's table there, and expect that it, and the list of all others, stay as they are."""
    site.sh(
        "nft add table ip proof_other; nft add chain ip proof_other c; nft add rule ip proof_other c counter accept"
    )
    look = f"nft list tables | grep -v '{TABLE}$'; nft list table ip proof_other"
    others = site.sh(look)
    try:
        yield
    finally:
        gone = call(site, state="absent")
        found.expect("msg" not in gone, f"it could not be removed: {gone}")
        found.expect(site.sh(look) == others, "other tables are not as before")
        left = site.sh(f"find /etc /run /var/lib -name '*{NAME}*' ! -name '*.lock' 2>/dev/null || true")
        found.expect(not left.strip(), f"left behind: {left}")
        site.sh("nft delete table ip proof_other")


def expect_rolled_back(site: Site, found: Findings) -> None:
    """Expect that an unconfirmed change is gone, and that all who ask are told."""
    before = site.sh(LISTING)
    on_trial = call(site, rules=NEW, confirm_seconds=TRIAL)
    found.expect(on_trial.get("pending"), f"not on trial: {on_trial}")
    found.expect(site.sh(LISTING) != before, "the trial is not in force")
    gone = site.soon(f"test -e /run/dialtone/nftables/{NAME}/rolled_back.json", TRIAL + 10)
    found.expect(gone, "the trial is not taken back")
    found.expect(site.sh(LISTING) == before, "what is in force is not what was before")
    said = site.sh(f"journalctl --no-pager -o cat -u 'dialtone-nft-{NAME}-trial-*'")
    found.expect(f"not confirmed within {TRIAL} s" in said, f"the journal does not say why: {said}")
    late = call(site, state="confirmed", rules=NEW)
    found.expect("taken back at" in late.get("msg", ""), f"confirmed too late: {late}")


@proof("nft_table: not confirmed, taken back", phase="state", weight=15, each=True)
def taken_back(site: Site) -> Outcome:
    """A trial that nobody confirms ends with exactly what was before, changes by hand included, and is reported once.

    Without the timer the new rules stay; with a listing that is not read back as it was, the set by hand is lost."""
    found = Findings()
    with beside(site, found):
        first = call(site, rules=RULES, confirm_seconds=600)
        found.expect(first.get("pending"), f"the first rules are not on trial: {first}")
        found.expect(call(site, rules=RULES, state="confirmed")["changed"], "nothing to confirm")
        site.sh(BY_HAND)
        expect_rolled_back(site, found)
        state = f"ls -lnR --time-style=full-iso /run/dialtone /etc/dialtone/nftables; {LISTING}"
        noted = site.sh(state)
        planned = call(site, "--check", "--diff", rules=RULES)
        found.expect(planned["changed"] and planned["rolled_back"], f"check mode does not tell: {planned}")
        found.expect(re.search(r"^-\s+203\.0\.113\.7$", planned["shown"], re.MULTILINE), "by hand is not shown")
        found.expect(site.sh(state) == noted, "check mode has changed something")
        done = call(site, rules=RULES)
        found.expect(done["changed"] and done["rolled_back"], f"the next run does not tell: {done}")
        again = call(site, rules=RULES)
        found.expect(not again["changed"] and not again["rolled_back"], f"told or changed twice: {again}")
    found.note(f"taken back after {TRIAL} s")
    return found.outcome()


# what is done by hand, and what the next run says of it
UNITS = "/etc/systemd/system"
REPAIRED = {
    f"nft flush chain {TABLE} input": f"table {TABLE} in force",
    f"echo '# by hand' >>{BOOT}": f"the file {BOOT}",
    f"systemctl disable -q {UNIT}": f"{UNIT} is not enabled",
    f"ln -sf /dev/null {UNITS}/{UNIT}": f"the file {UNITS}/{UNIT}",
    f"rm {UNITS}/nftables.service.d/dialtone-{NAME}.conf": f"the file {UNITS}/nftables.service.d/dialtone-{NAME}.conf",
}
WITH_THE_UNIT = f"systemctl stop {UNIT}; chmod 644 {BOOT}"  # which removes the table


@proof("nft_table: what is confirmed lasts", phase="state", weight=20, each=True)
def lasts(site: Site) -> Outcome:
    """Start, reload and stop of nftables.service leave the table; whatever is changed by hand is seen and repaired.

    Without the drop-in the first reload of nftables.service removes the table."""
    found = Findings()
    call(site, rules=RULES)
    rules = site.sh(LISTING)
    was = site.sh("systemctl is-active nftables.service || true").strip()
    for word in ("start", "reload", "restart", "stop"):
        site.sh(f"systemctl {word} nftables.service")
        found.expect(site.sh(LISTING) == rules, f"after `systemctl {word} nftables.service` it is not as it was")
    if was == "active":
        site.sh("systemctl start nftables.service")
    with beside(site, found):
        site.sh(f"systemctl reload {UNIT}")
        found.expect(site.sh(LISTING) == rules, "reloading its own unit changes it")
        site.sh("\n".join(REPAIRED))
        done = call(site, rules=RULES)
        missing = set(REPAIRED.values()) - set(done["changes"])
        found.expect(not missing, f"changed by hand and not seen: {missing}")
        found.expect(site.sh(LISTING) == rules, "the table is not repaired")
        found.expect(site.holds(f"systemctl is-enabled {UNIT}"), f"{UNIT} is not enabled again")
        site.sh(WITH_THE_UNIT)
        found.expect(not site.sh(LISTING), f"`systemctl stop {UNIT}` leaves the table")
        done = call(site, rules=RULES)
        words = {f"table {TABLE} in force", f"the mode of {BOOT}", f"{UNIT} is not started"}
        found.expect(set(done["changes"]) == words, f"after a stop and a change of mode: {done['changes']}")
        again = call(site, rules=RULES)
        found.expect(not again["changed"], f"the run after the repairs changes {again['changes']}")
    found.note(f"{len(REPAIRED) + 2} changes by hand repaired")
    return found.outcome()


@proof("nft_table: a restart ends a trial", phase="reboot", weight=30)
def restarted(bench: Bench) -> Outcome:
    """After a restart during a trial the rules are those that were confirmed; a table that never was is not there."""
    found = Findings()
    for site in bench.sites:
        call(site, rules=RULES)
        rules = site.sh(LISTING)
        found.expect(call(site, rules=NEW, confirm_seconds=600).get("pending"), f"{site.name}: not on trial")
        first = call(site, name=FIRST, rules=RULES, confirm_seconds=600)
        found.expect(first.get("pending"), f"{site.name}: the first rules of a table are not on trial")
        bench.lab.reboot(site.name)
        found.expect(rules and site.sh(LISTING) == rules, f"{site.name}: not the confirmed rules after the restart")
        tables = site.sh("nft list tables")
        found.expect(FIRST not in tables, f"{site.name}: what was never confirmed is there after the restart")
        late = call(site, rules=NEW, state="confirmed")
        found.expect("no trial" in late.get("msg", ""), f"{site.name}: confirmed after the restart: {late}")
        found.expect(not call(site, rules=RULES)["changed"], f"{site.name}: something to repair after the restart")
        call(site, state="absent")
    return found.outcome()
