# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Twilio's own client does with the account-wide resources. test_emulator_foreign_client runs and checks it."""

from __future__ import annotations

import datetime as dt
import json
import urllib.request
from collections.abc import Callable
from typing import Any

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


def dialing_permissions(twilio: Client) -> None:
    permissions = twilio.voice.v1.dialing_permissions
    assert len(permissions.countries.list(page_size=20)) > 60
    (latvia,) = permissions.countries.list(iso_code="LV")
    assert (latvia.name, latvia.country_codes, latvia.low_risk_numbers_enabled) == ("Latvia", ["+371"], False)
    assert latvia.fetch().iso_code == "LV"
    prefixes = permissions.countries("LV").highrisk_special_prefixes.list()
    assert [entry.prefix for entry in prefixes] == ["+37181", "+3719000"]
    change = {"iso_code": "LV", "low_risk_numbers_enabled": "true", "high_risk_special_numbers_enabled": "false",
              "high_risk_tollfraud_numbers_enabled": "false"}  # fmt: skip
    assert permissions.bulk_country_updates.create(update_request=json.dumps([change])).update_count == 1
    enabled = permissions.countries.list(low_risk_numbers_enabled=True, continent="EUROPE")
    assert [country.iso_code for country in enabled] == ["GB", "LV"]
    assert permissions.settings().fetch().dialing_permissions_inheritance is False
    assert permissions.settings().update(dialing_permissions_inheritance=False).url


def routes(twilio: Client) -> None:
    twilio.trunking.v1.trunks.create(domain_name="acme.pstn.twilio.com")
    route = twilio.routes.v2.trunks("acme.pstn.twilio.com")
    assert route.fetch().voice_region == "us1"
    assert route.update(voice_region="ie1", friendly_name="Europe").voice_region == "ie1"
    assert route.fetch().friendly_name == "Europe"


def pricing(twilio: Client) -> None:
    numbers = twilio.pricing.v1.phone_numbers.countries
    assert {country.iso_country for country in numbers.list()} >= {"US", "CA", "GB"}
    (local, __) = numbers("US").fetch().phone_number_prices
    assert (local["number_type"], local["current_price"]) == ("local", "1.15")
    voice = twilio.pricing.v1.voice.countries
    assert len(voice.list(page_size=30)) > 60
    assert voice("GB").fetch().inbound_call_prices[0]["number_type"] == "local"
    minutes = twilio.pricing.v2.countries
    assert len(minutes.list(page_size=30)) > 60
    outbound = minutes("US").fetch().terminating_prefix_prices
    assert outbound[-1]["destination_prefixes"] == ["1"]
    toll_free = twilio.pricing.v2.numbers("+18005550199").fetch(origination_number="+12025550101")
    assert (toll_free.iso_country, toll_free.originating_call_price["number_type"]) == ("US", "toll free")
    assert twilio.pricing.v2.numbers("+37166123456").fetch().originating_call_price is None


def _seed_call(twilio: Client, trunk: str, **changes: Any) -> str:
    """One call that is over, through the lab's own interface."""
    call = {"account_sid": ACCOUNT, "trunk_sid": trunk, "direction": "trunking-terminating", "from": "+12025550101",
            "to": "+442079460000", "duration": 61, **changes}  # fmt: skip
    rewriter: Any = twilio.http_client
    request = urllib.request.Request(f"{rewriter.base}/_lab/calls", json.dumps({"calls": [call]}).encode())
    with urllib.request.urlopen(request, timeout=10) as answer:
        return str(json.load(answer)["calls"][0]["sid"])


def calls(twilio: Client) -> None:
    trunk = twilio.trunking.v1.trunks.create().sid
    sid = _seed_call(twilio, trunk)
    call = twilio.calls(sid).fetch()
    assert (call.trunk_sid, call.status, call.duration, call.price) == (trunk, "completed", "61", "-0.0160")
    today = dt.datetime.now(dt.timezone.utc)
    assert [found.sid for found in twilio.calls.list(start_time_after=today - dt.timedelta(hours=1))] == [sid]
    assert twilio.calls.list(start_time_before=today - dt.timedelta(hours=1)) == []
    assert [found.sid for found in twilio.calls.list(to="+442079460000", status="completed")] == [sid]


def insights(twilio: Client) -> None:
    trunk = twilio.trunking.v1.trunks.create().sid
    sid = _seed_call(twilio, trunk, status="busy", sip_code=486, duration=0)
    summary = twilio.insights.v1.calls(sid).summary().fetch()
    assert (summary.call_state, summary.properties["last_sip_response_num"]) == ("busy", 486)
    assert summary.sip_edge["properties"]["trunk_sid"] == trunk
    found = twilio.insights.v1.call_summaries.list(call_state="busy", direction="trunking_terminating", page_size=5)
    assert [entry.call_sid for entry in found] == [sid]


def alerts(twilio: Client) -> None:
    trunk = twilio.trunking.v1.trunks.create().sid
    sid = _seed_call(twilio, trunk, status="failed", duration=0, error="32205 Geographic permissions")
    (alert,) = twilio.monitor.v1.alerts.list(log_level="error")
    assert (alert.error_code, alert.resource_sid) == ("32205", sid)
    assert twilio.monitor.v1.alerts(alert.sid).fetch().alert_text == "Geographic permissions"


def usage(twilio: Client) -> None:
    _seed_call(twilio, twilio.trunking.v1.trunks.create().sid)
    (record,) = twilio.usage.records.list(category="trunking-termination")
    assert (record.count, record.usage, record.usage_unit, str(record.price)) == ("1", "2", "minutes", "0.0160")
    records = twilio.usage.records
    for period in (records.all_time, records.daily, records.last_month, records.monthly, records.this_month,
                   records.today, records.yearly, records.yesterday):  # fmt: skip
        assert len(period.list(category="phonenumbers")) == 1


SCENARIOS: list[Callable[[Client], None]] = [
    accounts,
    keys,
    dialing_permissions,
    routes,
    pricing,
    calls,
    insights,
    alerts,
    usage,
]
