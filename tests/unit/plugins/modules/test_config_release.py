# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module config_release in a process of its own: validation, check mode, several runs at once, secrets."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from release_cases import Place, run_module, start_module
from verbose_playbook import judged, run_verbosely

from ansible_collections.dialtone.voice.plugins.modules import config_release

SECRET = "zebra-4711-zebra"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def ended(number: int) -> bool:
    """Return whether a process is gone; one that nobody has waited for counts as gone."""
    try:
        return Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_documentation_says_what_the_options_are() -> None:
    documented = yaml.safe_load(config_release.DOCUMENTATION)["options"]
    plain = {
        name: {key: value for key, value in option.items() if key != "no_log"}
        for name, option in config_release.SPEC.items()
    }
    assert {
        name: {key: value for key, value in option.items() if key != "description"}
        for name, option in documented.items()
    } == plain


def test_documentation_says_what_is_returned(place: Place) -> None:
    documented = set(yaml.safe_load(config_release.RETURN))
    result = run_module(path=str(place.path), files={"a": "x"})
    assert set(result) == documented | {"changed", "invocation"}
    assert run_module(path=str(place.path), state="rolled_back").keys() == result.keys()
    assert run_module(path=str(place.path), state="committed").keys() == result.keys()


def test_the_words_of_the_judge_are_the_error(place: Place) -> None:
    place.install(a="old")
    script = 'echo "$0/sub/x.conf: line 3: no such thing"; echo "in $0/s: password zebra-4711-zebra or plain"; exit 1'
    result = run_module(
        path=str(place.path),
        files={"sub/x.conf": "or plain"},
        secret_files={"s": f"password={SECRET}\n"},
        validate=["sh", "-c", script, "{path}"],
    )
    assert (result["failed"], result["msg"]) == (
        True, "sub/x.conf: line 3: no such thing\nin s: password ******** or plain",
    )  # fmt: skip
    assert place.files() == {"a": "old"}
    assert len(place.stored()) == 3


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo complaint >&2; exit 2", "complaint"),
        ("exit 2", "validate: sh ended with code 2 and said nothing."),
        ("head -c 1000000 /dev/zero | tr '\\0' x; exit 2", "x" * 8000 + " … (cut off)"),
    ],
)
def test_what_a_judge_may_say(place: Place, script: str, words: str) -> None:
    result = run_module(path=str(place.path), files={"a": "x"}, validate=["sh", "-c", script, "{path}"])
    assert result["msg"] == words


def test_a_judge_that_is_missing(place: Place) -> None:
    arguments: dict[str, Any] = {"path": str(place.path), "files": {"a": "x"}}
    for more in (
        {"validate": ["/no/such", "{path}"]},
        {"validate": ["false", "{path}"], "validate_requires": ["/no/such"]},
    ):
        result = run_module(**arguments, **more)
        assert "validate: /no/such is not on the host; install it" in result["msg"]
        assert run_module(check=True, **arguments, **more)["changed"] is True


def test_a_judge_that_does_not_end_is_stopped_with_its_children(place: Place, tmp_path: Path) -> None:
    script = f"sleep 600 & echo $! > {tmp_path}/child; trap '' TERM; echo $$ > {tmp_path}/self; sleep 600; true"
    result = run_module(
        path=str(place.path), files={"a": "x"}, validate=["sh", "-c", script, "{path}"], validate_seconds=1
    )
    assert "did not end within 1 s and was stopped. Nothing was changed." in result["msg"]
    for name in ("child", "self"):
        assert ended(int((tmp_path / name).read_text(encoding="utf-8")))
    assert place.stored() == [".lock"]


def test_an_interrupted_run_stops_its_judge(place: Place, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "begun")
    script = f"echo $$ > {tmp_path}/begun; exec sleep 600"
    process = start_module(path=str(place.path), files={"a": "x"}, validate=["sh", "-c", script, "{path}"])
    judge = int((tmp_path / "begun").read_text(encoding="utf-8"))
    process.send_signal(signal.SIGTERM)
    out, complaints = process.communicate(timeout=30)
    assert "Interrupted by signal 15" in json.loads(out)["msg"], complaints
    assert ended(judge)
    assert place.stored() == [".lock"]


