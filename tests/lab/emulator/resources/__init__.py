# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The resources this emulator has, in one list. Anything that is not here does not exist."""

from __future__ import annotations

from lab.emulator.resource import Operation
from lab.emulator.resources.accounts import Accounts
from lab.emulator.resources.addresses import Addresses, DependentPhoneNumbers
from lab.emulator.resources.alerts import Alerts
from lab.emulator.resources.available_numbers import AvailablePhoneNumbers
from lab.emulator.resources.calls import Calls
from lab.emulator.resources.dialing_permissions import DialingPermissions
from lab.emulator.resources.incoming_numbers import IncomingPhoneNumbers
from lab.emulator.resources.insights import CallSummaries
from lab.emulator.resources.keys import Keys
from lab.emulator.resources.origination_urls import OriginationUrls
from lab.emulator.resources.pricing import Pricing
from lab.emulator.resources.routes import TrunkRoutes
from lab.emulator.resources.sip_access_lists import IpAccessControlLists, IpAddresses
from lab.emulator.resources.sip_credentials import CredentialLists, Credentials
from lab.emulator.resources.trunk_numbers import TrunkPhoneNumbers
from lab.emulator.resources.trunk_parts import TrunkCredentialLists, TrunkIpAccessControlLists, TrunkRecording
from lab.emulator.resources.trunks import Trunks
from lab.emulator.resources.usage_records import UsageRecords

_RESOURCES = (
    Trunks(),
    TrunkRecording(),
    OriginationUrls(),
    TrunkIpAccessControlLists(),
    TrunkCredentialLists(),
    TrunkPhoneNumbers(),
    Accounts(),
    Keys(),
    DialingPermissions(),
    TrunkRoutes(),
    Pricing(),
    Calls(),
    CallSummaries(),
    Alerts(),
    UsageRecords(),
    IpAccessControlLists(),
    IpAddresses(),
    CredentialLists(),
    Credentials(),
    IncomingPhoneNumbers(),
    AvailablePhoneNumbers(),
    Addresses(),
    DependentPhoneNumbers(),
)


def operations() -> list[Operation]:
    """Every operation of every resource."""
    return [operation for resource in _RESOURCES for operation in resource.operations()]
