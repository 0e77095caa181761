# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparisons find differences, and the environment of a client holds what it must."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from foreign.check import date, holds, refused, removed, same
from foreign.cli import Answer, Cli
from foreign.install import Client

ERROR = {"code": 20404, "status": 404, "more_info": "https://www.twilio.com/docs/errors/20404", "message": "gone"}


def _answer(code: int = 0, out: str = "", err: str = "") -> Answer:
    return Answer(("api:x",), code, out, err, ())


def test_same_and_holds_find_differences() -> None:
    same([1], [1], "x")
    holds({"a": 1, "b": 2}, {"a": 1}, "x")
    for found in ({"a": 2}, {}, {"a": True}, {"a": "1"}):
        with pytest.raises(AssertionError, match="x: a should be 1"):
            holds(found, {"a": 1}, "x")
    with pytest.raises(AssertionError, match="x: expected 2, found 1"):
        same(1, 2, "x")


def test_only_a_date_is_a_date() -> None:
    assert date("2026-01-02T03:04:05.000Z", "x").minute == 4
    for text in ("Fri, 17 Jul 2015 21:25:15 +0000", "2026-01-02T03:04:05Z", None):
        with pytest.raises(AssertionError):
            date(text, "x")


def test_a_refusal_is_a_body_and_an_exit_code() -> None:
    assert refused(_answer(20, json.dumps([ERROR])), 20404, 404) == "gone"
    for wrong in (_answer(1, json.dumps([ERROR])), _answer(20, json.dumps([{**ERROR, "status": 400}]))):
        with pytest.raises(AssertionError):
            refused(wrong, 20404, 404)


def test_a_removal_is_said() -> None:
    removed(_answer(err="The resource was deleted successfully"))
    for wrong in (_answer(err="Failed to delete the resource"), _answer(1)):
        with pytest.raises(AssertionError):
            removed(wrong)


def test_an_empty_list_is_not_a_failure_in_disguise() -> None:
    assert _answer(err="No results").json() == []
    with pytest.raises(AssertionError):
        _answer(1, err="No results").json()
    with pytest.raises(ValueError, match="Expecting value"):
        _answer(err="something else").json()


def test_debugging_is_told_from_what_is_said(tmp_path: Path) -> None:
    script = tmp_path / "client"
    script.write_text(
        "#!/bin/sh\nenv > $HOME/env\necho '[DEBUG] Date-Time value \"x\" is not' >&2\necho '[DEBUG] other' >&2\n"
        "echo ' » No results' >&2\n",
        encoding="utf-8",
    )
    kept: list[Answer] = []
    cli = Cli(
        Client("1", ("/bin/sh", str(script))),
        tmp_path,
        proxy_port=9,
        authority=tmp_path / "ca.pem",
        account_sid="AC1",
        auth_token="t",
        environment={"EXTRA": "1", "NODE_EXTRA_CA_CERTS": None},
        keep=kept.append,
    )
    answer = cli("api:x", "--y")
    assert kept == [answer]
    assert (answer.err, answer.complaints) == ("» No results", ('Date-Time value "x" is not',))
    environment = dict(line.split("=", 1) for line in (tmp_path / "env").read_text(encoding="utf-8").splitlines())
    assert environment["HTTP_PROXY"] == "http://127.0.0.1:9"
    assert environment["TWILIO_SKIP_NEW_VERSION_CHECK"] == environment["TWILIO_DISABLE_AUTOUPDATE"] == "true"
    assert environment["NODE_OPTIONS"].startswith('--require="/')
    assert environment["EXTRA"] == "1"
    assert "NODE_EXTRA_CA_CERTS" not in environment
    of_the_shell = {"PWD", "OLDPWD", "SHLVL", "_"}
    rest = {name for name in environment if not name.startswith(("TWILIO_", "FOREIGN_GUARD_"))} - of_the_shell
    # No proxy and no credentials of whoever runs this.
    assert rest == {"PATH", "HOME", "LC_ALL", "NO_COLOR", "NODE_OPTIONS", "HTTP_PROXY", "EXTRA"}
