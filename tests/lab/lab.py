# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One lab: bring it up, run programs in it, take it down. The interface of the demo, Molecule and the command line.

lab = Lab("demo")
lab.up(progress=print)
lab.exec("pbx1", ["systemctl", "is-system-running"])
lab.down()
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

from lab.control import Control
from lab.hosts import access, containers, enter, firewall, freeswitch, images, ipv6, mirror, preflight, ready, router
from lab.hosts.errors import LabError
from lab.hosts.host import own, start_time, write_private
from lab.hosts.plan import CARRIER, PBX_NAT, ROUTER, Plan, make_plan, pbx_count
from lab.hosts.store import Store

__all__ = ["ACCOUNT", "Lab", "LabError"]

ROOT = Path(__file__).resolve().parents[2]
# The emulator's one account. Not a secret: it opens nothing but an emulator that holds nothing.
ACCOUNT: dict[str, Any] = {
    "sid": "AC" + "1ab" * 10 + "00",
    "auth_token": "0" * 16 + "1abf4ce" + "0" * 9,
    "friendly_name": "Acme (lab)",
    # The office of the demo has the first two; the office of the proofs has nearly all.
    "numbers": [f"+120255501{last:02}" for last in range(1, 31)],
}
READY_SECONDS = 30.0
CARRIER_CA = "carrier-ca.pem"  # in the lab's folder

Progress = Callable[[str], None]


def _quiet(__: str) -> None:
    pass


