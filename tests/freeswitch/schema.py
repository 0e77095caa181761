# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The schema of what the role writes, and what a schema cannot say: everything that is named exists."""

from __future__ import annotations

import re
from pathlib import Path

from lxml import etree

_SCHEMA = Path(__file__).with_name("schema.rng")


def problems(text: str) -> list[str]:
    """Return what is wrong with an expanded configuration."""
    root = etree.fromstring(text.encode())
    schema = etree.RelaxNG(etree.parse(str(_SCHEMA)))
    schema.validate(root)
    return [f"line {error.line}: {error.message}" for error in schema.error_log] + dangling(root)


def dangling(root: etree._Element) -> list[str]:
    """Return what is named but does not exist: contexts, destinations, telephones, gateways, queues, mailboxes."""
    contexts = {each.get("name"): each for each in root.iterfind(".//context")}
    users = {
        (domain.get("name"), user.get("id"))
        for domain in root.iterfind(".//domain")
        for user in domain.iterfind(".//user")
    }
    gateways = {each.get("name") for each in root.iterfind(".//gateway")}
    queues = {each.get("name") for each in root.iterfind(".//queue")}
    found = []
    for action in (*root.iterfind(".//action"), *root.iterfind(".//anti-action")):
        name, data = action.get("application"), action.get("data") or ""
        if name in ("transfer", "execute_extension"):
            number, __, context = data.split(" ")
            if "$" not in context and context not in contexts:
                found.append(f"{data}: no such context")
            elif "$" not in data and not _takes(contexts[context], number):
                found.append(f"{data}: nothing in the context takes it")
        elif name == "bridge":
            found += [
                f"{data}: no telephone {user}"
                for user in re.findall(r"user/([0-9]+)@dialtone", data)
                if ("dialtone", user) not in users
            ]
            found += [
                f"{data}: no gateway {gw}" for gw in re.findall(r"sofia/gateway/([^/]+)/", data) if gw not in gateways
            ]
        elif name == "callcenter" and data not in queues:
            found.append(f"{data}: no such queue")
        elif name == "voicemail" and "$" not in data and ("dialtone-mailboxes", data.split(" ")[-1]) not in users:
            found.append(f"{data}: no such mailbox")
    return found


def _takes(context: etree._Element, number: str) -> bool:
    """Say whether an extension of a context is meant for a number, not for just any."""
    for extension in context.iterfind("extension"):
        tests = [
            each
            for each in extension.iterfind("condition")
            if each.get("field") == "destination_number" and not (each.get("expression") or "").startswith("^(?!")
        ]
        if (
            tests
            and extension.get("continue") != "true"
            and all(re.search(each.get("expression") or "", number) for each in tests)
        ):
            return True
    return False
