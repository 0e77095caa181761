# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that go through Twilio's package for Node instead of the specs: one more foreign client."""

from __future__ import annotations

from foreign.check import date, same
from foreign.stand import ACCOUNT, NUMBERS, TOKEN, Stand

MANY = [f"+1202555{index:04}" for index in range(100, 170)]  # more than a page of 50


def sdk(stand: Stand) -> None:
    """Numbers over two pages, and a change of one found by its number."""
    stand.lab("seed", {"accounts": [{"sid": ACCOUNT, "auth_token": TOKEN, "numbers": MANY}]})
    found = stand.twilio("phone-numbers:list").json()
    same({number["phoneNumber"] for number in found}, set(MANY) | set(NUMBERS), "numbers on all pages")
    same(len(stand.journal()), 2, "requests for two pages")
    date(found[0]["dateCreated"], "dateCreated of a number")
    for which in (NUMBERS[0], next(n["sid"] for n in found if n["phoneNumber"] == NUMBERS[0])):
        changed = stand.twilio("phone-numbers:update", which, "--friendly-name", f"main line {which}").one()
        same((changed["result"], changed["friendlyName"]), ("Success", f"main line {which}"), f"update of {which}")
    names = {n["phone_number"]: n["friendly_name"] for n in stand.state()["incoming_phone_numbers"]}
    same(names[NUMBERS[0]], f"main line {which}", "name of the number")
