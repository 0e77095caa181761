# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible gets in by exactly the lab's key to exactly the lab's hosts; secrets stay with their owner."""

from __future__ import annotations

import shlex
import subprocess

import yaml

from lab.hosts import access
from lab.hosts.host import write_private
from lab.hosts.plan import make_plan

PLAN = make_plan("demo", 2)
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample root@pbx1"


def test_the_inventory_is_what_the_playbooks_expect(tmp_path):
    tree = yaml.safe_load(access.inventory(PLAN, tmp_path, {"101": "s3cret"}))
    group = tree["all"]["children"]["voice_pbx"]
    assert group["hosts"] == {
        "pbx1": {"ansible_host": "198.18.10.10", "voice_public_address": "198.18.10.10"},
        "pbx2": {"ansible_host": "198.18.10.11", "voice_public_address": "198.18.10.11"},
    }
    assert group["vars"]["ansible_user"] == "root"
    assert group["vars"]["ansible_ssh_private_key_file"] == str(tmp_path / "id_ed25519")
    assert group["vars"]["ansible_ssh_pipelining"] is True
    assert tree["all"]["vars"] == {"vault_secret_101": "s3cret"}


def test_host_keys_are_checked_even_in_a_folder_with_a_space(tmp_path):
    folder = tmp_path / "my lab"
    tree = yaml.safe_load(access.inventory(PLAN, folder, {}))
    words = shlex.split(tree["all"]["children"]["voice_pbx"]["vars"]["ansible_ssh_common_args"])
    assert "StrictHostKeyChecking=yes" in words
    known = subprocess.run(["ssh", "-G", *words, "pbx1"], capture_output=True, text=True, check=True).stdout
    assert f"userknownhostsfile {folder}/known_hosts" in known
    assert "stricthostkeychecking true" in known
    assert "identitiesonly yes" in known


def test_the_ssh_config_leads_to_every_pbx(tmp_path):
    file = tmp_path / "ssh_config"
    file.write_text(access.ssh_config(PLAN, tmp_path))
    seen = subprocess.run(["ssh", "-G", "-F", str(file), "pbx2"], capture_output=True, text=True, check=True).stdout
    assert "hostname 198.18.10.11" in seen
    assert "user root" in seen
    assert "stricthostkeychecking true" in seen


def test_known_hosts_holds_the_hosts_own_keys():
    text = access.known_hosts({"pbx1": (PLAN.hosts["pbx1"], KEY)})
    assert text == "198.18.10.10,pbx1 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample\n"


def test_secrets_last_differ_and_are_their_owners_alone(tmp_path):
    first, second = access.extension_secret(tmp_path, "101"), access.extension_secret(tmp_path, "102")
    assert first != second
    assert len(first) >= 20
    assert access.extension_secret(tmp_path, "101") == first
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_a_private_file_is_private_from_its_first_moment_and_replaces_an_open_one(tmp_path):
    file = tmp_path / "inventory.yml"
    file.write_text("old")
    file.chmod(0o644)
    write_private(file, "new")
    assert file.read_text() == "new"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["inventory.yml"]


def test_the_key_is_made_once_and_is_private(tmp_path):
    key = access.make_key(tmp_path)
    first = key.read_text()
    assert key.stat().st_mode & 0o777 == 0o600
    assert access.make_key(tmp_path).read_text() == first
    key.with_suffix(".pub").unlink()  # half a pair is none
    assert access.make_key(tmp_path).read_text() != first


def test_a_connection_that_ssh_keeps_open_is_ended_and_its_socket_removed(tmp_path, monkeypatch):
    (tmp_path / "0a1b2c").touch()
    commands = []
    monkeypatch.setattr(access, "run", lambda argv, **__: commands.append(argv))
    access.close_sessions(tmp_path)
    assert commands == [["ssh", "-o", f"ControlPath={tmp_path}/0a1b2c", "-O", "exit", "pbx"]]
    assert not list(tmp_path.iterdir())


def test_no_open_connection_is_nothing_to_end(tmp_path):
    access.close_sessions(tmp_path / "missing")


def test_the_inventory_of_the_pbx_behind_nat_holds_nobody_else(tmp_path):
    plan = make_plan("demo", nat=True)
    inside = yaml.safe_load(access.inventory(plan, tmp_path, {}, machines=plan.machines[-1:]))
    hosts = inside["all"]["children"]["voice_pbx"]["hosts"]
    assert hosts == {
        "pbxnat": {
            "ansible_host": "10.198.118.10",
            "voice_public_address": "198.18.10.20",
            "voice_bind_address": "10.198.118.10",
        }
    }
    usual = yaml.safe_load(access.inventory(plan, tmp_path, {}))
    assert list(usual["all"]["children"]["voice_pbx"]["hosts"]) == ["pbx1"]
    assert "HostName 10.198.118.10" in access.ssh_config(plan, tmp_path)
