# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module time_sync_info: its options, what it returns, and that it asks and never tells."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from clock_answers import TRACKING, Chrony

from ansible_collections.dialtone.voice.plugins.module_utils._clock import host
from ansible_collections.dialtone.voice.plugins.module_utils._clock import module as boundary
from ansible_collections.dialtone.voice.plugins.modules import time_sync_info

#: What of chronyc only reads.
READS = {"tracking", "sources", "ntpdata", "authdata", "selectdata", "waitsync"}


class EndedError(Exception):
    """Stands for the end of the module's process."""

    def __init__(self, failed: bool, result: dict[str, Any]) -> None:
        super().__init__(result)
        self.failed = failed
        self.result = result


class Module:
    """Stands for AnsibleModule, whose own work is not looked at here."""

    params: dict[str, Any]
    warnings: list[str]

    def __init__(self, **__: Any) -> None:
        self.warn = self.warnings.append

    def exit_json(self, **result: Any) -> None:
        raise EndedError(False, result)

    def fail_json(self, **result: Any) -> None:
        raise EndedError(True, result)


def run(chrony: Chrony, monkeypatch: pytest.MonkeyPatch, **params: Any) -> EndedError:
    defaults = {name: option["default"] for name, option in time_sync_info.SPEC.items()}
    monkeypatch.setattr(host, "_CONTAINER", "/nowhere")
    monkeypatch.setattr(host, "_resolves", lambda __: True)
    monkeypatch.setattr(Module, "params", {**defaults, **params}, raising=False)
    monkeypatch.setattr(Module, "warnings", [], raising=False)
    monkeypatch.setattr(boundary, "AnsibleModule", Module)
    monkeypatch.setattr(boundary, "run_program", chrony.run)
    with pytest.raises(EndedError) as ended:
        time_sync_info.main()
    return ended.value


def right(offset: float = 0.000013) -> Chrony:
    chrony = Chrony().source("a.example", "192.0.2.12")
    chrony.tracking = TRACKING.format(offset=offset)
    return chrony


def test_documentation_says_what_the_options_are() -> None:
    documented = yaml.safe_load(time_sync_info.DOCUMENTATION)["options"]
    assert {
        name: {key: value for key, value in option.items() if key != "description"}
        for name, option in documented.items()
    } == time_sync_info.SPEC


def test_a_clock_that_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = run(right(), monkeypatch)
    assert not ended.failed
    assert (ended.result["changed"], ended.result["synchronised"], ended.result["problems"]) == (False, True, [])
    assert ended.result["stratum"] == 3
    assert set(ended.result) == set(yaml.safe_load(time_sync_info.RETURN)) | {"changed"}


def test_a_clock_that_is_off_is_told_and_not_a_failure_of_the_module(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = run(right(0.25), monkeypatch)
    assert not ended.failed
    assert not ended.result["synchronised"]
    assert ended.result["problems"]
    assert ended.result["msg"] == " ".join(ended.result["problems"])
    assert run(right(0.25), monkeypatch, max_offset=0.5).result["synchronised"]


def test_it_only_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    chrony = right(0.25)
    run(chrony, monkeypatch, wait_seconds=5)
    asked = [argv for argv in chrony.asked if argv[0] == "chronyc"]
    assert asked
    assert all(READS & set(argv) for argv in asked)


@pytest.mark.parametrize(
    ("option", "value"),
    [("max_offset", 0.0), ("max_offset", float("nan")), ("max_stratum", 16), ("wait_seconds", 601)],
)
def test_values_out_of_range_are_refused_before_anything_is_asked(
    option: str, value: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    chrony = right()
    ended = run(chrony, monkeypatch, **{option: value})
    assert ended.failed
    assert option in ended.result["msg"]
    assert chrony.asked == []
