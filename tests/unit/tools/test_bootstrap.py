# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make` sets up, on machines that lack something. Python, apt-get, sudo and id are stand-ins that take notes."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TOOLS = (
    "bash",
    "cat",
    "dirname",
    "env",
    "flock",
    "grep",
    "ln",
    "mkdir",
    "rm",
    "sha256sum",
    "tail",
    "touch",
    "chmod",
    "cp",
)
PYTHON = r"""#!/usr/bin/env bash
case "$*" in
  --version) echo "Python $FAKE_VERSION" ;;
  "-c import sys; sys.exit("*) [ "$FAKE_VERSION" = 3.12.1 ] ;;
  "-c import ensurepip, venv") [ -e "$NOTES/venv-package" ] ;;
  "-c import sys; print("*) echo python3.12-venv ;;
  "-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python && touch .venv/pip ;;
  "-m pip --version") [ -e .venv/pip ] ;;
  "-m pip install "*) echo "$*" >>"$NOTES/pip" && cp "$0" .venv/bin/ansible-playbook ;;
  *) echo "unexpected: $*" >&2; exit 99 ;;
esac
"""
APT = r"""#!/usr/bin/env bash
echo "$*" >>"$NOTES/apt"
if [ -e "$NOTES/offline" ]; then
  echo "E: Could not connect to the archive"
  exit 100
fi
case "$*" in *install*) touch "$NOTES/venv-package" ;; esac
"""
ID = '#!/usr/bin/env bash\necho "$FAKE_UID"\n'


