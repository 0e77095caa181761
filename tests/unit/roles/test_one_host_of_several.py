# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration that works on one PBX and not on another, in a play with any_errors_fatal, as the playbooks have it.

The real tasks/force.yml of the role and the real config_release run in a real Ansible on two local hosts. What needs a
PBX (start, check, telling it to go back) is played.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
BACK = {"asterisk": "roll_back.yml", "freeswitch": "back.yml"}
UNREACHABLE = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}


def task(name: str, module: str, arguments: Any, **keywords: Any) -> dict[str, Any]:
    return {"name": name, module: arguments, **keywords}


def played(role: str, tmp: Path) -> Path:
    """Return a copy of the role's force.yml beside stand-ins for what needs a PBX."""
    tasks = tmp / "tasks"
    tasks.mkdir()
    force = (ROOT / "roles" / role / "tasks" / "force.yml").read_text(encoding="utf-8")
    # The user of the PBX is not on this machine.
    force, replaced = re.subn(rf"    (owner: root|group: {role})\n", "", force)
    assert replaced
    (tasks / "force.yml").write_text(force, encoding="utf-8")
    release = {"path": f"{{{{ {role}_config_dir }}}}", "effects": {"reload": ["*"]}}
    service = [
        task(
            "Start",
            "ansible.builtin.command",
            {"argv": ["true"]},
            changed_when="notifies",
            notify="A handler of the role",
        ),
        task("Lose the host", "ansible.builtin.ping", {}, when="goes", vars=UNREACHABLE),
    ]
    if role == "asterisk":
        service.append(task("Call handlers", "ansible.builtin.meta", "flush_handlers"))
    verify = [task("Compare", "ansible.builtin.assert", {"that": "works", "quiet": True})]
    back = [
        task(
            "Go back",
            "dialtone.voice.config_release",
            {**release, "state": "rolled_back"},
            register=f"__{role}_back",
        ),
        task(
            "Note it", "ansible.builtin.set_fact", {f"__{role}_lost": "It does not work on {{ inventory_hostname }}."}
        ),
    ]
    for name, content in {"service.yml": service, "verify.yml": verify, BACK[role]: back}.items():
        (tasks / name).write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return tasks / "force.yml"


def site(role: str, tmp: Path, fatal: bool = True) -> list[dict[str, Any]]:
    """Return what a site does: install, put into force, and tell the carrier of it."""
    handler = yaml.safe_load((ROOT / "roles" / role / "handlers" / "main.yml").read_text(encoding="utf-8"))[0]
    keywords = {key: handler[key] for key in ["any_errors_fatal"] if key in handler}
    install = {
        "path": f"{{{{ {role}_config_dir }}}}",
        "files": {"pbx.conf": "{{ content }}\n"},
        "effects": {"reload": ["*"]},
    }
    hosts = yaml.safe_load((ROOT / "playbooks" / "hosts.yml").read_text(encoding="utf-8"))[-1]
    return [
        {
            "hosts": "pbx1,pbx2",
            "gather_facts": False,
            "any_errors_fatal": fatal,
            "vars": {f"__{role}_lost": ""},
            "tasks": [
                task("Install", "dialtone.voice.config_release", install, register=f"__{role}_release"),
                {"ansible.builtin.include_tasks": str(played(role, tmp))},
            ],
            "handlers": [
                task("A handler of the role", "ansible.builtin.assert", {"that": "presents", "quiet": True}, **keywords)
            ],
            "post_tasks": hosts["post_tasks"],
        },
        {
            "hosts": "localhost",
            "gather_facts": False,
            "tasks": [task("Tell the carrier", "ansible.builtin.file", {"path": str(tmp / "told"), "state": "touch"})],
        },
    ]


