# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person is told about a clock, for each way in which it can be wrong."""

from __future__ import annotations

import pytest
from clock_answers import NOT, OWN, TRACKING, Chrony

from ansible_collections.dialtone.voice.plugins.module_utils._clock import host
from ansible_collections.dialtone.voice.plugins.module_utils._clock.judge import Judgement, Limits, judge

LIMITS = Limits(0.1, 10)


@pytest.fixture(autouse=True)
def nothing_real(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep this machine out of it: its container, its user and its name servers."""
    monkeypatch.setattr(host, "_CONTAINER", "/nowhere")
    monkeypatch.setattr(host.os, "geteuid", lambda: 0)
    monkeypatch.setattr(host, "_resolves", lambda name: name != "nowhere.example")


def judged(chrony: Chrony, offset: float | None = None, limits: Limits = LIMITS) -> Judgement:
    if offset is not None:
        chrony.tracking = TRACKING.format(offset=offset)
    return judge(host.read(chrony.run), limits)


def test_a_clock_that_is_right() -> None:
    found = judged(Chrony().source("a.example", "192.0.2.12"), 0.000013)
    assert (found.problems, found.warnings) == ([], [])


def test_a_clock_that_is_off() -> None:
    found = judged(Chrony().source("a.example", "192.0.2.12"), -0.25)
    (problem,) = found.problems
    assert "0.25 s ahead of a.example (192.0.2.12), and 0.1 s is the limit" in problem
    assert "chronyc makestep" in problem
    assert "behind" in judged(Chrony().source("a.example", "192.0.2.12"), 0.25).problems[0]


def test_in_a_container_nothing_corrects_it() -> None:
    (problem,) = judged(Chrony(container=True).source("a.example", "192.0.2.12"), -3600.0).problems
    assert "3600 s ahead" in problem
    assert "the machine that runs it: correct that one" in problem
    assert "makestep" not in problem


def test_a_stratum_that_is_too_high() -> None:
    assert (
        "stratum is 3, and 2 is the limit"
        in judged(Chrony().source("a", "192.0.2.12"), 0.0, Limits(0.1, 2)).problems[0]
    )


def test_a_server_that_is_silent() -> None:
    chrony = Chrony().source("a.example", "192.0.2.12", "?", reach=0, counts=(5, 0, 0))
    head, silent = judged(chrony).problems
    assert "none of the sources of time can be used" in head
    assert "a.example (192.0.2.12) has not answered 5 requests: open UDP 123" in silent


def test_one_that_refuses() -> None:
    chrony = Chrony().source("a", "192.0.2.12", "?", reach=0, stratum=0, counts=(5, 5, 0), kiss="RATE")
    assert "refuses to be asked so often (kiss-o'-death RATE)" in judged(chrony).problems[1]


def test_one_that_knows_no_time() -> None:
    chrony = Chrony().source("a", "192.0.2.12", "?", reach=0, stratum=16, counts=(5, 5, 0))
    assert "knows no time itself (stratum 16)" in judged(chrony).problems[1]


def test_a_name_that_does_not_resolve() -> None:
    assert (
        "nowhere.example does not resolve" in judged(Chrony().source("nowhere.example", "", "?", reach=0)).problems[1]
    )
    assert "other sources have its addresses" in judged(Chrony().source("twice.example", "", "?", reach=0)).problems[1]


def test_a_pool_with_empty_places() -> None:
    chrony = Chrony().source("pool.example", "", "?", reach=0).source("pool.example", "192.0.2.12")
    found = judged(chrony, 0.0)
    assert (found.problems, found.warnings) == ([], [])


def test_two_that_contradict_each_other() -> None:
    chrony = Chrony().source("a", "192.0.2.12", "x", offset=-5.0).source("b", "192.0.2.13", "x", offset=0.0)
    head = judged(chrony).problems[0]
    assert "the sources contradict each other" in head
    assert "a (192.0.2.12) by +5 s" in head
    assert "three or more" in head


def test_one_liar_of_three_is_a_warning() -> None:
    chrony = (
        Chrony().source("a", "192.0.2.12").source("b", "192.0.2.13", "x", offset=-5.0).source("c", "192.0.2.14", "+")
    )
    found = judged(chrony, 0.0)
    assert found.problems == []
    (warning,) = found.warnings
    assert "b (192.0.2.13) is a falseticker: it differs from this clock by +5 s" in warning


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (
            "TLS handshake with 192.0.2.12:4460 (a) failed : The certificate is NOT trusted.",
            "time_sync_nts_authorities",
        ),
        (
            "The name in the certificate does not match the expected.",
            "the name that its certificate is for",
        ),
        ("The certificate chain uses expired certificate.", "date -s"),
        ("", "open outgoing TCP 4460"),
    ],
)
def test_one_that_does_not_prove_who_it_is(words: str, remedy: str) -> None:
    chrony = Chrony().source("a", "192.0.2.12", "?", reach=0, counts=(0, 0, 0), cookies=0)
    chrony.journal = f"TLS handshake with 192.0.2.12:4460 (a) failed : {words}" if words else "Selected source"
    problem = judged(chrony).problems[1]
    assert "has not proven who it is (NTS)" in problem
    assert remedy in problem


def test_what_is_only_waited_for_is_no_warning() -> None:
    chrony = Chrony().source("a", "192.0.2.12").source("b", "192.0.2.13", "?", why="T")
    chrony.source("c", "192.0.2.14", "?", reach=0, counts=(1, 0, 0))
    assert judged(chrony, 0.0).warnings == []


def test_why_nothing_was_selected_yet() -> None:
    chrony = Chrony().source("a", "192.0.2.12", "?", why="W")
    assert "waits for more sources that agree" in judged(chrony).problems[1]


def test_a_source_that_is_only_not_selected_yet() -> None:
    (problem,) = judged(Chrony().source("a", "192.0.2.12", "-")).problems
    assert "not selected a source yet; a (192.0.2.12) can be: look again" in problem


def test_the_clock_of_the_hypervisor() -> None:
    chrony = Chrony().source("PHC0", "PHC0", "?", reach=0)
    assert "time_sync_hypervisor_clock: absent" in judged(chrony).problems[1]


def test_a_host_without_sources_that_tells_its_own_time() -> None:
    chrony = Chrony()
    chrony.tracking = OWN
    found = judged(chrony)
    assert found.problems == []
    assert "tells its own time" in found.warnings[0]
    chrony.source("a", "192.0.2.12", "?", reach=0, counts=(5, 0, 0))
    assert "only tells its own time" in judged(chrony).problems[0]
    chrony = Chrony()
    chrony.tracking = NOT
    assert "has no sources" in judged(chrony).problems[0]


def test_no_chrony_and_who_keeps_the_clock_instead() -> None:
    chrony = Chrony()
    chrony.installed, chrony.active = False, ["systemd-timesyncd"]
    assert "chrony is not installed; systemd-timesyncd keeps the clock." in judged(chrony).problems[0]
    chrony.installed = True
    assert "chronyd does not run; systemd-timesyncd keeps the clock" in judged(chrony).problems[0]
    chrony.active = ["chronyd"]
    assert "restart it (systemctl restart chronyd)" in judged(chrony).problems[0]


def test_chronyd_tells_root_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host.os, "geteuid", lambda: 1000)
    chrony = Chrony()
    chrony.active = []
    assert "use become" in judged(chrony).problems[0]


def test_waiting_is_bounded() -> None:
    chrony = Chrony()
    host.wait(chrony.run, 7, 0.1)
    host.wait(chrony.run, 0, 0.1)
    assert chrony.asked == [["chronyc", "waitsync", "7", "0.1", "0", "1"]]
