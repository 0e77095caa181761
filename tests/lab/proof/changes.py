# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of a PBX that is at work, by the playbooks: calls go on, nothing breaks, what breaks is taken back."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from lab.proof.bench import Bench, soon
from lab.proof.deploy import Deployment
from lab.proof.findings import Findings
from lab.proof.inbound import DID, ends_with, hears
from lab.proof.registry import proof
from lab.proof.tones import CARRIER_TONE
from lab.report import Outcome
from lab.telephone import Telephone

HOSTS = "hosts"
CHANGED_DESTINATION = "lab_changed_destination"  # of the announcement's number
GAP = 0.05  # share of a call that may be missing: the ends of it, and blocks that are thrown away with a lost packet


def deploy(bench: Bench, log: str, ground: Sequence[str] | None = (), **changes: Any) -> Deployment:
    """Run the playbook that sets up the PBX hosts, with these changes to the description and no others.

    Of the ground below them it prepares what is given, None for all of it. Most proofs are about the PBX alone, and the
    ground would only take time; those that are about both say so.
    """
    said = {} if ground is None else {"voice_ground": list(ground)}
    return Deployment(bench.lab, bench.pbx.name, HOSTS, log=log, changes={**said, **changes})


def took(bench: Bench, found: Findings, running: Deployment, **changes: Any) -> bool:
    """Expect that a run ends well; what it was told is in force then."""
    done = running.ended()
    if found.expect(done.returncode == 0, f"the playbook ended with {done.returncode}:\n{done.tail()}"):
        bench.in_force = changes
    found.evidence["playbook"] = done.tail(60)
    return done.total_changed > 0


def restore(bench: Bench) -> Outcome:
    """Take back what proofs have left in force. None of them waits for that: the next ones build upon it."""
    found = Findings()
    if bench.in_force:
        took(bench, found, deploy(bench, "restore"))
    return found.outcome()


def settled(bench: Bench, found: Findings) -> dict[str, Any]:
    """Return what is in force, so that a run can be told the same; without the destination that `reload` changes."""
    if CHANGED_DESTINATION in bench.in_force:
        outcome = restore(bench)
        found.expect(outcome.ok, outcome.summary)
    return dict(bench.in_force)


def site_extends(bench: Bench) -> None:
    """The site writes an extension into its own dial plan, another one than in an earlier run of the proofs."""
    extension = f"7{int(time.time()) % 90 + 10}"
    bench.pbx.write(*bench.pbx.site_plan(extension))
    bench.site_extension = extension


@contextmanager
def call_up(bench: Bench) -> Iterator[Telephone]:
    """A call from a telephone to the outside that lasts until it is stopped."""
    with (
        bench.outside(hear_seconds=600),
        bench.dial("130", "2025550180", expect=CARRIER_TONE, hear_seconds=600, timeout=700) as office,
    ):
        office.wait_for("answered")
        yield office


def heard_all_along(found: Findings, office: Telephone, since: float) -> None:
    """End the call; expect that the far end was heard all the time."""
    expected = time.monotonic() - since
    result = office.stop()
    found.evidence["call"] = result
    heard = result.get("heard") or {}
    seconds = float(heard.get("seconds") or 0)
    found.expect(result.get("ended_by") == "us", f"the call was ended by {result.get('ended_by')}")
    found.expect(seconds >= expected * (1 - GAP) - 1, f"of {expected:.0f} s only {seconds:.0f} s were heard")
    found.note(f"the call lasted {expected:.0f} s, {seconds:.0f} s heard, {heard.get('lost')} packets lost")


@proof("change: reload during a call", phase="changes", weight=30)
def reload(bench: Bench) -> Outcome:
    """The new description is in force, the process and the call are the old ones. A restart would end both."""
    found = Findings()
    process = bench.pbx.process()
    with call_up(bench) as office:
        begun = time.monotonic()
        site_extends(bench)  # proven by the proof after the next
        changes = {**bench.in_force, CHANGED_DESTINATION: {"hangup": "busy"}}
        found.expect(took(bench, found, deploy(bench, "reload", **changes), **changes), "the playbook changed nothing")
        changed = ends_with(bench, DID(10), 486)
        found.expect(changed.ok, f"the number still leads elsewhere: {changed.summary}")
        found.expect(bench.pbx.process() == process, "the process is another one")
        found.expect(bench.pbx.calls() == 1, f"{bench.pbx.calls()} calls are up")
        heard_all_along(found, office, begun)
    return found.outcome()


