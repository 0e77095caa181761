# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Twilio's own client does with the account-wide resources. test_emulator_foreign_client runs and checks it."""

from __future__ import annotations

from collections.abc import Callable

from emulator_client import ACCOUNT
from twilio.rest import Client


def accounts(twilio: Client) -> None:
    main = twilio.api.v2010.accounts(ACCOUNT).fetch()
    assert (main.friendly_name, main.status, main.type) == ("Acme", "active", "Full")
    branch = twilio.api.v2010.accounts.create(friendly_name="branch")
    assert (branch.owner_account_sid, branch.status) == (ACCOUNT, "active")
    assert branch.update(friendly_name="branch 1", status="suspended").status == "suspended"
    assert [found.sid for found in twilio.api.v2010.accounts.list(status="suspended")] == [branch.sid]
    assert [found.sid for found in twilio.api.v2010.accounts.list(friendly_name="branch 1")] == [branch.sid]
    assert [found.sid for found in twilio.api.v2010.accounts.list(page_size=1)] == [branch.sid, ACCOUNT]
    assert branch.update(status="closed").status == "closed"


def keys(twilio: Client) -> None:
    new = twilio.new_keys.create(friendly_name="ansible")
    assert new.secret
    assert [key.friendly_name for key in twilio.keys.list()] == ["ansible"]
    key = twilio.keys(new.sid)
    assert key.update(friendly_name="pipeline").friendly_name == "pipeline"
    assert key.fetch().date_created == new.date_created
    assert key.delete()
    assert twilio.keys.list() == []


SCENARIOS: list[Callable[[Client], None]] = [accounts, keys]