def test_check_mode_leaves_nothing_behind(place: Place, tmp_path: Path) -> None:
    arguments: dict[str, Any] = {
        "path": str(place.path), "files": {"a": "x"}, "validate": ["sh", "-c", 'test "$(cat "$0/a")" = x', "{path}"],
        "group": "no-such-group-yet",
    }  # fmt: skip
    assert run_module(check=True, **arguments)["changed"] is True
    arguments["group"] = str(os.getgid())
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    hook = f"import tempfile; tempfile.tempdir = {str(scratch)!r}"
    out, complaints = start_module(check=True, before=hook, **arguments).communicate(timeout=60)
    assert json.loads(out)["changed"] is True, complaints
    assert (list(scratch.iterdir()), place.path.exists(), place.store.exists()) == ([], False, False)
    run_module(**arguments)
    before = place.stored()
    arguments["files"] = {"a": "y"}
    result = run_module(check=True, diff=True, **arguments)
    assert (result["failed"], "ended with code 1" in result["msg"]) == (True, True)
    arguments["validate"] = []
    result = run_module(check=True, diff=True, **arguments)
    assert result["diff"][0]["after"] == "y"
    assert (place.stored(), place.files()) == (before, {"a": "x"})


def test_runs_wait_for_each_other(place: Place, tmp_path: Path) -> None:
    for name in ("begun", "go"):
        os.mkfifo(tmp_path / name)
    script = f"echo > {tmp_path}/begun; read -r line < {tmp_path}/go"
    first = start_module(path=str(place.path), files={"a": "1"}, validate=["sh", "-c", script, "{path}"])
    (tmp_path / "begun").read_text(encoding="utf-8")
    others = [start_module(path=str(place.path), files={"a": str(number)}) for number in (2, 3)]
    with pytest.raises(Exception, match="timed out"):
        others[0].communicate(timeout=1)
    assert not place.path.exists()
    (tmp_path / "go").write_text("\n", encoding="utf-8")
    results = [json.loads(process.communicate(timeout=60)[0]) for process in (first, *others)]
    assert [result["changed"] for result in results] == [True, True, True]
    assert sorted(int(result["release"][:6]) for result in results) == [1, 2, 3]
    assert int(results[0]["release"][:6]) == 1


def test_a_run_does_not_wait_for_ever(place: Place, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "begun")
    script = f"echo > {tmp_path}/begun; exec sleep 60"
    first = start_module(path=str(place.path), files={"a": "1"}, validate=["sh", "-c", script, "{path}"])
    (tmp_path / "begun").read_text(encoding="utf-8")
    hook = "from ansible_collections.dialtone.voice.plugins.module_utils._release import store\nstore.LOCK_SECONDS = 1"
    out = start_module(before=hook, path=str(place.path), files={"a": "2"}).communicate(timeout=30)[0]
    first.terminate()
    first.communicate(timeout=30)
    assert "another run has been working" in json.loads(out)["msg"]


def test_many_killed_runs_leave_a_whole_release(place: Place) -> None:
    sets = [{f"{name}.conf": f"{number}\n" for name in "abcdefgh"} for number in range(6)]
    place.run(files=sets[0])
    for number, files in enumerate(sets[1:]):
        process = start_module(path=str(place.path), files=files)
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05 + 0.08 * number)  # the moment of death is to be any
        process.kill()
        process.communicate(timeout=30)
        assert place.files() in sets
    assert place.run(files=sets[1])["effects"] == ["reload"]
    assert place.files() == sets[1]


@pytest.mark.parametrize("failing", [False, True])
def test_no_output_shows_a_secret(place: Place, tmp_path: Path, failing: bool) -> None:
    task = {
        "dialtone.voice.config_release": {
            "path": str(place.path),
            "files": {"a.conf": "plain-text-of-a-file\n"},
            "secret_files": {"s.conf": f"[auth]\npassword={SECRET}\n"},
            "binary_files": {"b": "cGxhaW4="},
            "validate": ["sh", "-c", f"cat $0/*; exit {int(failing)}", "{path}"],
        }
    }
    done = run_verbosely(tmp_path, judged(task, failing))
    assert done.returncode == 0, done.stdout
    assert SECRET not in done.stdout
    assert failing or "secret file s.conf added" in done.stdout


def test_the_result_is_small(place: Place) -> None:
    result = run_module(path=str(place.path), files={"a": "x" * 100000}, secret_files={"s": "y" * 100000})
    assert len(json.dumps(result)) < 2000
    assert result["invocation"]["module_args"]["files"] == ["a"]


def test_the_log_has_no_contents(place: Place) -> None:
    hook = (
        "import syslog\ndef note(*what): sys.stderr.write(str(what))\nsyslog.syslog = note; basic.has_journal = False\n"
    )
    process = start_module(before=hook, path=str(place.path), files={"a": "plain-text"}, secret_files={"s": SECRET})
    complaints = process.communicate(timeout=30)[1]
    assert "Invoked with" in complaints
    assert "plain-text" not in complaints
    assert SECRET not in complaints