@proof("change: drain on restart", phase="changes", weight=40)
def drain(bench: Bench) -> Outcome:
    """With a call up the restart waits, and takes no new call meanwhile but an emergency call; when the call ends, it
    happens. What `reload` has changed is taken back by it as well. A plain restart would end the call."""
    found = Findings()
    process = bench.pbx.process()
    with call_up(bench) as office:
        begun = time.monotonic()
        found.expect(not _refused(bench), "new calls were turned away before anything was changed")
        running = deploy(bench, "drain", **bench.pbx.restart_change)
        refused = soon(lambda: _refused(bench) or not running.is_alive(), 120, 1.0)
        found.expect(refused is True and running.is_alive(), "new calls were taken all the time")
        with bench.dial("114", "933", expect=CARRIER_TONE) as emergency:
            found.good("emergency call meanwhile", emergency.result())
        found.expect(bench.pbx.process() == process, "it was restarted while a call was up")
        heard_all_along(found, office, begun)
    took(bench, found, running, **bench.pbx.restart_change)
    found.expect(bench.pbx.process() not in (0, process), "it was not restarted")
    working(bench, found, "after the restart")
    return found.outcome()


@proof("change: the site's own dial plan", phase="changes", weight=5)
def site(bench: Bench) -> Outcome:
    """The run of `reload` has taken over what the site wrote before it, and neither that run nor the next wrote there.
    Without the site's file, or with a role that begins it anew, the extension is no number: 484."""
    found = Findings()
    if not bench.site_extension:
        site_extends(bench)
        same = dict(bench.in_force)
        took(bench, found, deploy(bench, "site", **same), **same)
    path, content = bench.pbx.site_plan(bench.site_extension)
    found.expect(bench.pbx.read(path) == content.encode(), f"{path} is not what the site wrote")
    with bench.dial("115", bench.site_extension, expect_code=486) as office:
        found.good(f"extension {bench.site_extension}", office.result())
    found.note(f"extension {bench.site_extension} answers as the site's file says")
    return found.outcome()


def _refused(bench: Bench) -> bool:
    """Tell whether a new call is turned away, neither answered nor refused by a destination of ours."""
    # Not the number that `reload` changes.
    with bench.call_in(DID(8), bench.caller()) as outside:
        return outside.result().get("code") != 200


def working(bench: Bench, found: Findings, when: str) -> None:
    """Expect that a call from outside is answered."""
    one = hears(bench, DID(10), "closed")
    found.expect(one.ok, f"{when}: {one.summary}")
    found.note(f"{when} calls work")


@proof("change: a broken value is refused", phase="changes", weight=30)
def refused(bench: Bench) -> Outcome:
    """What a throw-away PBX can see to be wrong is never installed: the process is the old one, its files too. Without
    that judgement the running PBX is restarted with it, and then with what was."""
    found = Findings()
    same = settled(bench, found)
    process, files = bench.pbx.process(), bench.pbx.state()
    done = deploy(bench, "refused", **same, **bench.pbx.broken_change).ended()
    found.expect(done.returncode == 2, f"the playbook ended with {done.returncode}")
    wrong = str(next(iter(bench.pbx.broken_change.values()))[0])
    found.expect(wrong in done.output, f"it does not name {wrong}:\n{done.tail()}")
    found.expect(bench.pbx.process() == process, "the process is another one")
    found.expect(bench.pbx.state() == files, "the configuration is another one")
    working(bench, found, "afterwards")
    return found.outcome()


@proof("change: a broken value is taken back", phase="changes", weight=60)
def broken(bench: Bench) -> Outcome:
    """Only the running PBX can find that a port is taken: the playbook fails, the configuration before is in force,
    calls work as before, and the next run has nothing to change. Without a way back the configuration is another one;
    one that is not committed makes the next run change two tasks. The ground is left out: it is not taken back, as
    docs/ground.md says."""
    found = Findings()
    same = settled(bench, found)
    files = bench.pbx.state()
    listener = bench.lab.popen(bench.host, ["python3", "-c", LISTENER, str(TAKEN)])
    try:
        done = deploy(bench, "broken", **same, voice_sip_tls_port=TAKEN).ended()
    finally:
        listener.terminate()
        listener.wait(10)
    found.expect(done.returncode == 2, f"the playbook ended with {done.returncode}")
    found.expect(str(TAKEN) in done.output, f"it does not name the port {TAKEN}:\n{done.tail()}")
    found.expect(bench.pbx.state() == files, "the configuration is another one")
    working(bench, found, "afterwards")
    again = deploy(bench, "broken-again", **same).ended()
    found.expect(again.returncode == 0, f"the next run ended with {again.returncode}:\n{again.tail()}")
    found.expect(again.total_changed == 0, f"the next run changed {again.changed}")
    return found.outcome()


