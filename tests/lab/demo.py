# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo: an empty account and a bare machine become an office that calls and is called.

python -m lab.demo      what `make demo` runs; writes .lab/report.json; exit code 1 if a step fails
"""

from __future__ import annotations

import sys
from pathlib import Path

from lab.alone import alone
from lab.checks import Checks
from lab.control import Control
from lab.hosts.host import own_tree
from lab.hosts.preflight import become_root
from lab.lab import Lab, LabError
from lab.playbook import HOME, ROOT, Run, run_playbook
from lab.report import Outcome, Report

REPORT = ROOT / ".lab" / "report.json"
OFFICE = ROOT / "tests" / "lab" / "office"
TRUNK = "acme-hq-production"
DOMAIN = "acme-hq.pstn.twilio.com"
NUMBERS = ("+12025550101", "+12025550102")
DRIFTED_PRIORITY = 99


class Demo:
    """The steps of the demo on one lab, in their order."""

    def __init__(self, lab: Lab, report: Report) -> None:
        self.lab = lab
        self.report = report
        self.control: Control = lab.control()
        self.predicted: dict[str, int] = {}
        self.changed = {"first_run": 0, "second_run": 0}
        self.requests = {"first_run": 0, "second_run": 0}

    def run(self) -> bool:
        """Run every step. What cannot work without the one before is not tried; return whether all went well."""
        report = self.report
        report.heading("Plan and apply: dialtone.voice.site")
        applied = (
            report.step("check mode against the empty account", self.check)
            and report.step("apply", self.apply)
            and report.step("apply again", self.apply_again)
        )
        if not applied:
            return False
        checks = Checks(self.lab, self.control)
        report.heading("Calls")
        for name, check in checks.all():
            report.step(name, check)
        report.heading("Drift")
        if report.step("found: a priority changed behind our back", self.find_drift):
            report.step("repaired, and nothing else touched", self.repair_drift)
        return report.ok

    def check(self) -> Outcome:
        """Check mode predicts every object and sends no write."""
        before = self.control.sequence()
        run = self._playbook("site", "check", ["--check", "--diff"])
        writes = self.control.writes_since(before)
        reads = len(self.control.requests_since(before))
        expected = [TRUNK, DOMAIN, self.lab.address("pbx1"), f"sip:{self.lab.address('pbx1')}", *NUMBERS]
        missing = [name for name in expected if name not in run.output]
        self.predicted = run.changed
        ok = run.returncode == 0 and not writes and not missing and run.total_changed > 0
        summary = f"{run.total_changed} changes predicted, {reads} reads, {len(writes)} writes sent"
        if missing:
            summary += f"; not predicted: {', '.join(missing)}"
        return self._outcome(
            ok,
            summary,
            run,
            {"predicted_changes": run.changed, "not_predicted": missing, "reads": reads, "writes": writes},
        )

    def apply(self) -> Outcome:
        """The first run: trunk, access list, numbers, PBX."""
        before = self.control.sequence()
        run = self._playbook("site", "apply", ["--diff"])
        self.requests["first_run"] = len(self.control.requests_since(before))
        self.changed["first_run"] = run.total_changed
        account = self._account()
        wrong = [
            f"{key} is {account.get(key)!r}"
            for key, value in self._expected_account().items()
            if account.get(key) != value
        ]
        if run.changed != self.predicted:
            wrong.append(f"check mode predicted {self.predicted}, changed were {run.changed}")
        summary = f"{run.total_changed} changed, as predicted; {self.requests['first_run']} API requests"
        if wrong:
            summary = f"not as described: {'; '.join(wrong)}"
        return self._outcome(
            run.returncode == 0 and not wrong, summary, run, {"changed": run.changed, "account": account}
        )

    def apply_again(self) -> Outcome:
        """The second run changes nothing."""
        before = self.control.sequence()
        run = self._playbook("site", "apply-again", ["--diff"])
        requests = self.control.requests_since(before)
        writes = [entry for entry in requests if entry["method"] != "GET"]
        self.requests["second_run"] = len(requests)
        self.changed["second_run"] = run.total_changed
        ok = run.returncode == 0 and bool(run.changed) and run.total_changed == 0 and not writes
        summary = f"changed=0 on {', '.join(run.changed)}" if run.total_changed == 0 else f"changed: {run.changed}"
        return self._outcome(
            ok,
            f"{summary}; {len(requests)} API requests, {len(writes)} writes",
            run,
            {"changed": run.changed, "writes": writes},
        )

    def find_drift(self) -> Outcome:
        """Somebody changes an origination URL by hand; check mode says so by its exit code and its diff."""
        trunk = self._trunk()
        urls = self.control.rest("GET", f"trunking/v1/Trunks/{trunk['sid']}/OriginationUrls")["origination_urls"]
        self.drifted = f"/v1/Trunks/{trunk['sid']}/OriginationUrls/{urls[0]['sid']}"
        self.control.rest("POST", f"trunking{self.drifted}", {"Priority": str(DRIFTED_PRIORITY)})
        before = self.control.sequence()
        run = self._playbook("trunk", "drift", ["--check", "--diff", "-e", "voice_fail_on_drift=true"])
        writes = self.control.writes_since(before)
        removed = [line for line in run.output.splitlines() if line.startswith("-") and str(DRIFTED_PRIORITY) in line]
        ok = run.returncode == 2 and bool(removed) and not writes
        summary = f"exit code {run.returncode}, diff: {' '.join(removed[0].split()) if removed else 'does not show it'}"
        return self._outcome(ok, summary, run, {"exit_code": run.returncode, "diff": removed, "writes": writes})

    def repair_drift(self) -> Outcome:
        """The next run sends one write, to the object that had drifted."""
        before = self.control.sequence()
        run = self._playbook("trunk", "repair", ["--diff"])
        writes = [f"{entry['method']} {entry['path']}" for entry in self.control.writes_since(before)]
        ok = run.returncode == 0 and writes == [f"POST {self.drifted}"]
        summary = "one write, to that URL" if ok else f"writes: {', '.join(writes) or 'none'}"
        return self._outcome(ok, summary, run, {"writes": writes})

    def _playbook(self, name: str, log: str, options: list[str]) -> Run:
        return run_playbook(
            name,
            inventory=[self.lab.inventory, OFFICE],
            log=self.lab.state / "logs" / f"{log}.log",
            options=options,
            environment={
                **self.lab.environment(),
                "ANSIBLE_SSH_CONTROL_PATH_DIR": str(self.lab.ssh_sockets),
            },
            progress=self.report.progress,
        )

    def _outcome(self, ok: bool, summary: str, run: Run, evidence: dict[str, object]) -> Outcome:
        log = _relative(run.log)
        if not ok:
            summary += f"\nansible-playbook ended with {run.returncode}; whole log: {log}; its end:\n{run.tail()}"
        return Outcome(ok, summary, {**evidence, "log": log, "exit_code": run.returncode})

    def _trunk(self) -> dict[str, object]:
        trunks = [
            trunk
            for trunk in self.control.rest("GET", "trunking/v1/Trunks")["trunks"]
            if trunk["friendly_name"] == TRUNK
        ]
        if len(trunks) != 1:
            raise RuntimeError(f"{len(trunks)} trunks are named {TRUNK}")
        return dict(trunks[0])

    def _account(self) -> dict[str, object]:
        """Read by plain requests what the run has made of the account."""
        trunk = self._trunk()
        below = f"trunking/v1/Trunks/{trunk['sid']}"
        rest = self.control.rest
        lists = rest("GET", f"{below}/IpAccessControlLists")["ip_access_control_lists"]
        account = f"api/2010-04-01/Accounts/{self.control.account_sid}"
        addresses = [
            f"{entry['ip_address']}/{entry['cidr_prefix_length']}"
            for found in lists
            for entry in rest("GET", f"{account}/SIP/IpAccessControlLists/{found['sid']}/IpAddresses.json")[
                "ip_addresses"
            ]
        ]
        urls = rest("GET", f"{below}/OriginationUrls")["origination_urls"]
        numbers = rest("GET", f"{below}/PhoneNumbers")["phone_numbers"]
        return {
            "domain_name": trunk["domain_name"],
            "secure": trunk["secure"],
            "access_list": sorted(addresses),
            "origination_urls": sorted(url["sip_url"].partition(";")[0] for url in urls),
            "phone_numbers": sorted(number["phone_number"] for number in numbers),
        }

    def _expected_account(self) -> dict[str, object]:
        pbx = self.lab.address("pbx1")
        return {
            "domain_name": DOMAIN,
            "secure": False,
            "access_list": [f"{pbx}/32"],
            "origination_urls": [f"sip:{pbx}:5060"],
            "phone_numbers": sorted(NUMBERS),
        }


def _relative(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def main() -> int:
    try:
        become_root("lab.demo")
        with alone("demo"):
            return prove(Report())
    except LabError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. `make demo` goes on from here, `make demo-down` removes everything.", file=sys.stderr)
        return 130


def prove(report: Report) -> int:
    """Start the lab, run the demo on it, write the report; return the exit code."""
    print("dialtone.voice: from an empty account and a bare machine to calls both ways, on an emulated carrier.")
    lab = Lab("demo")
    # There while a demo works. Cut short, it may have left an installation that still goes on: no state to prove on.
    unfinished = lab.state / "unfinished"

    def start() -> Outcome:
        if unfinished.exists():
            report.say("making pbx1 anew, since the last demo was cut short")
            lab.discard("pbx1")
        lab.up(progress=report.say)
        unfinished.touch()
        lab.reset()
        return Outcome(True, f"carrier, PBX host and subscribers on {lab.network}", {"hosts": lab.hosts()})

    report.heading("The lab")
    demo = None
    try:
        if report.step("machines and emulated carrier", start):
            demo = Demo(lab, report)
            demo.run()
            unfinished.unlink(missing_ok=True)
    finally:
        if demo is not None:
            report.facts = {"api_requests": demo.requests, "changed": demo.changed}
        report.write(REPORT)
        for folder in (lab.state, REPORT, HOME):
            own_tree(folder)
    failed = sum(not step.ok for step in report.steps)
    passed = len(report.steps) - failed
    print(f"\n{passed} of {len(report.steps)} steps ok in {report.seconds:.0f} s; report: {_relative(REPORT)}")
    if failed and demo is not None:
        print(
            "The lab still runs, for a look: `python -m lab status`; README.md says how. `make demo-down` removes it."
        )
    elif failed:
        print("`make demo` tries again; `make demo-down` removes what there is.")
    else:
        print("The lab still runs: `make demo` again proves it again, `make demo-down` removes it.")
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
