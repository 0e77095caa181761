# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The accounts that the benchmark works on."""

from __future__ import annotations

from typing import Any

# Numbers kept for fiction: 100 in each area code, 555-0100 to 555-0199.
AREAS = (202, 206, 212, 213, 214, 215, 216, 303, 305, 312)
NUMBERS = [f"+1{area}55501{last:02}" for area in AREAS for last in range(100)]
BRANCHES = 50


def _urls(*hosts: str) -> list[dict[str, Any]]:
    return [
        {"friendly_name": f"pbx{number}", "sip_url": f"sip:{host}", "priority": 10 * number}
        for number, host in enumerate(hosts, 1)
    ]


def headquarters(attached: bool = True) -> dict[str, Any]:
    """Return one trunk with 10 origination URLs, 5 access lists of 100 addresses and 1,000 numbers (or none yet)."""
    lists = [
        {
            "friendly_name": f"site-{site}",
            "ip_addresses": [{"ip_address": f"198.51.{site}.{host}"} for host in range(1, 101)],
            "purge_ip_addresses": True,
        }
        for site in range(101, 106)
    ]
    trunk = {
        "friendly_name": "hq",
        "domain_name": "bench-hq.pstn.twilio.com",
        "ip_access_control_lists": [entry["friendly_name"] for entry in lists],
        "origination_urls": _urls(*(f"203.0.113.{host}" for host in range(1, 11))),
        "purge_origination_urls": True,
        "purge_ip_access_control_lists": True,
    }
    numbers = [{"phone_number": number, "trunk": "hq"} for number in NUMBERS]
    return {"ip_access_control_lists": lists, "trunks": [trunk], **({"phone_numbers": numbers} if attached else {})}


def branches() -> dict[str, Any]:
    """Return 50 branches: each an access list of 2 addresses, a trunk with 2 origination URLs, and 10 numbers."""
    lists, trunks, numbers = [], [], []
    for branch in range(BRANCHES):
        name = f"branch-{branch:02}"
        hosts = [f"198.51.{110 + branch}.{host}" for host in (10, 11)]
        lists.append({"friendly_name": name, "ip_addresses": [{"ip_address": host} for host in hosts]})
        trunks.append({
            "friendly_name": name,
            "domain_name": f"bench-{name}.pstn.twilio.com",
            "ip_access_control_lists": [name],
            "origination_urls": _urls(*hosts),
        })  # fmt: skip
        numbers += [{"phone_number": number, "trunk": name} for number in NUMBERS[10 * branch : 10 * branch + 10]]
    return {"ip_access_control_lists": lists, "trunks": trunks, "phone_numbers": numbers}