def ansible(playbook: Path, shared: dict[str, Any], broken: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """Run a playbook on two hosts, which are this machine; `broken` are variables of pbx2 alone."""
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    inventory = {"all": {"vars": {**local, **shared}, "hosts": {"pbx1": {}, "pbx2": broken}}}
    file = playbook.with_name("inventory.json")
    file.write_text(json.dumps(inventory), encoding="utf-8")
    return subprocess.run(
        [str(Path(sys.executable).with_name("ansible-playbook")), "-i", str(file), str(playbook)],
        env={
            **{key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")},
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".venv" / "collections"),
            "ANSIBLE_HOME": str(playbook.parent / "ansible"),
            "ANSIBLE_NOCOLOR": "1",
            "LC_ALL": "C.UTF-8",
        },
        cwd=playbook.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


class Pair:
    """Two PBXs on this machine."""

    def __init__(self, role: str, tmp: Path, fatal: bool = True) -> None:
        self.role, self.tmp = role, tmp
        self.playbook = tmp / "site.yml"
        self.playbook.write_text(yaml.safe_dump(site(role, tmp, fatal), sort_keys=False), encoding="utf-8")

    def run(self, content: str, **broken: Any) -> subprocess.CompletedProcess[str]:
        """Put a configuration into force on both; `broken` are variables of pbx2 alone."""
        shared = {
            f"{self.role}_config_dir": str(self.tmp) + "/{{ inventory_hostname }}/conf",
            "works": True,
            "presents": True,
            "notifies": False,
            "goes": False,
            "content": content,
        }
        for name in ("pbx1", "pbx2"):
            (self.tmp / name).mkdir(exist_ok=True)
        return ansible(self.playbook, shared, broken)

    def content(self, host: str) -> str:
        return (self.tmp / host / "conf" / "pbx.conf").read_text(encoding="utf-8").strip()

    def pending(self, host: str) -> list[str]:
        """Return the files whose effects the next run would ask for again."""
        state: dict[str, list[str]] = json.loads(
            (self.tmp / host / "conf.releases" / "state.json").read_text(encoding="utf-8")
        )
        return state["pending"]

    @property
    def told(self) -> bool:
        """Whether the carrier was told, since the last time this was asked."""
        file = self.tmp / "told"
        told = file.exists()
        file.unlink(missing_ok=True)
        return told


@pytest.fixture(params=sorted(BACK))
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Pair:
    """A pair that works."""
    pair = Pair(request.param, tmp_path)
    result = pair.run("first")
    assert result.returncode == 0, result.stdout + result.stderr
    assert pair.told
    return pair


def test_only_the_host_that_fails_goes_back(pair: Pair) -> None:
    result = pair.run("second", works=False)
    said = result.stdout + result.stderr
    assert result.returncode != 0, said
    assert (pair.content("pbx1"), pair.content("pbx2")) == ("second", "first"), said
    assert not pair.pending("pbx1"), said
    assert "It does not work on pbx2." in said
    assert "It does not work on pbx1." not in said
    assert not pair.told, said

    # Nothing is left to do where it worked.
    result = pair.run("second")
    assert result.returncode == 0, result.stdout + result.stderr
    recap = {line.split()[0]: line for line in result.stdout.split("PLAY RECAP")[1].splitlines() if "changed=" in line}
    assert "changed=0" in recap["pbx1"]
    assert "changed=0" not in recap["pbx2"]
    assert (pair.content("pbx1"), pair.content("pbx2")) == ("second", "second")
    assert pair.told


def test_a_certificate_that_one_asterisk_does_not_take_is_its_own_matter(tmp_path: Path) -> None:
    pair = Pair("asterisk", tmp_path)
    assert pair.run("first").returncode == 0
    assert pair.told
    result = pair.run("second", notifies=True, presents=False)
    said = result.stdout + result.stderr
    assert result.returncode != 0, said
    assert (pair.content("pbx1"), pair.content("pbx2")) == ("second", "first"), said
    assert not pair.pending("pbx1"), said
    assert not pair.told, said


def test_a_host_that_is_lost_takes_nobody_along_and_the_carrier_is_not_told(pair: Pair) -> None:
    result = pair.run("second", goes=True)
    said = result.stdout + result.stderr
    assert result.returncode != 0, said
    assert pair.content("pbx1") == "second", said
    assert not pair.pending("pbx1"), said
    assert "pbx2 did not get to the end" in said
    assert not pair.told, said
    # It never said that all was carried through, so that the next run asks for it again.
    assert pair.pending("pbx2")


@pytest.mark.parametrize("role", sorted(BACK))
def test_a_play_in_which_errors_are_not_fatal_goes_on_without_the_host_that_fails(role: str, tmp_path: Path) -> None:
    pair = Pair(role, tmp_path, fatal=False)
    assert pair.run("first").returncode == 0
    result = pair.run("second", works=False)
    assert result.returncode != 0
    assert (pair.content("pbx1"), pair.content("pbx2")) == ("second", "first")
    assert not pair.pending("pbx1")


@pytest.mark.parametrize("method", ["package", "source"])
def test_an_asterisk_that_one_host_does_not_get_is_its_own_matter(method: str, tmp_path: Path) -> None:
    tasks = yaml.safe_load((ROOT / "roles/asterisk/tasks" / f"install_{method}.yml").read_text(encoding="utf-8"))
    # What would be installed on this machine is played.
    tasks[0]["block"] = [task("Install", "ansible.builtin.assert", {"that": "works", "fail_msg": "no space left"})]
    play = {"hosts": "pbx1,pbx2", "gather_facts": False, "any_errors_fatal": True, "tasks": tasks}
    (tmp_path / "site.yml").write_text(yaml.safe_dump([play], sort_keys=False), encoding="utf-8")
    result = ansible(tmp_path / "site.yml", {"works": True, "asterisk_source_version": "22"}, {"works": False})
    said = result.stdout + result.stderr
    assert result.returncode != 0, said
    assert re.search(
        "could not be (installed|built) on pbx2, and nothing was configured. +(It said: )?no space left", said
    ), said
    assert "on pbx1" not in said
    assert "undefined" not in said


def test_a_clock_that_one_host_cannot_keep_is_its_own_matter(tmp_path: Path) -> None:
    tasks = yaml.safe_load((ROOT / "roles/time_sync/tasks/service.yml").read_text(encoding="utf-8"))
    keep = next(item for item in tasks if "block" in item)
    keep["block"] = [task("Start", "ansible.builtin.assert", {"that": "works", "fail_msg": "no such clock"})]
    play = {"hosts": "pbx1,pbx2", "gather_facts": False, "any_errors_fatal": True, "tasks": tasks}
    (tmp_path / "site.yml").write_text(yaml.safe_dump([play], sort_keys=False), encoding="utf-8")
    # There is no such unit on this machine.
    shared = {
        "works": True,
        "__time_sync_systemd": True,
        "__time_sync_installed": True,
        "__time_sync_place": {"unit": "dialtone-no-such-clock.service"},
        "__time_sync_former": {},
        "__time_sync_wanted": {},
        "__time_sync_fatal": "^fatal",
    }
    result = ansible(tmp_path / "site.yml", shared, {"works": False})
    said = result.stdout + result.stderr
    assert result.returncode != 0, said
    assert re.search(r"does not start with this configuration. It does not run now.\\nIt says: no such clock", said), (
        said
    )
    recap = {line.split()[0]: line for line in result.stdout.split("PLAY RECAP")[1].splitlines() if "changed=" in line}
    assert "failed=0" in recap["pbx1"]
    assert "rescued=0" in recap["pbx1"]
    assert "failed=1" in recap["pbx2"]
