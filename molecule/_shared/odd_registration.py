# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Register extension 101 at a premium-rate number of the trunk as well, then call it from outside.

odd_registration.py LAB     Exit code 1 if the call went on to the carrier, or if the PBX did not take the registration,
                            for then this proves nothing.
"""

from __future__ import annotations

import sys

from lab.checks import Checks
from lab.lab import Lab
from lab.telephone import subscriber

PREMIUM = "+19005550123"
DID = "+12025550101"

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


def main(name: str) -> int:
    lab = Lab(name)
    control = lab.control()
    checks = Checks(lab, control)

    def register(expires: int) -> str:
        odd = f"sip:{PREMIUM}@acme-hq.pstn.ashburn.twilio.com"
        argv = ["python3", "-c", REGISTER, checks.phone, checks.pbx, odd, str(expires)]
        return lab.exec("phone", argv, env={"SECRET": lab.extension_secret("101")}).stdout.strip()

    before = int(control.get("calls")["seq"])
    taken = register(60)
    try:
        # The caller shows a number of the account, so that the carrier itself would not object.
        dial: dict[str, str | float] = {
            "listen": f"{checks.outside}:5070",
            "from": f"sip:{DID}@{checks.outside}",
            "to": f"sip:{DID}@{checks.switch}",
            "proxy": f"{checks.switch}:5060",
            "cancel-after": 2,
        }
        with subscriber(lab, "pstn", "call", dial) as caller:
            caller.result()
    finally:
        register(0)
    calls = control.get(f"calls?since={before}")["calls"]
    arrived = [call["direction"] for call in calls]
    sys.stdout.write(f"registration: {taken}; calls at the carrier: {arrived}\n")
    return 0 if taken == "SIP/2.0 200 OK 2" and arrived == ["origination"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
