# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prove the SIP edges on a running lab: every verdict is enforced, calls go both ways, failover follows the rules.

python -m lab.carrier.prove --name demo     a line for each case; exit code 1 if one fails

No PBX is needed: a subscriber on pbx1 stands for it. The emulator's state is lost; it is left as after `reset`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from typing import Any

from lab.hosts.plan import PBX_NAT
from lab.lab import Lab
from lab.report import Outcome, Report
from lab.telephone import Options, Value, header, subscriber

DOMAIN = "acme-hq.pstn.twilio.com"
DID = "+12025550101"
ABROAD = "+442079460000"
USER, PASSWORD = "alice", "Lab-only-Secret-1"
PBX_PORT = 5099  # beside an Asterisk that may be there
HEADERS = "X-Office=hq&X-Line=2"  # of an origination URL
NOBODY = 99  # no host has this last octet
# What stands for a PBX with TLS: a certificate of its own, which the carrier does not check.
PBX_TLS: Options = {"transport": "tls", "certificate": "/run/prove.pem", "key": "/run/prove.key", "srtp": "require"}


class Proof:
    """The cases, on one lab. Each resets the emulator and makes the trunk it needs."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.control = lab.control()
        self.pbx = lab.address("pbx1")

    def trunk(
        self, targets: list[str] | None = None, credentials: bool = False, secure: bool = False, source: str = ""
    ) -> None:
        """Reset the account and make a trunk for pbx1 with these origination URLs, in this order."""
        self.lab.reset()
        rest = self.control.rest
        account = f"api/2010-04-01/Accounts/{self.control.account_sid}"
        values = {"FriendlyName": "proof", "DomainName": DOMAIN, "Secure": str(secure).lower()}
        trunk = rest("POST", "trunking/v1/Trunks", values)["sid"]
        below = f"trunking/v1/Trunks/{trunk}"
        acl = rest("POST", f"{account}/SIP/IpAccessControlLists.json", {"FriendlyName": "proof"})["sid"]
        entry = {"FriendlyName": "pbx1", "IpAddress": source or self.pbx}
        rest("POST", f"{account}/SIP/IpAccessControlLists/{acl}/IpAddresses.json", entry)
        rest("POST", f"{below}/IpAccessControlLists", {"IpAccessControlListSid": acl})
        if credentials:
            listed = rest("POST", f"{account}/SIP/CredentialLists.json", {"FriendlyName": "proof"})["sid"]
            secret = {"Username": USER, "Password": PASSWORD}
            rest("POST", f"{account}/SIP/CredentialLists/{listed}/Credentials.json", secret)
            rest("POST", f"{below}/CredentialLists", {"CredentialListSid": listed})
        for priority, url in enumerate(targets or [f"sip:{self.pbx}:{PBX_PORT}"]):
            values = {"FriendlyName": url, "SipUrl": url, "Priority": str(priority), "Weight": "1", "Enabled": "true"}
            rest("POST", f"{below}/OriginationUrls", values)
        for number in rest("GET", f"{account}/IncomingPhoneNumbers.json")["incoming_phone_numbers"]:
            rest("POST", f"{below}/PhoneNumbers", {"PhoneNumberSid": number["sid"]})

    # -- PBX to carrier ------------------------------------------------------------------------------------------

    def call(self, host: str, number: str, edge: str = "ashburn", password: str = "", **more: Value) -> dict[str, Any]:
        """Call a number through an edge, from a host that stands for a PBX; return what became of it."""
        port = 5061 if more.get("transport") == "tls" else 5060
        options: Options = {
            "listen": f"{self.lab.address(host)}:{PBX_PORT}",
            "from": f"sip:{DID}@{DOMAIN}",
            "to": f"sip:{number}@{DOMAIN}",
            "proxy": f"{self.lab.edge_address(edge)}:{port}",
            "tone": 440,
            "expect": 700,
            **({"username": USER} if password else {}),
            **more,
        }
        with subscriber(self.lab, host, "call", options, password=password) as caller:
            return caller.result()

    def answered(self, edge: str, password: str = "", **more: Value) -> Outcome:
        """A call from pbx1 reaches a subscriber, both hear each other, the caller hangs up (or the far end: `who`)."""
        answer: Options = {"listen": f"{self.lab.address('pstn')}:5060", "tone": 700, "expect": 440}
        answer.update({name: more[name] for name in ("who", "srtp") if name in more})
        with subscriber(self.lab, "pstn", "answer", answer) as far:
            far.wait_for("listening")
            near = self.call("pbx1", ABROAD, edge, password, **more)
            there = far.result()
        uri = there["calls"][0]["request_uri"] if there.get("calls") else ""
        server = header(near, "Contact")
        ok = bool(near["ok"] and there["ok"]) and uri.startswith(f"sip:{ABROAD}@") and "@172." in server
        return Outcome(ok, f"{near['code']}, {uri}, Contact {server}", {"here": near, "there": there})

    def refused(self, result: dict[str, Any], code: int, error: str) -> Outcome:
        found = header(result, "X-Twilio-Error")
        ok = result["code"] == code and found.startswith(error) and header(result, "Server") == "Twilio Gateway"
        return Outcome(ok, f"{result['code']} {result['reason']}, X-Twilio-Error: {found}", result)

    def alerted(self) -> Outcome:
        """A wrong password is in the account's alerts, and no call."""
        alerts = self.control.rest("GET", "monitor/v1/Alerts")["alerts"]
        codes = [alert["error_code"] for alert in alerts]
        return Outcome("32202" in codes, f"alerts: {', '.join(codes) or 'none'}", alerts)

    def probe(self, method: str, edge: str = "umatilla", **more: Value) -> dict[str, Any]:
        options: Options = {
            "listen": f"{self.pbx}:{PBX_PORT}",
            "method": method,
            "uri": f"sip:{DOMAIN}",
            "target": f"{self.lab.edge_address(edge)}:5060",
            **more,
        }
        with subscriber(self.lab, "pbx1", "probe", options) as probe:
            return probe.result()

    def options(self) -> Outcome:
        result = self.probe("OPTIONS")
        return Outcome(result["code"] == 200, f"{result['code']}", result)

    def emulator_down(self) -> Outcome:
        """With the emulator stopped, a call is refused at once, not left waiting."""
        find = "for p in /proc/[0-9]*; do grep -qz '^lab[.]emulator$' $p/cmdline 2>/dev/null && basename $p; done"
        pid = self.lab.exec("carrier", ["sh", "-c", find], check=False).stdout.strip()
        self.lab.exec("carrier", ["sh", "-c", f"kill -STOP {pid}"])
        try:
            result = self.call("pbx1", ABROAD, timeout=10)
        finally:
            self.lab.exec("carrier", ["sh", "-c", f"kill -CONT {pid}"])
        return Outcome(result["code"] == 503, f"{result['code']} {result['reason']}", result)

    # -- carrier to PBX ------------------------------------------------------------------------------------------

    def inbound(self, answer: Options, dial: Options, code: int = 200) -> tuple[dict[str, Any], dict[str, Any]]:
        """A subscriber dials the DID, pbx1 answers as told; return what each saw."""
        ring: Options = {"listen": f"{self.pbx}:{PBX_PORT}", "tone": 440, "expect": 700, **answer}
        call: Options = {
            "listen": f"{self.lab.address('pstn')}:5060",
            "from": f"sip:+14155550123@{self.lab.address('pstn')}",
            "to": f"sip:{DID}@{self.lab.address('carrier')}",
            "proxy": f"{self.lab.address('carrier')}:5060",
            "tone": 700,
            "expect": 440,
            **({"expect-code": code} if code != 200 else {}),
            **dial,
        }
        with subscriber(self.lab, "pbx1", "answer", ring) as pbx:
            pbx.wait_for("listening")
            with subscriber(self.lab, "pstn", "call", call) as caller:
                result = caller.result()
            return result, pbx.wait_for("incoming")

    def delivered(self, target: str = "", secure: bool = False, **answer: Value) -> Outcome:
        """The call arrives with the carrier's headers, from the edge of the URL, and whoever hangs up is heard."""
        self.trunk([target] if target else None, secure=secure)
        dial = {**answer, **({"srtp": "require"} if secure else {})}
        result, invite = self.inbound({**answer, **(PBX_TLS if secure else {})}, dial)
        headers = {name.lower(): value for name, value in invite["headers"].items()}
        wanted = {
            "user-agent": "Twilio Gateway",
            "allow": "ACK,BYE,CANCEL,INVITE,OPTIONS,REFER,NOTIFY",
            "diversion": f"<sip:{DID}@twilio.com>;reason=unconditional",
            "p-asserted-identity": f"<sip:+14155550123@{DOMAIN}>",
            "x-twilio-accountsid": self.control.account_sid,
        }
        wrong = [f"{name}: {headers.get(name)}" for name, value in wanted.items() if headers.get(name) != value]
        if not invite["from"].startswith(f"<sip:+14155550123@{DOMAIN}>"):
            wrong.append(f"from: {invite['from']}")
        if "@172." not in invite["contact"]:
            wrong.append(f"contact: {invite['contact']}")
        if headers.get("record-route", "").count("<sip:") != 2:
            wrong.append(f"record-route: {headers.get('record-route')}")
        edge = self.lab.edge_address("umatilla").rpartition(".")[0]
        if "edge=umatilla" in target and not invite["source"].startswith(f"{edge}."):
            wrong.append(f"source: {invite['source']}")
        if "?" in target and (headers.get("x-office"), headers.get("x-line")) != ("hq", "2"):
            wrong.append("the headers of the URL are missing")
        if secure and (invite["transport"], invite["sdp"]["crypto"]) != ("TLS", ["AES_CM_128_HMAC_SHA1_80"]):
            wrong.append(f"SRTP: {invite['sdp']}")
        summary = f"{result['code']} from {invite['source']} over {invite['transport']}"
        return Outcome(bool(result["ok"]) and not wrong, "; ".join([summary, *wrong]), {"call": result, "at": invite})

    def failover(self) -> Outcome:
        """A silent target is given up after 4 s, and the next one answers."""
        silent = f"{self.pbx.rpartition('.')[0]}.{NOBODY}"
        self.trunk([f"sip:{silent}:5060", f"sip:{self.pbx}:{PBX_PORT}"])
        result, __ = self.inbound({}, {})
        seconds = result["setup_seconds"] or 0.0
        return Outcome(bool(result["ok"]) and 3.5 < seconds < 5.0, f"answered after {seconds:.1f} s", result)

    def final(self, code: int, expected: int, offers: int) -> Outcome:
        """The same PBX twice: it refuses with `code`, and is asked once or twice."""
        self.trunk([f"sip:{self.pbx}:{PBX_PORT}", f"sip:{self.pbx}:{PBX_PORT};edge=umatilla"])
        with subscriber(
            self.lab, "pbx1", "answer", {"listen": f"{self.pbx}:{PBX_PORT}", "reject": code, "calls": offers}
        ) as pbx:
            pbx.wait_for("listening")
            options: Options = {
                "listen": f"{self.lab.address('pstn')}:5060",
                "from": f"sip:+14155550123@{self.lab.address('pstn')}",
                "to": f"sip:{DID}@{self.lab.address('carrier')}",
                "proxy": f"{self.lab.address('carrier')}:5060",
                "expect-code": expected,
            }
            with subscriber(self.lab, "pstn", "call", options) as caller:
                result = caller.result()
            seen = len(pbx.result()["calls"])
        return Outcome(bool(result["ok"]) and seen == offers, f"{result['code']} after {seen} offers", result)

    def cancelled(self) -> Outcome:
        self.trunk()
        result, __ = self.inbound({"ring-seconds": 8}, {"cancel-after": 0.5}, code=487)
        return Outcome(result["code"] == 487, f"{result['code']} {result['reason']}", result)

    # -- TLS and SRTP --------------------------------------------------------------------------------------------

    def tls(self) -> dict[str, Value]:
        """The options of a caller on pbx1 that speaks TLS and trusts the carrier, after making its certificate."""
        authority = self.lab.carrier_ca.read_text(encoding="utf-8")
        self.lab.exec("pbx1", ["sh", "-c", "cat > /run/carrier-ca.pem"], input=authority)
        self.lab.exec("pbx1", [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=pbx1", "-keyout", str(PBX_TLS["key"]), "-out", str(PBX_TLS["certificate"]),
        ])  # fmt: skip
        return {"transport": "tls", "ca": "/run/carrier-ca.pem"}

    def secure(self) -> Outcome:
        """Over TLS and with SRTP a call goes through; the certificate is good for the trunk's name at the edge."""
        name = DOMAIN.replace("pstn", "pstn.umatilla")
        return self.answered("umatilla", "", **{**self.tls(), "srtp": "require", "tls-name": name})

    def insecure_inbound(self) -> Outcome:
        """A caller without SRTP does not get through to a secure trunk; when a test wants it, the PBX hears of it."""
        self.trunk([f"sip:{self.pbx}:{PBX_PORT + 1}"], secure=True)
        call: Options = {
            "listen": f"{self.lab.address('pstn')}:5060",
            "from": f"sip:+14155550123@{self.lab.address('pstn')}",
            "to": f"sip:{DID}@{self.lab.address('carrier')}",
            "proxy": f"{self.lab.address('carrier')}:5060",
        }
        with subscriber(self.lab, "pstn", "call", call) as caller:
            refused = caller.result()
        self.control.post("settings", {"pass_unencrypted": True})
        answer: Options = {**PBX_TLS, "timeout": 8}
        passed, invite = self.inbound(answer, {}, code=488)
        ok = refused["code"] == 488 and bool(passed["ok"]) and invite["sdp"]["protocol"] == "RTP/AVP"
        over = f"{invite['sdp']['protocol']} over {invite['transport']}"
        found = f"{refused['code']}; passed on: {passed['code']}, {over}"
        return Outcome(ok, found, {"refused": refused, "passed": passed})

    # -- a PBX behind a router (up --nat) ------------------------------------------------------------------------

    def behind_nat(self, told: bool, outbound: bool) -> Outcome:
        """A call of a PBX that does not own its address: good when it knows that address, else it hears nothing."""
        public, inside = self.lab.address(PBX_NAT), self.lab.plan.hosts[PBX_NAT].inside
        self.trunk([f"sip:{public}:{PBX_PORT}"], source=public)
        pbx: Options = {"listen": f"{inside}:{PBX_PORT}", **({"external": public} if told else {}), "timeout": 8}
        pstn = self.lab.address("pstn")
        far: Options = {"listen": f"{pstn}:5060", "tone": 700, "expect": 440, "timeout": 8}
        pbx |= {"tone": 440, "expect": 700}
        if outbound:
            edge = f"{self.lab.edge_address('ashburn')}:5060"
            pbx |= {"from": f"sip:{DID}@{DOMAIN}", "to": f"sip:{ABROAD}@{DOMAIN}", "proxy": edge}
        else:
            switch = self.lab.address("carrier")
            far |= {"from": f"sip:+14155550123@{pstn}", "to": f"sip:{DID}@{switch}", "proxy": f"{switch}:5060"}
        called, caller = (("pstn", far), (PBX_NAT, pbx)) if outbound else ((PBX_NAT, pbx), ("pstn", far))
        with subscriber(self.lab, called[0], "answer", called[1]) as there:
            there.wait_for("listening")
            with subscriber(self.lab, caller[0], "call", caller[1]) as here:
                results = [here.result(), there.result()]
        deaf = "no audio arrived" in str(results[0 if outbound else 1]["why"])
        ok = all(result["ok"] for result in results) if told else deaf
        found = f"caller: {results[0]['why'] or 'ok'}; called: {results[1]['why'] or 'ok'}"
        return Outcome(ok, found, {"caller": results[0], "called": results[1]})

    # -- dead edges ----------------------------------------------------------------------------------------------

    def silent_edge(self) -> Outcome:
        """A silent edge answers nothing over UDP, takes no connection, and calls come from the other one."""
        self.trunk()
        self.control.post("settings", {"edges": {"ashburn": "silent"}})
        try:
            udp = self.probe("OPTIONS", "ashburn", timeout=3)
            tcp = self.probe("OPTIONS", "ashburn", timeout=3, transport="TCP")
            other = self.probe("OPTIONS", "umatilla")
            __, invite = self.inbound({}, {})
        finally:
            self.control.post("settings", {"edges": {"ashburn": "up"}})
        again = self.probe("OPTIONS", "ashburn")
        codes = [one["code"] for one in (udp, tcp, other, again)]
        there = self.lab.edge_address("umatilla").rpartition(".")[0]
        ok = codes == [None, None, 200, 200] and invite["source"].startswith(f"{there}.")
        return Outcome(ok, f"UDP, TCP, the other edge, up again: {codes}; inbound from {invite['source']}", invite)

    def busy_edge(self) -> Outcome:
        """An edge that answers 503, one address of it alone."""
        self.trunk()
        self.control.post("settings", {"edges": {self.lab.edge_address("ashburn"): "503"}})
        codes = [self.probe("OPTIONS", "ashburn")["code"], self.call("pbx1", ABROAD)["code"]]
        codes.append(self.probe("OPTIONS", "umatilla")["code"])
        seen = self.control.get("calls")["options_seen"]
        return Outcome(codes == [503, 503, 200] and len(seen) == 2, f"OPTIONS, INVITE, other edge: {codes}", seen)

    def transfer(self) -> Outcome:
        """A PBX that wants the carrier to transfer a call is refused, and the test sees it."""
        self.trunk()
        far: Options = {"listen": f"{self.lab.address('pstn')}:5060", "tone": 700, "expect": 440}
        more: Options = {"refer-to": "sip:+19005550123@x", "refer-after": "heard", "expect-refer": 403}
        with subscriber(self.lab, "pstn", "answer", far) as phone:
            phone.wait_for("listening")
            result = self.call("pbx1", ABROAD, "ashburn", "", **more)
        refers = self.control.get("calls")["refers"]
        ok = bool(result["ok"]) and [refer["refer_to"] for refer in refers] == ["<sip:+19005550123@x>"]
        return Outcome(ok, f"{result['transfer']['outcome']}, noted: {len(refers)}", result)

    def anonymous(self) -> Outcome:
        """Without a number in From the asserted identity counts, and what the PBX wrote is recorded."""
        self.trunk()
        asked: Options = {
            "from": '"Anonymous" <sip:anonymous@anonymous.invalid>',
            "header": ["Privacy: id", f"P-Asserted-Identity: <sip:{DID}@{DOMAIN}>"],
        }
        far: Options = {"listen": f"{self.lab.address('pstn')}:5060", "tone": 700, "expect": 440}
        with subscriber(self.lab, "pstn", "answer", far) as phone:
            phone.wait_for("listening")
            result = self.call("pbx1", ABROAD, "ashburn", "", **asked)
        call = self.control.calls()[-1]
        ok = bool(result["ok"]) and (call["privacy"], call["asserted_user"]) == ("id", DID)
        return Outcome(ok, f"{result['code']}, From {call['from_header'][:50]}, Privacy {call['privacy']}", call)

    def all(self) -> Iterator[tuple[str, Callable[[], Outcome]]]:
        """Every case with its name, in the order in which they build on each other's trunks."""

        def first(
            action: Callable[[], Outcome], credentials: bool = False, secure: bool = False
        ) -> Callable[[], Outcome]:
            def run() -> Outcome:
                self.trunk(credentials=credentials, secure=secure)
                return action()

            return run

        call, refused = self.call, self.refused
        yield "source not in the ACL", first(lambda: refused(call("rogue", ABROAD), 403, "32201"))
        yield "not E.164", lambda: refused(call("pbx1", "2025550199"), 400, "32101")
        yield "REGISTER", lambda: refused(self.probe("REGISTER"), 403, "32210")
        yield "OPTIONS", self.options
        yield "routed, UDP, ashburn", lambda: self.answered("ashburn")
        yield "routed, TCP, umatilla", lambda: self.answered("umatilla", transport="TCP")
        yield "the far end hangs up", lambda: self.answered("ashburn", who="callee")
        yield "emulator stopped", self.emulator_down
        yield "right password", first(lambda: self.answered("ashburn", PASSWORD), credentials=True)
        yield "wrong password", lambda: refused(call("pbx1", ABROAD, password="Wrong-1"), 403, "32202")
        yield "the account is told", self.alerted
        yield "delivered, UDP, umatilla", lambda: self.delivered(f"sip:{self.pbx}:{PBX_PORT};edge=umatilla?{HEADERS}")
        yield "delivered, TCP", lambda: self.delivered(f"sip:{self.pbx}:{PBX_PORT};transport=tcp")
        yield "the PBX hangs up", lambda: self.delivered(who="callee")
        yield "silent target, next after 4 s", self.failover
        yield "486 is final", lambda: self.final(486, 486, 1)
        yield "480 is not", lambda: self.final(480, 480, 2)
        yield "cancelled while ringing", self.cancelled
        yield "TLS and SRTP, umatilla", first(self.secure, secure=True)
        yield "secure trunk, no TLS", lambda: refused(call("pbx1", ABROAD, srtp="require"), 488, "32209")
        yield "secure trunk, no SRTP", lambda: refused(call("pbx1", ABROAD, "ashburn", "", **self.tls()), 488, "32208")
        yield "delivered, TLS and SRTP", lambda: self.delivered(f"sip:{self.pbx}:{PBX_PORT + 1}", secure=True)
        yield "secure trunk, caller without SRTP", self.insecure_inbound
        yield "silent edge", self.silent_edge
        yield "edge that answers 503", self.busy_edge
        yield "transfer by a PBX", self.transfer
        yield "anonymous", self.anonymous
        if self.lab.plan.nat:
            yield "behind NAT, inbound", lambda: self.behind_nat(True, False)
            yield "behind NAT, outbound", lambda: self.behind_nat(True, True)
            yield "behind NAT and not told, inbound", lambda: self.behind_nat(False, False)
            yield "behind NAT and not told, outbound", lambda: self.behind_nat(False, True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m lab.carrier.prove", description="Prove the SIP edges of a lab.")
    parser.add_argument("--name", default="demo", help="the lab (default: demo)")
    parser.add_argument("--only", default="", metavar="TEXT", help="the cases whose name holds this text")
    options = parser.parse_args()
    lab = Lab(options.name)
    report = Report()
    for name, case in Proof(lab).all():
        if options.only in name:
            report.step(name, case)
    lab.reset()
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
