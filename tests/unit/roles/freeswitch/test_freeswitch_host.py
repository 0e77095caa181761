# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role puts on the host to judge, change and empty a FreeSWITCH, against one that answers as it does."""

from __future__ import annotations

import os
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

HOST = Path(__file__).resolve().parents[4] / "roles" / "freeswitch" / "files" / "host"
sys.path.insert(0, str(HOST))

import console
import loaded
import retention
import source
import switch
import validate

PASSWORD = "not-a-secret-1"
ANSWERS: dict[str, str] = {
    "status": "UP 0 years\nFreeSWITCH (Version 1.11.2) is ready\n",
    "reloadxml": "+OK [Success]\n",
    "reloadacl": "+OK acl reloaded\n",
    "show channels count": "\n0 total.\n",
    "show modules": "type,name,ikey,filename\napi,alias,mod_commands,/usr/lib/mod_commands.so\n\n1 total.\n",
    "module_exists mod_commands": "true",
    "module_exists mod_callcenter": "false",
    "sofia xmlstatus": "<profiles><profile><name>dialtone</name><type>profile</type><state>RUNNING (0)</state>"
    "</profile></profiles>",
    "sofia xmlstatus gateway": "<gateways><gateway><name>one</name><profile>dialtone</profile></gateway></gateways>",
    "xml_locate dialplan": '<section name="dialplan"><context name="inside"/></section>',
    "user_exists id 101 dialtone": "true",
}