class Lab:
    """The lab `name` (`demo` or `molecule`), running or not. Nothing happens before a method is called.

    state: its folder, .lab/NAME; inventory: the Ansible inventory `up` writes there.
    """

    def __init__(self, name: str = "demo", *, state: Path | None = None, store: Store | None = None) -> None:
        self.name = name
        self.state = state or ROOT / ".lab" / name
        self.plan: Plan = make_plan(name, self._known_pbx(), self._known("nat", False), self._known("ground", False))
        self._variables: dict[str, str] = self._known("variables", {})  # of the PBX hosts, for the inventory
        self.store = store or Store()
        self._pids: dict[str, tuple[int, int]] = {}

    @property
    def network(self) -> str:
        """The SIP network in CIDR form."""
        return self.plan.subnet

    @property
    def base_url(self) -> str:
        """The REST emulator, as TWILIO_BASE_URL takes it."""
        return self.plan.base_url

    @property
    def inventory(self) -> Path:
        return self.state / "inventory.yml"

    @property
    def nat_inventory(self) -> Path:
        """The inventory of the PBX behind the router alone, in the place of the others."""
        return self.state / "inventory-nat.yml"

    @property
    def ground_inventory(self) -> Path:
        """The inventory of one host of each Debian release, in the place of the others."""
        return self.state / "inventory-ground.yml"

    @property
    def carrier_ca(self) -> Path:
        """The authority of the edges' certificates, which a PBX has to trust for TLS."""
        return self.state / CARRIER_CA

    @property
    def ssh_sockets(self) -> Path:
        """Where ssh is to keep its connections open between two runs. Short, since the path of a socket has to be."""
        return self.store.run_folder / f"ssh-{self.name}"

    def hosts(self) -> dict[str, str]:
        """Return every host with its address."""
        return {host.name: host.address for host in self.plan.hosts.values()}

    def address(self, host: str) -> str:
        """Return a host's address in the SIP network. LabError if there is no such host."""
        return self.plan.host(host).address

    def edge_address(self, edge: str) -> str:
        """Return the first of an edge's four addresses. LabError if there is no such edge."""
        return self.plan.edge_addresses(edge)[0]

    def control(self) -> Control:
        """Return a client of the emulator and its account."""
        return Control(self.base_url, ACCOUNT["sid"], ACCOUNT["auth_token"])

    def environment(self) -> dict[str, str]:
        """Return what a client of the emulator's account needs in its environment."""
        return {
            "TWILIO_ACCOUNT_SID": ACCOUNT["sid"],
            "TWILIO_AUTH_TOKEN": ACCOUNT["auth_token"],
            "TWILIO_BASE_URL": self.base_url,
        }

    def extension_secret(self, extension: str) -> str:
        """Return the SIP password of an extension; the inventory has those of 101 and 102 as vault_secret_NNN."""
        self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        return access.extension_secret(self.state, extension)

    def secret(self, name: str, make: str = "") -> str:
        """Return another secret of this lab, such as a trunk's password; `make` is it if there is none yet."""
        file = self.state / f"{name}.secret"
        if not file.exists():
            if not make:
                raise LabError(f"The lab has no secret '{name}': run `python -m lab.proof.prepare --name {self.name}`.")
            write_private(file, make)
        return file.read_text(encoding="utf-8").strip()

    # -- up and down ---------------------------------------------------------------------------------------------

    def up(
        self,
        progress: Progress = _quiet,
        pbx: int | None = None,
        with_freeswitch: bool | None = None,
        nat: bool | None = None,
        ground: bool | None = None,
    ) -> None:
        """Bring the lab up, or complete it, or find that it is up.

        pbx: number of PBX hosts (default: as many as it has, else 1). with_freeswitch: whether they are machines with a
        FreeSWITCH, which the environment names (default: as it is, else bare ones). nat: whether there is one more
        behind a router (default: as it is, else not). ground: whether there is one more of each older Debian release,
        and IPv6 (default: as it is, else not). progress is told each step in a sentence. LabError says what is
        wrong and what to do.
        """
        preflight.require_root()
        preflight.find_admin_programs()
        behind = self._known("nat", False) if nat is None else nat
        releases = self._known("ground", False) if ground is None else ground
        self.plan = make_plan(self.name, self._known_pbx() if pbx is None else pbx, behind, releases)
        wanted = self._known("freeswitch", False) if with_freeswitch is None else with_freeswitch
        switch = freeswitch.read_setting() if wanted else None
        self._variables = switch.variables if switch else {}
        source, resolver = mirror.read_mirror(), ready.read_resolver()
        preflight.install_packages(progress)
        preflight.check_podman()
        with self.store.locked(progress):
            preflight.check_networks(self.plan)
            preflight.check_space(self.store.folder)
            self._make_state()
            self.store.prepare()
            try:
                containers.check_owner(self.plan, self.store.containers())
                machine = freeswitch.image(switch.prefix) if switch and switch.prefix else images.HOST
                suites = [host.suite for host in self.plan.machines if host.suite]
                built = images.ensure(self.store, source, self.state / "logs", progress, machine, suites=suites)
                if switch and switch.archive:
                    built["pbx"] = freeswitch.load(self.store, switch, progress)
            except BaseException:
                self._close_if_unused(keep_images=bool(images.present(self.store)))
                raise
            firewall.remember(self.store)
            firewall.apply(self.plan, source.ports, resolver)
            containers.ensure_networks(self.store, self.plan)
            started = containers.ensure_containers(
                self.store, self.plan, built, resolver, progress, mounts=switch.mounts if switch else ()
            )
        self._finish(started, progress)

    def _finish(self, started: list[str], progress: Progress) -> None:
        """Write how to get in, wait until everything answers, seed a new carrier."""
        self._pids.clear()
        key = access.make_key(self.state)
        if started:
            access.close_sessions(self.ssh_sockets)
        if started or not (self.state / "known_hosts").exists():
            progress("waiting for the carrier and the machines to answer")
            public = key.with_suffix(".pub").read_text(encoding="ascii")
            keys = {host.name: (host, self._admit(host.name, public)) for host in self.plan.machines}
            write_private(self.state / "known_hosts", access.known_hosts(keys))
            write_private(self.state / "ssh_config", access.ssh_config(self.plan, self.state))
        passwords = {extension: self.extension_secret(extension) for extension in access.EXTENSIONS}
        write_private(self.inventory, access.inventory(self.plan, self.state, passwords, self._variables))
        if self.plan.nat:
            behind = [host for host in self.plan.machines if host.behind_nat]
            text = access.inventory(self.plan, self.state, passwords, self._variables, behind)
            write_private(self.nat_inventory, text)
            self.exec(ROUTER, ["sh", "-euc", router.commands(self.plan)])
            self.exec(PBX_NAT, ["sh", "-euc", router.route(self.plan)])
        if self.plan.ground:
            text = access.inventory(self.plan, self.state, passwords, {}, self.plan.ground_hosts)
            write_private(self.ground_inventory, text)
            for host in ipv6.hosts(self.plan):
                self.exec(host.name, ["sh", "-euc", ipv6.commands(self.plan, host)])
        known = {
            "pbx": len(self.plan.pbx_hosts),
            "nat": self.plan.nat,
            "ground": self.plan.ground,
            "freeswitch": bool(self._variables),
            "variables": self._variables,
        }
        write_private(self.state / "state.json", json.dumps(known) + "\n")
        probes = ready.carrier_probes(self.plan)
        for machine in self.plan.machines:
            probes[f"SSH at {machine.name} ({machine.login})"] = lambda address=machine.login: ready.ssh_answers(
                address
            )  # type: ignore[misc]
        carrier = self._pid(CARRIER)
        begun = start_time(carrier)
        ready.wait_all(probes, READY_SECONDS, lambda: start_time(carrier) == begun, self._hint)
        # The authority behind the edges' certificates, for PBXs that are to trust them.
        authority = self.exec(CARRIER, ["cat", "/run/carrier-tls/ca.pem"]).stdout
        write_private(self.state / CARRIER_CA, authority)
        if CARRIER in started:
            self.reset()

    def _hint(self) -> str:
        said = self.logs(CARRIER, 12).strip()
        return (
            f"The carrier's last words:\n{said}\n`python -m lab logs --name {self.name} carrier` shows more; "
            f"`python -m lab down --name {self.name}` and `up` start afresh."
        )

    def _admit(self, host: str, public_key: str) -> str:
        """Wait until a PBX host has booted, let the lab's key in, and return the host's own public key."""
        script = (
            "systemctl is-system-running --wait >/dev/null 2>&1; "
            "install -d -m 700 /root/.ssh && umask 077 && cat > /root/.ssh/authorized_keys && "
            "cat /etc/ssh/ssh_host_ed25519_key.pub"
        )
        deadline = time.monotonic() + READY_SECONDS
        while True:
            # Before systemd listens the wait ends at once and there is no host key yet.
            done = self.exec(host, ["sh", "-c", script], input=public_key, check=False, timeout=READY_SECONDS)
            if done.returncode == 0 and done.stdout.startswith("ssh-"):
                return done.stdout.strip()
            if time.monotonic() > deadline:
                raise LabError(
                    f"{host} did not boot within {READY_SECONDS:.0f} s: {done.stderr.strip()[-300:]} "
                    f"`python -m lab exec --name {self.name} {host} -- systemctl list-jobs` shows what it waits for."
                )
            time.sleep(ready.PAUSE)

    def down(self, keep_images: bool = False, progress: Progress = _quiet) -> None:
        """Remove the lab's containers, networks, firewall rules and state; with the last lab also the namespace and,
        unless keep_images, the images. Does nothing, and succeeds, where there is nothing."""
        preflight.require_root()
        preflight.find_admin_programs()
        if shutil.which("podman") and self.store.folder.exists():
            with self.store.locked(progress):
                self.store.prepare()
                containers.check_owner(self.plan, self.store.containers())
                names = [one["Names"][0] for one in self.store.containers(self.name)]
                progress(f"removing {', '.join(sorted(names)) or 'what is left of the lab'}")
                access.close_sessions(self.ssh_sockets)
                containers.remove_containers(self.store, names)
                containers.remove_networks(self.store, self.plan)
                firewall.remove(self.plan)
                self._close_if_unused(keep_images)
        shutil.rmtree(self.state, ignore_errors=True)
        with contextlib.suppress(OSError):
            self.state.parent.rmdir()

    def _close_if_unused(self, keep_images: bool) -> None:
        if not self.store.containers():
            firewall.restore(self.store)
            self.store.close(keep_images)

    def discard(self, host: str) -> None:
        """Remove one host with all that is in it; the next `up` makes it anew. Does nothing if there is none."""
        preflight.require_root()
        preflight.find_admin_programs()
        name = self.plan.container(self.plan.host(host).name)
        with self.store.locked():
            self.store.prepare()
            if any(name in one["Names"] for one in self.store.containers(self.name)):
                containers.remove_containers(self.store, [name])

    def reboot(self, host: str, progress: Progress = _quiet) -> None:
        """Shut a PBX host down in good order, boot it again, and wait until it answers. Its disk stays as it is."""
        preflight.require_root()
        preflight.find_admin_programs()
        with self.store.locked():
            self.store.podman("restart", "--time", "60", self.plan.container(self.plan.host(host).name))
        self._finish([host], progress)

    def reset(self) -> None:
        """Put all services back to the seeded state: one account with two numbers, no trunk, no fault."""
        control = self.control()
        control.post("reset")
        control.post("seed", {"accounts": [ACCOUNT]})
        Control(self.plan.dns_control, "", "").post("dns/reset")
        Control(self.plan.stun_control, "", "").post("stun/reset")
        Control(self.plan.ntp_control, "", "").post("ntp/reset")

    # -- a look inside -------------------------------------------------------------------------------------------

    def status(self) -> list[dict[str, str]]:
        """Return each host with its address and state (`running`, `exited`, `missing` …)."""
        states: dict[str, str] = {}
        if self.store.keeper() is not None:
            for one in self.store.containers(self.name):
                states[one["Labels"]["dialtone.host"]] = one["State"]
        return [
            {"host": host.name, "address": host.address, "state": states.get(host.name, "missing")}
            for host in self.plan.hosts.values()
        ]

    def exec(
        self,
        host: str,
        argv: Sequence[str],
        *,
        input: str | None = None,
        check: bool = True,
        timeout: float | None = 60.0,
        env: dict[str, str] | None = None,
    ) -> CompletedProcess[str]:
        """Run a program on a host to its end and return its output. LabError if it fails (check) or hangs."""
        done = enter.execute(self._pid(host), argv, input=input, timeout=timeout, env=env)
        if check and done.returncode != 0:
            words = (done.stderr or done.stdout).strip()[-500:]
            raise LabError(f"`{' '.join(argv)}` on {host} ended with {done.returncode}: {words}")
        return done

    def popen(
        self, host: str, argv: Sequence[str], env: dict[str, str] | None = None, **options: Any
    ) -> enter.LabProcess:
        """Start a program on a host; its standard output and error come as lines. terminate() and kill() reach it."""
        return enter.popen(self._pid(host), argv, env, **options)

    def logs(self, host: str, lines: int = 200) -> str:
        """Return the end of what a host has printed: the carrier's services, a PBX's journal."""
        if self.plan.host(host).kind == "pbx":
            return self.exec(host, ["journalctl", "--no-pager", "-n", str(lines)]).stdout
        done = self.store.podman("logs", "--tail", str(lines), self.plan.container(host))
        return done.stdout + done.stderr

    def _pid(self, host: str) -> int:
        """Return the first process of a host's container, from memory while it lives."""
        preflight.require_root()
        self.plan.host(host)
        pid, started = self._pids.get(host, (0, 0))
        if not pid or start_time(pid) != started:
            self._pids = {}
            for one in self.store.containers(self.name):
                if one["State"] == "running":
                    self._pids[one["Labels"]["dialtone.host"]] = (one["Pid"], start_time(one["Pid"]))
            pid, __ = self._pids.get(host, (0, 0))
        if not pid:
            raise LabError(
                f"{host} is not running: `python -m lab logs --name {self.name} {host}` may show why, "
                f"`python -m lab up --name {self.name}` starts it."
            )
        return pid

    # -- state ---------------------------------------------------------------------------------------------------

    def _known_pbx(self) -> int:
        return int(self._known("pbx", pbx_count([])))

    def _known(self, key: str, default: Any) -> Any:
        """Return what the last `up` has noted."""
        try:
            return json.loads((self.state / "state.json").read_text(encoding="utf-8"))[key]
        except (OSError, ValueError, KeyError, TypeError):
            return default

    def _make_state(self) -> None:
        for folder in (self.state.parent, self.state, self.state / "logs"):
            if not folder.exists():
                folder.mkdir(mode=0o755 if folder == self.state.parent else 0o700, parents=True)
                own(folder)
        os.chmod(self.state, 0o700)