class Machine:
    """A checkout and a PATH on which only what is named here can be found."""

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / "voice"
        self.bin = folder / "bin"
        self.notes = folder / "notes"
        for made in (self.checkout / "tests" / "tools", self.bin, self.notes):
            made.mkdir(parents=True)
        shutil.copy(ROOT / "tests" / "tools" / "bootstrap.sh", self.checkout / "tests" / "tools")
        shutil.copytree(ROOT / "requirements", self.checkout / "requirements")
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found, tool
            (self.bin / tool).symlink_to(found)
        for name, text in {"python3": PYTHON, "apt-get": APT, "id": ID}.items():
            self.add(name, text)
        self.environment = {
            "PATH": str(self.bin),
            "NOTES": str(self.notes),
            "FAKE_UID": "0",
            "FAKE_VERSION": "3.12.1",
        }

    def add(self, name: str, text: str) -> None:
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def command(self, level: str) -> list[str]:
        return [str(self.bin / "bash"), str(self.checkout / "tests" / "tools" / "bootstrap.sh"), level]

    def run(self, level: str = "run", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(level),
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def noted(self, name: str) -> list[str]:
        file = self.notes / name
        return file.read_text().splitlines() if file.exists() else []

    @property
    def made(self) -> set[str]:
        return {path.name for path in self.checkout.iterdir()} - {"tests", "requirements"}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_what_is_missing_is_installed_and_said_and_the_second_time_nothing_happens(machine: Machine) -> None:
    first = machine.run()
    assert first.returncode == 0, first.stderr
    assert "Installing with apt-get: python3.12-venv" in first.stderr
    assert "Creating .venv with the pinned requirements (run) on Python 3.12.1" in first.stderr
    assert [line.split()[-1] for line in machine.noted("apt")] == ["update", "python3.12-venv"]
    assert machine.noted("pip")[0].endswith("-r requirements/run.txt")
    assert (machine.checkout / ".venv/collections/ansible_collections/dialtone/voice").resolve() == machine.checkout
    second = machine.run()
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert len(machine.noted("apt")) == 2
    assert len(machine.noted("pip")) == 1


def test_the_gates_tools_are_installed_in_the_same_breath(machine: Machine) -> None:
    assert machine.run("dev").returncode == 0
    assert machine.noted("apt")[-1].endswith("--no-install-recommends shellcheck npm python3.12-venv")


def test_changed_requirements_are_installed(machine: Machine) -> None:
    machine.run()
    with (machine.checkout / "requirements" / "run.txt").open("a") as file:
        file.write("# changed\n")
    assert machine.run().returncode == 0
    assert len(machine.noted("pip")) == 2


def test_an_environment_that_was_interrupted_before_it_had_pip_is_made_anew(machine: Machine) -> None:
    machine.run()
    (machine.checkout / ".venv" / "pip").unlink()
    (machine.checkout / ".venv" / ".bootstrap-run").unlink()
    assert machine.run().returncode == 0
    assert (machine.checkout / ".venv" / "pip").exists()


def test_without_root_and_without_sudo_nothing_is_begun(machine: Machine) -> None:
    done = machine.run(FAKE_UID="1000")
    assert done.returncode == 1
    assert done.stderr == "error: The lab needs root and there is no sudo here: run make as root\n"
    assert machine.made == set()


def test_sudo_that_asks_for_a_password_where_nobody_can_answer_is_said(machine: Machine) -> None:
    machine.add("sudo", "#!/usr/bin/env bash\nexit 1\n")
    done = machine.run(FAKE_UID="1000")
    assert done.returncode == 1
    assert "sudo wants a password: run make in a terminal, or as root" in done.stderr
    assert machine.made == set()


def test_sudo_is_used_for_packages_alone(machine: Machine) -> None:
    machine.add("sudo", '#!/usr/bin/env bash\necho "$*" >>"$NOTES/sudo"\n[ "$1" = -n ] && shift\n"$@"\n')
    machine.add("true", "#!/usr/bin/env bash\n")
    assert machine.run(FAKE_UID="1000").returncode == 0
    assert {line.split()[0] for line in machine.noted("sudo")} == {"-n", "env"}
    assert all("apt-get" in line for line in machine.noted("sudo") if line.startswith("env"))


def test_without_network_the_package_and_apts_own_words_are_said_and_there_is_no_venv(machine: Machine) -> None:
    (machine.notes / "offline").touch()
    done = machine.run()
    assert done.returncode == 1
    assert "E: Could not connect to the archive" in done.stderr
    assert "apt-get could not install python3.12-venv: check this machine's network" in done.stderr
    assert machine.made == {".cache"}


def test_on_another_distribution_the_packages_are_named(machine: Machine) -> None:
    (machine.bin / "apt-get").unlink()
    done = machine.run()
    assert done.returncode == 1
    assert "missing: python3.12-venv. This is not Debian or Ubuntu" in done.stderr


def test_a_python_of_the_wrong_version_is_named(machine: Machine) -> None:
    done = machine.run(FAKE_VERSION="3.9.2")
    assert done.returncode == 1
    assert "no Python 3.11, 3.12 or 3.13 found (python3 is Python 3.9.2)" in done.stderr
    assert machine.made == set()


def test_a_python_that_is_not_there_is_named(machine: Machine) -> None:
    done = machine.run(PYTHON="/opt/python")
    assert done.returncode == 1
    assert "(/opt/python is missing): install one and set PYTHON=" in done.stderr


def test_an_unknown_level_is_named(machine: Machine) -> None:
    assert "bootstrap level is 'all': use 'run' or 'dev'" in machine.run("all").stderr


def test_the_second_of_two_waits_for_the_first(machine: Machine) -> None:
    machine.run()
    (machine.checkout / ".venv" / ".bootstrap-run").unlink()
    with (machine.checkout / ".cache" / "bootstrap.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with subprocess.Popen(
            machine.command("run"), env=machine.environment, stderr=subprocess.PIPE, text=True
        ) as second:
            assert second.stderr is not None
            assert "Another make sets up .venv in this folder: waiting" in second.stderr.readline()
            assert len(machine.noted("pip")) == 1
            fcntl.flock(lock, fcntl.LOCK_UN)
            assert second.wait(timeout=60) == 0
    assert len(machine.noted("pip")) == 2