class Switch(socketserver.ThreadingTCPServer):
    """An event socket. `asked` are the commands that came; an answer may be a function of how often it was asked."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.answers: dict[str, str | Callable[[int], str]] = dict(ANSWERS)
        self.asked: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Session(socketserver.StreamRequestHandler):
    server: Switch

    def handle(self) -> None:
        self.wfile.write(b"Content-Type: auth/request\n\n")
        while line := self.rfile.readline().decode():
            self.rfile.readline()
            kind, __, rest = line.strip().partition(" ")
            if kind == "auth":
                said = "+OK accepted" if rest == PASSWORD else "-ERR invalid"
                self.wfile.write(f"Content-Type: command/reply\nReply-Text: {said}\n\n".encode())
                continue
            self.server.asked.append(rest)
            answer = self.server.answers.get(rest, "+OK\n")
            if callable(answer):
                answer = answer(self.server.asked.count(rest))
            body = answer.encode()
            self.wfile.write(f"Content-Type: api/response\nContent-Length: {len(body)}\n\n".encode() + body)


@pytest.fixture
def daemon() -> Iterator[Switch]:
    with Switch() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()


@pytest.fixture
def talk(daemon: Switch) -> Iterator[console.Console]:
    with console.Console(daemon.port, PASSWORD) as found:
        yield found


def _conf(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    texts = {"freeswitch.xml": '<?xml version="1.0"?>\n<document>\n</document>\n', **files}
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


# ---- the preprocessor -----------------------------------------------------------------------------------------------

INCLUDES = '<document>\n  <X-PRE-PROCESS cmd="include" data="parts/*.xml"/>\n</document>\n'


def test_a_sound_configuration_has_no_problem(tmp_path: Path) -> None:
    folder = _conf(tmp_path / "c", **{"freeswitch.xml": INCLUDES, "parts/a.xml": "<include>\n  <a/>\n</include>\n"})
    assert source.Source(folder).problems == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<include><gateway name="lost"/>\n</include>\n', "line 1, `<include><gateway name="),
        ('<include>\n  <a/></include>\n', "parts/a.xml, line 2"),
        ('<include>\n  <a/> <X-PRE-PROCESS cmd="set" data="x=1"/>\n</include>\n', "line 2"),
        ("<include>\n  <a>\n  </b>\n</include>\n", "line 3, `</b>`: this is no XML from here on: mismatched tag."),
        ('<include>\n  <X-PRE-PROCESS cmd="include" data="none.xml"/>\n</include>\n', "there is no file 'none.xml'"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    folder = _conf(tmp_path / "c", **{"freeswitch.xml": INCLUDES, "parts/a.xml": text})
    assert any(said in problem for problem in source.Source(folder).problems), source.Source(folder).problems


def test_a_line_of_a_secret_file_is_not_shown(tmp_path: Path) -> None:
    folder = _conf(
        tmp_path / "c", **{"freeswitch.xml": INCLUDES, "parts/a.xml": '<include><p v="hunter2hunter2"/>\n</include>\n'}
    )
    problems = source.Source(folder, ["parts/a.xml"]).problems
    assert problems
    assert all("hunter2" not in problem for problem in problems)


def test_files_are_included_from_where_the_including_file_is(tmp_path: Path) -> None:
    folder = _conf(
        tmp_path / "c",
        **{
            "freeswitch.xml": INCLUDES,
            "parts/a.xml": '<include>\n  <X-PRE-PROCESS cmd="include" data="more/b.xml"/>\n</include>\n',
            "parts/more/b.xml": "<include>\n  <b/>\n</include>\n",
        },
    )
    found = source.Source(folder)
    assert found.problems == []
    assert found.find("<b/>") is not None


def test_a_configuration_that_includes_itself_ends(tmp_path: Path) -> None:
    loop = '<include>\n  <X-PRE-PROCESS cmd="include" data="a.xml"/>\n</include>\n'
    folder = _conf(tmp_path / "c", **{"freeswitch.xml": INCLUDES, "parts/a.xml": loop})
    assert any("include each other" in problem for problem in source.Source(folder).problems)


# ---- the event socket -----------------------------------------------------------------------------------------------


def test_a_wrong_password_is_told_without_it(daemon: Switch) -> None:
    with pytest.raises(console.SwitchError, match="refuses the password") as caught:
        console.Console(daemon.port, "something else")
    assert "something else" not in str(caught.value)


def test_an_answer_is_judged_by_its_text(talk: console.Console, daemon: Switch) -> None:
    daemon.answers["sofia profile x rescan"] = "Invalid Profile [x]"
    with pytest.raises(console.SwitchError, match=r"'sofia profile x rescan': Invalid Profile \[x\]"):
        talk.order("sofia profile x rescan")


def test_broken_xml_is_no_success_though_it_says_ok(talk: console.Console, daemon: Switch) -> None:
    daemon.answers["reloadxml"] = "+OK [[error near line 7]: unclosed tag]"
    with pytest.raises(console.SwitchError, match="error near line 7"):
        switch.apply(talk, [], [])


def test_a_start_is_waited_for(daemon: Switch) -> None:
    daemon.answers["status"] = lambda count: "is ready" if count > 2 else "starting"
    with console.connect(daemon.port, PASSWORD, time.monotonic() + 10):
        assert daemon.asked.count("status") == 3


# ---- what is loaded -------------------------------------------------------------------------------------------------

EXPECTED = ["module mod_commands", "profile dialtone", "gateway dialtone one", "context inside", "user 101@dialtone"]


def test_what_is_there_is_not_missed(talk: console.Console) -> None:
    assert loaded.missing(talk, EXPECTED) == []


@pytest.mark.parametrize(
    "line", ["module mod_callcenter", "profile other", "gateway dialtone two", "context outside", "user 102@dialtone"]
)
def test_what_is_lost_is_missed(talk: console.Console, daemon: Switch, line: str) -> None:
    daemon.answers["user_exists id 102 dialtone"] = "false"
    assert loaded.missing(talk, [*EXPECTED, line]) == [line]


def test_a_module_that_nobody_allowed_is_seen(talk: console.Console) -> None:
    assert loaded.surplus(talk, []) == ["mod_commands"]
    assert loaded.surplus(talk, EXPECTED) == []


@pytest.mark.parametrize(("address", "found"), [("0100007F", []), ("00000000", ["00000000"])])
def test_who_listens_beyond_the_loopback_is_seen(tmp_path: Path, address: str, found: list[str]) -> None:
    table = tmp_path / "tcp"
    table.write_text(
        f"  sl  local_address rem_address   st\n   0: {address}:1F55 00000000:0000 0A 0\n", encoding="ascii"
    )
    assert loaded.listeners(8021, [table]) == found


@pytest.mark.parametrize(
    "line", ["gateway dialtone one", "profile dialtone", "module mod_x", "context y", "user 1@dialtone"]
)
def test_what_is_missing_has_a_sentence_that_names_it(line: str) -> None:
    assert all(word in validate.sentence(line) for word in line.split()[1:])


def test_errors_of_the_log_are_told_and_the_lack_of_a_network_is_not() -> None:
    log = (
        "2026-11-23 22:50:59.456736 100.00% [ERR] switch_xml.c:1433 Error including x\n"
        "2026-11-23 22:50:59.456736 100.00% [ERR] sofia.c:1 STUN failed\n"
        "2026-11-23 22:50:59.456736 100.00% [NOTICE] sofia.c:1 all is well\n"
    )
    assert validate.heard(log) == ["FreeSWITCH says: Error including x (switch_xml.c)"]


# ---- changes --------------------------------------------------------------------------------------------------------


def test_gateways_are_taken_away_and_waited_for_before_they_are_read_again(
    talk: console.Console, daemon: Switch
) -> None:
    full, gone = ANSWERS["sofia xmlstatus gateway"], "<gateways/>"
    daemon.answers["sofia xmlstatus gateway"] = lambda count: full if count in (1, 2) or count > 4 else gone
    switch.apply(talk, ["gateways"], EXPECTED)
    order = [line for line in daemon.asked if "killgw" in line or "rescan" in line]
    assert order == ["sofia profile dialtone killgw one", "sofia profile dialtone rescan"]


def test_a_module_that_is_not_loaded_yet_is_left_to_the_restart(
    talk: console.Console, daemon: Switch, capsys: pytest.CaptureFixture[str]
) -> None:
    switch.apply(talk, ["queues", "reloadacl"], EXPECTED)
    assert "queues (waits for mod_callcenter)" in capsys.readouterr().out
    assert daemon.asked[:2] == ["reloadxml", "reloadacl"]
    assert not any("callcenter_config" in line for line in daemon.asked)


def test_an_unknown_effect_is_refused_before_anything_is_done(talk: console.Console, daemon: Switch) -> None:
    with pytest.raises(console.SwitchError, match="no effect nonsense"):
        switch.apply(talk, ["nonsense"], [])
    assert daemon.asked == []


def test_queues_that_are_gone_are_unloaded_with_their_members(talk: console.Console, daemon: Switch) -> None:
    daemon.answers.update(
        {
            "module_exists mod_callcenter": "true",
            "callcenter_config queue list": "name|strategy\nold@dialtone|ring-all\nsales@dialtone|ring-all\n+OK\n",
            "callcenter_config agent list": "name|type\nold.101@dialtone|callback\n+OK\n",
            "callcenter_config tier list": "queue|agent|state\nold@dialtone|old.101@dialtone|Ready\n+OK\n",
            "xml_locate configuration configuration name callcenter.conf":
                '<configuration><agents><agent name="sales.101@dialtone"/></agents><tiers>'
                '<tier agent="sales.101@dialtone" queue="sales@dialtone"/></tiers></configuration>',
        }
    )  # fmt: skip
    switch.apply(talk, ["queues"], ["queue sales@dialtone"])
    told = [line.removeprefix("callcenter_config ") for line in daemon.asked if line.startswith("callcenter_config ")]
    assert [line for line in told if not line.endswith(" list")] == [
        "tier del old@dialtone old.101@dialtone",
        "agent del old.101@dialtone",
        "queue unload old@dialtone",
        "queue reload sales@dialtone",
        "agent reload sales.101@dialtone",
        "tier reload sales@dialtone sales.101@dialtone",
    ]


# ---- draining -------------------------------------------------------------------------------------------------------


def test_calls_are_waited_for_and_new_ones_turned_away_meanwhile(talk: console.Console, daemon: Switch) -> None:
    daemon.answers["show channels count"] = lambda count: f"\n{max(0, 3 - count)} total.\n"
    assert switch.drain(talk, 30) == 0
    assert daemon.asked[:2] == [
        "sched_api +90 dialtone-drain global_setvar dialtone_draining=",
        "global_setvar dialtone_draining=true",
    ]
    assert "global_setvar dialtone_draining=" not in daemon.asked


def test_calls_that_do_not_end_are_counted(talk: console.Console, daemon: Switch) -> None:
    daemon.answers["show channels count"] = "\n2 total.\n"
    assert switch.drain(talk, 0) == 2


def test_an_interrupted_drain_lets_calls_in_again(daemon: Switch, tmp_path: Path) -> None:
    daemon.answers["show channels count"] = "\n2 total.\n"
    secret = tmp_path / "secret.xml"
    secret.write_text(f'<X-PRE-PROCESS cmd="set" data="event_socket_password={PASSWORD}"/>', encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(HOST / "switch.py"), "--port", str(daemon.port), "--password", str(secret), "--conf",
         str(tmp_path), "drain", "60"], stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        while "show channels count" not in daemon.asked:
            assert process.poll() is None
            time.sleep(0.05)
        process.terminate()
        said, __ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "takes calls as before" in said
    assert daemon.asked[-2:] == ["global_setvar dialtone_draining=", "sched_del dialtone-drain"]


# ---- retention ------------------------------------------------------------------------------------------------------


def test_old_recordings_go_and_new_ones_stay(tmp_path: Path) -> None:
    old, new = tmp_path / "2026-01-01" / "old.wav", tmp_path / "2026-11-23" / "new.wav"
    for file in (old, new):
        file.parent.mkdir()
        file.write_bytes(b"x")
    past = time.time() - 100 * retention.DAY
    os.utime(old, (past, past))
    assert retention.delete_recordings(tmp_path, time.time() - 90 * retention.DAY) == 1
    assert not old.exists()
    assert new.exists()


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.wav"
    outside.write_bytes(b"x")
    past = time.time() - 100 * retention.DAY
    os.utime(outside, (past, past))
    (tmp_path / "recordings").mkdir()
    (tmp_path / "recordings" / "link.wav").symlink_to(outside)
    retention.delete_recordings(tmp_path / "recordings", time.time())
    assert outside.exists()


def test_messages_are_deleted_by_freeswitch_itself(talk: console.Console, daemon: Switch) -> None:
    daemon.answers["vm_list 101@dialtone-mailboxes"] = (
        "1000:0:101:dialtone-mailboxes:inbox:/v/msg_a.wav:aaa:x:y\n"
        "9000:0:101:dialtone-mailboxes:inbox:/v/msg_b.wav:bbb:x:y\n"
    )
    assert retention.delete_messages(talk, ["101@dialtone-mailboxes"], 5000) == 1
    assert daemon.asked[-1] == "vm_delete 101@dialtone-mailboxes aaa"
