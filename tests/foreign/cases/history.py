# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happened: calls, alerts, insights and usage."""

from __future__ import annotations

from typing import Any

from foreign.check import date, holds, refused, same
from foreign.stand import NUMBERS, Stand

ALERTS = "api:monitor:v1:alerts"
CALLS = "api:core:calls"
RECORDS = "api:core:usage:records"
SUMMARIES = "api:insights:v1:voice:summaries"
DOMAIN = "acme.pstn.twilio.com"
PBX, ROGUE = "203.0.113.10", "203.0.113.66"


def _trunk(stand: Stand) -> str:
    """A trunk that the PBX may call out by."""
    trunk = stand.post("trunking/v1/Trunks", DomainName=DOMAIN)["sid"]
    account = stand.state()["sid"]
    lists = f"api/2010-04-01/Accounts/{account}/SIP/IpAccessControlLists"
    sid = stand.post(f"{lists}.json", FriendlyName="pbx")["sid"]
    stand.post(f"{lists}/{sid}/IpAddresses.json", FriendlyName="pbx1", IpAddress=PBX)
    stand.post(f"trunking/v1/Trunks/{trunk}/IpAccessControlLists", IpAccessControlListSid=sid)
    return str(trunk)


def _call(stand: Stand, source: str, number: str = "+442079460000") -> dict[str, Any]:
    """The edge's verdict on an INVITE."""
    invite = {"method": "INVITE", "source_ip": source, "transport": "udp", "request_host": DOMAIN}
    return stand.lab("sip/termination", {**invite, "request_user": number, "from_user": NUMBERS[0]})


def calls(stand: Stand) -> None:
    """A call that went through is in the list of calls; one that was refused is an alert."""
    trunk = _trunk(stand)
    went = _call(stand, PBX)
    same(went["action"], "route", f"verdict {went}")
    stand.lab("sip/result", {"call_sid": went["call_sid"], "status": "completed", "sip_code": 200, "seconds": 61})
    same(_call(stand, ROGUE)["action"], "reject", "verdict on a stranger")

    listed, to, other, fetched = stand.each(
        (f"{CALLS}:list",),
        (f"{CALLS}:list", "--to", "+442079460000", "--status", "completed"),
        (f"{CALLS}:list", "--to", "+442079460001"),
        (f"{CALLS}:fetch", "--sid", went["call_sid"]),
    )
    call = fetched.one()
    wanted = {"sid": went["call_sid"], "trunkSid": trunk, "status": "completed", "duration": "61"}
    holds(call, {**wanted, "to": "+442079460000", "from": NUMBERS[0]}, "call")
    date(call["startTime"], "startTime of a call")
    same((listed.json(), to.json(), other.json()), ([call], [call], []), "lists of calls")

    alerts, errors, warnings = stand.each(
        (f"{ALERTS}:list",), (f"{ALERTS}:list", "--log-level", "error"), (f"{ALERTS}:list", "--log-level", "warning")
    )
    alert = alerts.json()[0]
    holds(alert, {"errorCode": "32201", "logLevel": "error"}, "alert about a stranger's call")
    date(alert["dateGenerated"], "dateGenerated of an alert")
    same((len(alerts.json()), errors.json(), warnings.json()), (1, [alert], []), "lists of alerts")
    one, nobody = stand.each((f"{ALERTS}:fetch", "--sid", alert["sid"]), (f"{ALERTS}:fetch", "--sid", "NO" + "0" * 32))
    same(one.one()["sid"], alert["sid"], "fetched alert")
    refused(nobody, 20404, 404)

    summaries = stand.twilio(f"{SUMMARIES}:list").json()
    same([summary["callSid"] for summary in summaries], [went["call_sid"]], "summaries of insights")


def usage(stand: Stand) -> None:
    """Usage by category and period."""
    numbers, months, unknown = stand.each(
        (f"{RECORDS}:list", "--category", "phonenumbers"),
        (f"{RECORDS}:this-month:list", "--category", "phonenumbers"),
        (f"{RECORDS}:list", "--category", "no-such-category", "--skip-parameter-validation"),
    )
    wanted = {"category": "phonenumbers", "count": str(len(NUMBERS)), "priceUnit": "usd"}
    record = numbers.json()[0]
    holds(record, wanted, "usage of numbers")
    same((type(record["count"]), float(record["price"]) > 0), (str, True), f"count and price {record}")
    month = months.json()[0]
    holds(month, wanted, "usage of numbers this month")
    same((month["startDate"][-3:], month["startDate"] <= month["endDate"]), ("-01", True), f"days of the month {month}")
    same(unknown.code != 0, True, f"a category that there is not: {unknown}")
