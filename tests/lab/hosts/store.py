# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Podman, kept apart from the machine's own: its folders, its settings, and the namespace it runs in.

Everything lies in two folders, so that `down` can prove that nothing is left: STORE (images, containers) and RUN
(what a reboot forgets). docs/decisions/lab-podman.md says why.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lab.hosts.errors import LabError
from lab.hosts.host import boot_id, processes_named, run, start_time

CGROUPS = Path("/sys/fs/cgroup")
# What Podman keeps in fixed places, whatever its settings say: the address book of its networks and the handles of
# its network namespaces. The lab has its own, or a killed lab's addresses would stay taken until the next boot.
OWN_PLACES = {
    "networks": "/run/containers/networks",
    "netns": "/run/netns",
    "cache": "/var/lib/containers/cache",  # of image imports
}
_ENTER_CGROUPS = "umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup"
_STAY = "echo ready && exec sleep infinity"


def needs_cgroups(mounts: str, systemd: bool) -> bool:
    """Whether systemd containers need a cgroup2 tree of their own.

    mounts: /proc/self/mounts. They do not on a host that systemd runs and that mounts cgroup v2 alone.
    """
    unified = any(line.split()[1:3] == [str(CGROUPS), "cgroup2"] for line in mounts.splitlines())
    return not (unified and systemd)


