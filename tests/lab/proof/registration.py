# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A telephone that registers somewhere else than where it is."""

from __future__ import annotations

from lab.proof.bench import Bench
from lab.proof.findings import Findings
from lab.proof.inbound import DID
from lab.proof.registry import proof
from lab.report import Outcome

PREMIUM = "+19005550123"
TAKEN = "SIP/2.0 200 OK"

# Runs beside the telephone. Asterisk replaces the host of the first Contact only by where the packet came from.
REGISTER = """
import os, socket, sys
from lab.subscriber.digest import Credentials, choose
ip, pbx, odd, expires = sys.argv[1:]
peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
peer.bind((ip, 0))
peer.settimeout(5)
me, uri, more, run = f"{ip}:{peer.getsockname()[1]}", f"sip:{pbx}", [], os.urandom(6).hex()
places = [f"Contact: <sip:101@{me}>", f"Contact: <{odd}>"] if expires != "0" else ["Contact: *"]
for number in (1, 2):
    request = [f"REGISTER {uri} SIP/2.0", f"Via: SIP/2.0/UDP {me};rport;branch=z9hG4bK{run}{number}",
        "Max-Forwards: 70", f"From: <sip:101@{pbx}>;tag={run}",
        f"To: <sip:101@{pbx}>", f"Call-ID: {run}@{ip}", f"CSeq: {number} REGISTER",
        *places, *more, f"Expires: {expires}", "Content-Length: 0", "", ""]
    peer.sendto("\\r\\n".join(request).encode(), (pbx, 5060))
    lines = []
    while not lines or not lines[0].startswith("SIP/2.0"):  # the PBX may ask with OPTIONS first
        lines = peer.recv(65535).decode().split("\\r\\n")
    if not lines[0].startswith("SIP/2.0 401"):
        break
    asked = [line.partition(":")[2] for line in lines if line.lower().startswith("www-authenticate:")]
    answer = Credentials("101", os.environ["SECRET"]).authorise(choose(asked), "REGISTER", uri)
    more = [f"Authorization: {answer}"]
print(lines[0], len([line for line in lines if line.startswith("Contact:")]))
"""


@proof("refused: a registration at the carrier", "101", weight=5)
def elsewhere(bench: Bench) -> Outcome:
    """A telephone registers a premium-rate number of the trunk as its own place; a call to it must not go there.

    It proves something only if the PBX takes the registration.
    """
    found = Findings()

    def register(expires: int) -> str:
        odd = f"sip:{PREMIUM}@acme-hq.pstn.ashburn.twilio.com"
        secret = bench.lab.extension_secret("101")
        argv = ["python3", "-c", REGISTER, bench.phone_address, bench.address, odd, str(expires)]
        return str(bench.lab.exec("phone", argv, env={"SECRET": secret}).stdout).strip()

    since = bench.sequence()
    taken = register(60)
    try:
        # The caller shows a number of the account, so that the carrier itself would not object.
        with bench.call_in(DID(1), DID(1), cancel_after=2) as outside:
            outside.result()
    finally:
        register(0)
    found.expect(taken.startswith(TAKEN), f"the PBX answered {taken}")
    found.expect(not bench.carried(since, PREMIUM), f"{PREMIUM} was called")
    found.note("taken, and not called")
    return found.outcome()
