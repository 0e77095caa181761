# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases by name. Each gets a world of its own; the longest come first, so that they do not end last."""

from __future__ import annotations

from collections.abc import Callable

from foreign.cases.accounts import accounts, keys
from foreign.cases.dialing import dialing
from foreign.cases.errors import concurrency, credentials, failures, refusals
from foreign.cases.history import calls, usage
from foreign.cases.lists import access_lists, credential_lists
from foreign.cases.network import guard, network
from foreign.cases.numbers import addresses, buying, numbers
from foreign.cases.paging import paging, regions
from foreign.cases.sdk import sdk
from foreign.cases.services import pricing, routes
from foreign.cases.trunks import origination, subdomains, trunks
from foreign.stand import Stand

CASES: dict[str, Callable[[Stand], None]] = {
    case.__name__: case
    for case in (
        concurrency, access_lists, credential_lists, numbers, trunks, addresses, accounts, network, paging, buying,
        failures, refusals, origination, credentials, regions, keys, dialing, calls, pricing, routes,
        usage, sdk, guard, subdomains,
    )
}  # fmt: skip