class Store:
    """The lab's Podman. Two labs share it; each has its own networks and containers."""

    def __init__(self, store: Path | None = None, volatile: Path | None = None) -> None:
        self.folder = store or Path(os.environ.get("LAB_STORE", "/var/lib/dialtone-lab"))
        self.run_folder = volatile or Path("/run/dialtone-lab")
        self.keeper_file = self.run_folder / "keeper.json"
        self.footprint_file = self.folder / "footprint.json"  # not in RUN: it has to outlive a killed lab
        self._places_file = self.folder / "places.txt"

    # -- locking -------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def locked(self, progress: Callable[[str], None] = lambda __: None) -> Iterator[None]:
        """Hold the store: one `up` or `down` at a time on this machine."""
        while True:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
            except FileNotFoundError:
                continue  # another command, just ending, has removed it since
            try:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    progress("waiting for another lab command to end")
                    fcntl.flock(descriptor, fcntl.LOCK_EX)
                # The holder before us may have removed the folder.
                if self._is_folder(descriptor):
                    yield
                    return
            finally:
                os.close(descriptor)

    def _is_folder(self, descriptor: int) -> bool:
        """Tell whether an open folder is the one that is there now."""
        try:
            return os.path.samestat(os.fstat(descriptor), self.folder.stat())
        except FileNotFoundError:
            return False

    # -- the namespace -------------------------------------------------------------------------------------------

    def keeper(self) -> dict[str, Any] | None:
        """Return what is known of the namespace if it is alive in this boot, else None."""
        try:
            known = json.loads(self.keeper_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        if not isinstance(known, dict) or known.get("boot") != boot_id():
            return None
        pid = int(known.get("pid", 0))
        # A number alone could be somebody else's process by now.
        return known if pid and start_time(pid) == known.get("start") else None

    def prepare(self) -> None:
        """Write the settings and make sure that the namespace exists."""
        known = self.keeper()
        if known is None:
            known = self._make_namespace()
        self._write_settings(known)

    def _make_namespace(self) -> dict[str, Any]:
        cgroups = needs_cgroups(
            Path("/proc/self/mounts").read_text(encoding="utf-8"), Path("/run/systemd/system").is_dir()
        )
        survivors = processes_named("conmon", str(self.run_folder))
        if not survivors:
            # Nothing lives: Podman must take its containers for stopped, as after a reboot.
            shutil.rmtree(self.run_folder, ignore_errors=True)
        self.run_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        pid = self._start_keeper(survivors[0] if survivors else 0, cgroups)
        known = {
            "boot": boot_id(),
            "pid": pid,
            "start": start_time(pid),
            "cgroup_manager": "cgroupfs" if cgroups else "systemd",
        }
        self.keeper_file.write_text(json.dumps(known), encoding="utf-8")
        return known

    def _start_keeper(self, survivor: int, cgroups: bool) -> int:
        """Start the process that keeps the namespace; join the one that containers still live in, if any."""
        if survivor:
            argv = ["nsenter", "--mount", "--target", str(survivor), "sh", "-c", _STAY]
        else:
            steps = [_ENTER_CGROUPS] if cgroups else []
            for name, place in OWN_PLACES.items():
                (self.run_folder / name).mkdir()
                self._make_place(Path(place))
                steps.append(f"mount --bind {shlex.quote(str(self.run_folder / name))} {place}")
            argv = ["unshare", "--mount", "--propagation", "private", "sh", "-c", " && ".join([*steps, _STAY])]
        # A file, not a pipe, takes its errors: the keeper outlives this process.
        errors = self.run_folder / "keeper.err"
        with errors.open("w", encoding="utf-8") as stderr:
            process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                start_new_session=True,
                cwd="/",
            )
        assert process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            process.wait()
            raise LabError(
                "This machine does not let the lab make a mount namespace for systemd containers "
                f"({errors.read_text(encoding='utf-8').strip()}): use a host with systemd and cgroup v2, or give "
                "this one CAP_SYS_ADMIN."
            )
        process.stdout.close()
        process.returncode = 0  # it is meant to outlive us: no warning about a child left behind
        return process.pid

    def _make_place(self, place: Path) -> None:
        """Make a folder to mount over, and note for `close` which of it there was not."""
        new = [path for path in (place, *place.parents) if not path.exists()]
        place.mkdir(parents=True, exist_ok=True)
        with self._places_file.open("a", encoding="utf-8") as file:
            file.writelines(f"{path}\n" for path in new)

    def _remove_places(self) -> None:
        with contextlib.suppress(OSError):
            for line in self._places_file.read_text(encoding="utf-8").splitlines():
                with contextlib.suppress(OSError):  # somebody else's by now
                    Path(line).rmdir()
            self._places_file.unlink()

    def _write_settings(self, known: dict[str, Any]) -> None:
        manager = known.get("cgroup_manager", "cgroupfs")
        for folder in (self.folder / "networks", self.folder / "tmp"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.folder / "storage.conf").write_text(
            "[storage]\n"
            'driver = "overlay"\n'
            f'graphroot = "{self.folder}/storage"\n'
            f'runroot = "{self.run_folder}/storage"\n',
            encoding="utf-8",
        )
        # File locks: the usual ones lie in shared memory that the machine's own Podman numbers as well.
        (self.folder / "containers.conf").write_text(
            "[containers]\n"
            'log_driver = "k8s-file"\n'
            "[network]\n"
            'network_backend = "netavark"\n'
            # Newer ones would take nftables, where an accept does not outweigh Docker's drop; older ones know no other.
            'firewall_driver = "iptables"\n'
            f'network_config_dir = "{self.folder}/networks"\n'
            "[engine]\n"
            'runtime = "crun"\n'
            f'cgroup_manager = "{manager}"\n'
            f'static_dir = "{self.folder}/libpod"\n'
            f'tmp_dir = "{self.run_folder}/libpod"\n'
            f'volume_path = "{self.folder}/volumes"\n'
            'lock_type = "file"\n'
            'events_logger = "none"\n',
            encoding="utf-8",
        )

    # -- Podman --------------------------------------------------------------------------------------------------

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of a Podman command in the lab's namespace."""
        known = self.keeper()
        if known is None:
            raise LabError("The lab is not running: start it with `python -m lab up`.")
        return ["nsenter", "--mount", "--target", str(known["pid"]), "podman", *arguments]

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "CONTAINERS_CONF": str(self.folder / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(self.folder / "storage.conf"),
            "TMPDIR": str(self.folder / "tmp"),
        }

    def podman(self, *arguments: str, check: bool = True, timeout: float = 120.0) -> subprocess.CompletedProcess[str]:
        """Run a Podman command."""
        return run(self.command(*arguments), check=check, timeout=timeout, env=self.environment)

    def containers(self, lab: str = "") -> list[dict[str, Any]]:
        """Return the containers of one lab, or of all: as `podman ps` has them."""
        select = ["--filter", f"label=dialtone.lab={lab}"] if lab else []
        text = self.podman("ps", "--all", "--format", "json", *select).stdout.strip()
        found: list[dict[str, Any]] = json.loads(text) if text else []
        return found

    # -- the end -------------------------------------------------------------------------------------------------

    def close(self, keep_images: bool) -> None:
        """End the namespace and remove the folders; only when no lab has a container left."""
        if self.keeper() is not None and not keep_images:
            self.podman("rmi", "--all", "--force", check=False)
        self._end_keeper()  # and with it every mount
        self._remove_places()
        shutil.rmtree(self.run_folder, ignore_errors=True)
        self._remove_cgroup()
        if not keep_images:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _end_keeper(self) -> None:
        known = self.keeper()
        if known is None:
            return
        os.kill(int(known["pid"]), signal.SIGKILL)
        _wait_until(lambda: start_time(int(known["pid"])) != known["start"], 10, "the lab's namespace did not end")

    def _remove_cgroup(self) -> None:
        """Remove the empty groups that Podman leaves in the hybrid hierarchy."""
        for root in (CGROUPS / "unified" / "libpod_parent", CGROUPS / "libpod_parent"):
            if root.is_dir():
                for group in sorted(root.rglob("*"), key=lambda path: -len(path.parts)):
                    if group.is_dir():
                        with contextlib.suppress(OSError):
                            group.rmdir()
                with contextlib.suppress(OSError):
                    root.rmdir()


def _wait_until(condition: Callable[[], bool], seconds: float, complaint: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise LabError(f"{complaint} within {seconds:.0f} s.")
        time.sleep(0.02)
