# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's networks and containers: what each is to be, and making the machine so."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from lab.hosts.errors import LabError
from lab.hosts.host import ip_json, run
from lab.hosts.plan import Host, Plan, mac
from lab.hosts.store import Store

LAB_FOLDER = Path(__file__).resolve().parents[1]
CARRIER_CODE = ("carrier", "emulator", "dns", "stun", "ntp", "hosts/plan.py")  # what the carrier runs
# A machine may lack the right to raise limits, and systemd fails to start when it cannot set the ones it was given.
_LIMITS = ("--pids-limit", "0", "--ulimit", "nofile=20000:20000", "--ulimit", "nproc=8192:8192")


def code_digest(folder: Path = LAB_FOLDER) -> str:
    """Return a hash of the code that the carrier runs, so that a change of it starts the carrier anew."""
    digest = hashlib.sha256()
    for name in CARRIER_CODE:
        path = folder / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file.relative_to(folder)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def arguments(plan: Plan, host: Host, image: str, resolver: str, mounts: tuple[str, ...] = ()) -> list[str]:
    """Return the arguments of `podman run` for a host, without labels. mounts: what a PBX host sees of this machine."""
    # Privileged, all of them: without, crun loads a device filter, which takes CAP_SYS_RESOURCE on the machine.
    args = ["--name", plan.container(host.name), "--hostname", host.name, "--privileged", *_LIMITS]
    if not host.behind_nat:
        args += ["--network", f"{plan.network}:ip={host.address},mac={mac(host.address)},interface_name=sip0"]
    if host.inside:
        inside = f"ip={host.inside},mac={mac(host.inside)},interface_name=in0"
        args += ["--network", f"{plan.inside_network}:{inside}"]
    if host.nat_address:
        nat = f"ip={host.nat_address},mac={mac(host.nat_address)},interface_name=nat0"
        args += ["--network", f"{plan.nat_network}:{nat}"]
    args += ["--dns", plan.carrier, "--volume", f"{LAB_FOLDER}:/opt/lab:ro"]
    args += ["--env", "PYTHONPATH=/opt", "--env", "PYTHONDONTWRITEBYTECODE=1", "--env", "PYTHONUNBUFFERED=1"]
    if host.kind == "pbx":
        args += [word for mount in mounts for word in ("--volume", mount)]
        return [*args, "--systemd=always", image, "/sbin/init"]
    if host.kind == "carrier":
        return [*args, image, "python3", "-m", "lab.carrier", "--lab", plan.name, "--forward", resolver]
    return [*args, image, "sleep", "infinity"]


def labels(plan: Plan, host: Host, args: list[str]) -> dict[str, str]:
    """Return the labels of a container; the one named `spec` changes when the container has to be made anew."""
    code = code_digest() if host.kind == "carrier" else ""
    spec = hashlib.sha256(json.dumps([args, code]).encode()).hexdigest()[:16]
    return {
        "dialtone.lab": plan.name,
        "dialtone.host": host.name,
        "dialtone.root": str(LAB_FOLDER),
        "dialtone.spec": spec,
    }


def check_owner(plan: Plan, existing: list[dict[str, Any]]) -> None:
    """LabError if a lab of this name runs from another checkout."""
    for container in existing:
        has = container.get("Labels") or {}
        if has.get("dialtone.lab") == plan.name and has.get("dialtone.root") != str(LAB_FOLDER):
            raise LabError(
                f"A lab named '{plan.name}' runs already, from {has.get('dialtone.root')}: end it there with "
                f"`python -m lab down --name {plan.name}`, or use another --name here."
            )


def ensure_networks(store: Store, plan: Plan) -> None:
    """Create the networks if they are missing or differ from the plan."""
    internal = {plan.network: True, plan.nat_network: False}
    bridges = dict(zip((plan.network, plan.nat_network), plan.bridges, strict=True))
    subnets = {plan.network: (plan.subnet, plan.gateway), plan.nat_network: (plan.nat_subnet, plan.nat_gateway)}
    if plan.nat:
        internal[plan.inside_network], bridges[plan.inside_network] = True, plan.inside_bridge
        subnets[plan.inside_network] = (plan.inside_subnet, f"{plan.inside_prefix}.1")
    for name, (subnet, gateway) in subnets.items():
        file = store.folder / "networks" / f"{name}.json"
        if file.exists():
            known = json.loads(file.read_text(encoding="utf-8"))
            if known.get("network_interface") == bridges[name] and known["subnets"][0]["subnet"] == subnet:
                continue
            store.podman("network", "rm", "--force", name)
        kind = ["--internal"] if internal[name] else []
        store.podman(
            "network", "create", *kind, "--disable-dns", "--subnet", subnet, "--gateway", gateway, name
        )  # fmt: skip
        # Podman names bridges podman1, podman2 …, which its other stores on this machine do too; 4.3 has no option.
        known = json.loads(file.read_text(encoding="utf-8"))
        known["network_interface"] = bridges[name]
        file.write_text(json.dumps(known, indent=2), encoding="utf-8")


def ensure_containers(
    store: Store,
    plan: Plan,
    images: dict[str, str],
    resolver: str,
    progress: Callable[[str], None],
    *,
    mounts: tuple[str, ...] = (),
) -> list[str]:
    """Make every host of the plan run as specified, remove the lab's others; return the hosts that were started."""
    existing = {(one.get("Labels") or {}).get("dialtone.host", ""): one for one in store.containers(plan.name)}
    start: dict[str, list[str]] = {}
    stale = [one["Names"][0] for name, one in existing.items() if name not in plan.hosts]
    for host in plan.hosts.values():
        args = arguments(plan, host, images[host.suite or host.kind], resolver, () if host.suite else mounts)
        tags = labels(plan, host, args)
        known = existing.get(host.name)
        if known and known["State"] == "running" and known["Labels"].get("dialtone.spec") == tags["dialtone.spec"]:
            continue
        if known:
            stale.append(known["Names"][0])
        marks = [word for key, value in tags.items() for word in ("--label", f"{key}={value}")]
        start[host.name] = ["run", "--detach", *marks, *args]
    if stale:
        progress(f"removing {', '.join(sorted(stale))}, which are out of date or stopped")
        remove_containers(store, stale)
    if start:
        progress(f"starting {', '.join(start)}")
        with ThreadPoolExecutor(3) as pool:
            for done in [pool.submit(store.podman, *args) for args in start.values()]:
                done.result()
    return list(start)


def remove_containers(store: Store, names: list[str]) -> None:
    if names:
        # Nothing in a lab deserves a slow farewell.
        store.podman("rm", "--force", "--time", "0", "--volumes", *names)


def remove_networks(store: Store, plan: Plan) -> None:
    """Remove the lab's networks and bridges, also those that a killed lab has left."""
    for name in (plan.network, plan.nat_network, plan.inside_network):
        if (store.folder / "networks" / f"{name}.json").exists():
            store.podman("network", "rm", "--force", name)
    present = {link["ifname"] for link in ip_json("link")}
    for bridge in (*plan.bridges, plan.inside_bridge):
        if bridge in present:
            run(["ip", "link", "delete", bridge], check=False)
