# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in the way of a lab is found and named before anything is changed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lab.hosts import preflight
from lab.hosts.errors import LabError
from lab.hosts.plan import make_plan

PLAN = make_plan("demo")


def link(name, *addresses):
    split = [address.split("/") for address in addresses]
    return {
        "ifname": name,
        "addr_info": [{"family": "inet", "local": local, "prefixlen": int(length)} for local, length in split],
    }


def test_an_ordinary_machine_has_no_conflict():
    links = [link("lo", "127.0.0.1/8"), link("eth0", "192.0.2.2/24")]
    routes = [
        {"dst": "default", "gateway": "192.0.2.1", "dev": "eth0"},
        {"dst": "192.0.2.0/24", "dev": "eth0", "protocol": "kernel"},
    ]
    assert preflight.find_conflicts(PLAN, links, routes) == []


def test_the_labs_own_bridges_are_no_conflict():
    links = [link("dt-demo", "198.18.0.1/16"), link("dt-demo-nat", "10.198.18.1/24")]
    routes = [{"dst": "198.18.0.0/16", "dev": "dt-demo", "protocol": "kernel"}]
    assert preflight.find_conflicts(PLAN, links, routes) == []


def test_the_other_lab_is_no_conflict():
    assert preflight.find_conflicts(PLAN, [link("dt-molecule", "198.19.0.1/16")], []) == []


@pytest.mark.parametrize(
    ("address", "network"),
    [("198.18.5.1/24", "198.18.0.0/16"), ("198.18.0.1/15", "198.18.0.0/16"), ("10.0.0.4/8", "10.198.18.0/24")],
)
def test_an_interface_in_the_labs_networks_is_named(address, network):
    (sentence,) = preflight.find_conflicts(PLAN, [link("tun0", address)], [])
    assert f"The interface tun0 has {address}, inside the lab's network {network}" in sentence
    assert "--name" in sentence


@pytest.mark.parametrize("destination", ["198.18.0.0/15", "198.18.7.7", "10.198.0.0/16"])
def test_a_route_into_the_labs_networks_is_named(destination):
    (sentence,) = preflight.find_conflicts(PLAN, [], [{"dst": destination, "dev": "wg0", "protocol": "static"}])
    assert f"The route to {destination} over wg0" in sentence


def test_too_little_space_is_an_error_with_its_figures(tmp_path):
    with pytest.raises(LabError, match=r"has \d+ MiB free, the lab needs \d{9,}: make room, or set LAB_STORE"):
        preflight.check_space(tmp_path / "not" / "there" / "yet", needed_mib=10**12)


def test_without_root_there_is_one_sentence(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(LabError, match="needs root"):
        preflight.require_root()


def test_without_root_and_without_sudo_the_remedy_is_named(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(preflight.shutil, "which", lambda __: None)
    with pytest.raises(LabError, match="there is no sudo here: run it as root"):
        preflight.become_root("lab")


def test_without_network_the_packages_that_are_missing_are_named(monkeypatch):
    monkeypatch.setattr(preflight, "missing_packages", lambda: ["mmdebstrap", "podman"])
    monkeypatch.setattr(preflight.shutil, "which", lambda __: "/usr/bin/apt-get")
    printed = {"update": "W: Failed to fetch: cannot connect\n", "install": "E: No podman\nE: No such package\n"}
    monkeypatch.setattr(
        preflight, "run_to_end", lambda argv, __: next(printed[word] for word in argv if word in printed)
    )
    said = []
    with pytest.raises(LabError, match="could not install mmdebstrap, podman: W: Failed to fetch") as error:
        preflight.install_packages(said.append)
    assert "cannot connect E: No such package Check this machine's network" in str(error.value)
    assert said == ["installing with apt-get: mmdebstrap podman"]


def test_on_another_distribution_the_packages_are_named(monkeypatch):
    monkeypatch.setattr(preflight, "missing_packages", lambda: ["podman"])
    monkeypatch.setattr(preflight.shutil, "which", lambda __: None)
    with pytest.raises(LabError, match="podman are missing and this is not Debian or Ubuntu"):
        preflight.install_packages(lambda __: None)


def test_ctrl_c_lets_a_package_manager_finish_and_counts_then(tmp_path):
    """A killed one leaves packages half installed. The program says when it works, is interrupted, and goes on."""
    script = (
        "import pathlib, signal, sys\n"
        "from lab.hosts import preflight\n"
        # A pipeline's background job ignores Ctrl-C, and so would what it starts.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "work = 'echo begun > begun; while [ ! -e go ]; do sleep 0.01; done; echo done > done'\n"
        "try:\n"
        "    preflight.run_to_end(['sh', '-c', work], lambda text: pathlib.Path('said').write_text(text))\n"
        "except KeyboardInterrupt:\n"
        "    sys.exit(7)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(preflight.__file__).parents[2])},
        start_new_session=True,
    ) as process:
        try:
            wait_for(tmp_path / "begun", process)
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does
            wait_for(tmp_path / "said", process)
            (tmp_path / "go").touch()
            assert process.wait(timeout=20) == 7
        finally:
            (tmp_path / "go").touch()  # lets both end, whatever went wrong
            process.kill()
    assert (tmp_path / "done").exists()
    assert "as soon as apt-get is done" in (tmp_path / "said").read_text()


def wait_for(file, process):
    deadline = time.monotonic() + 20
    while not file.exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_sudo_keeps_compiled_files_out_of_the_checkout(monkeypatch):
    started = []
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(preflight.shutil, "which", lambda __: "/usr/bin/sudo")
    monkeypatch.setattr(preflight, "run", lambda *__, **___: subprocess.CompletedProcess([], 0))
    monkeypatch.setattr(os, "execv", lambda __, argv: started.append(argv))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("LAB_STORE", "/big/disk")
    preflight.become_root("lab.demo")
    assert {"PYTHONDONTWRITEBYTECODE=1", "LAB_STORE=/big/disk"} <= set(started[0])