TAKEN = 5999  # a port that another program has
LISTENER = """
import socket, sys, threading
peer = socket.create_server(("", int(sys.argv[1])))
threading.Event().wait()
"""

# Overrides of the description, each wrong in its own way, and a word of the sentence that each deserves.
BAD = {
    "voice_extensions": [
        {"extension": "101", "secret": "Long-Enough-Secret-1", "caller_id": "+12025550101"},
        {"extension": "101", "secret": "Long-Enough-Secret-2", "caller_id": "+12025550101"},
        {"extension": "102", "secret": "1234", "caller_id": "+12025550101"},
    ],
    "voice_numbers": [
        {
            "number": "+12025550101", "trunk": "acme-hq-production", "owner": "Sales", "purpose": "main line",
            "emergency_address": "hq", "destination": {"extension": "101"},
        },
        {"number": "+12025550102", "trunk": "acme-hq-production", "owner": "Sales", "purpose": "no destination"},
        {
            "number": "+12025550103", "trunk": "acme-hq-production", "owner": "Sales", "purpose": "not there",
            "destination": {"queue": "nowhere"},
        },
    ],
    "voice_rtp_start": 10000,
    "voice_rtp_end": 10019,
}  # fmt: skip
COMPLAINTS = ("voice_extensions[1]", "voice_extensions[2].secret", "voice_numbers[1]", "nowhere", "voice_rtp_")


@proof("change: bad input is reported at once", phase="changes", weight=10)
def bad_input(bench: Bench) -> Outcome:
    """Five mistakes are five sentences of one run, and neither the account nor the host is written to."""
    found = Findings()
    before, process = bench.control.sequence(), bench.pbx.process()
    files = bench.pbx.state()
    done = Deployment(bench.lab, bench.pbx.name, "site", log="bad-input", changes=BAD).ended()
    found.expect(done.returncode == 2, f"the playbook ended with {done.returncode}")
    missing = [word for word in COMPLAINTS if word not in done.output]
    found.expect(not missing, f"not complained of: {', '.join(missing)}\n{done.tail(40)}")
    found.expect(not bench.control.writes_since(before), "the account was written to")
    found.expect(bench.pbx.process() == process and bench.pbx.state() == files, "the host was changed")
    found.note(f"{len(COMPLAINTS)} mistakes in one run, nothing written")
    return found.outcome()


FIREWALL = "dialtone-nft-dialtone_firewall.service"
GROUND_UNITS = (FIREWALL, "dialtone-nft-dialtone_marks.service", "chrony.service")


def active_since(bench: Bench, unit: str) -> int:
    """Return the moment, in microseconds of the machine's clock, since when a unit is active; 0 if it is not."""
    shown = bench.pbx.shell(f"systemctl show --property ActiveEnterTimestampMonotonic --value {unit}")
    return int(shown) if bench.pbx.shell(f"systemctl is-active {unit} || true").strip() == "active" else 0


@proof("change: reboot of the host", phase="changes", weight=40)
def reboot(bench: Bench) -> Outcome:
    """Calls work again without anybody's doing, and the roles have nothing to repair, on the ground neither."""
    found = Findings()
    same = settled(bench, found)
    start = time.monotonic()
    bench.lab.reboot(bench.host)
    answered = soon(lambda: hears(bench, DID(10), "closed").ok, 90, 1.0)
    found.expect(answered, "no call is answered after the reboot")
    found.note(f"calls answered {time.monotonic() - start:.0f} s after the reboot began")
    since = {unit: active_since(bench, unit) for unit in (*GROUND_UNITS, bench.pbx.service)}
    found.expect(
        all(since.values()), f"after the start these do not run: {[unit for unit in since if not since[unit]]}"
    )
    found.expect(0 < since[FIREWALL] < since[bench.pbx.service], f"the firewall came after the PBX: {since}")
    done = deploy(bench, "reboot", None, **same).ended()
    found.expect(done.returncode == 0, f"the playbook ended with {done.returncode}:\n{done.tail()}")
    found.expect(done.total_changed == 0, f"the playbook changed {done.changed}")
    return found.outcome()
