# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the machine is: metal, a virtual machine or a container. Private."""

from __future__ import annotations

from ..machine import Machine

# Beginning of vendor or product in DMI -> name, as systemd-detect-virt has it.
_DMI = (
    ("KVM", "kvm"), ("OpenStack", "kvm"), ("Amazon EC2", "amazon"), ("Google", "google"), ("VMware", "vmware"),
    ("Microsoft Corporation", "microsoft"), ("innotek", "oracle"), ("VirtualBox", "oracle"), ("Xen", "xen"),
    ("Parallels", "parallels"), ("QEMU", "kvm"), ("Bochs", "bochs"), ("DigitalOcean", "kvm"), ("Hetzner", "kvm"),
)  # fmt: skip


def container(machine: Machine) -> str:
    """The kind of container, as ``podman`` or ``lxc``; empty outside of one."""
    marked = machine.maybe("/run/systemd/container")
    if marked:
        return marked
    for path, name in (("/run/.containerenv", "podman"), ("/.dockerenv", "docker"), ("/proc/vz", "openvz")):
        if machine.exists(path) and not (name == "openvz" and machine.exists("/proc/bc")):
            return name
    found = (machine.run(["systemd-detect-virt", "--container"]) or "").strip()
    return "" if found == "none" else found


def virtualization(machine: Machine) -> dict[str, str]:
    """``container`` and ``vm``, each empty where there is none."""
    vm = (machine.run(["systemd-detect-virt", "--vm"]) or "").strip()
    if vm in ("", "none"):
        vm = ""
        for name in ("product_name", "sys_vendor", "bios_vendor"):
            text = machine.maybe(f"/sys/class/dmi/id/{name}")
            vm = vm or next((kind for begin, kind in _DMI if text.startswith(begin)), "")
        if not vm and " hypervisor" in machine.maybe("/proc/cpuinfo"):
            vm = machine.maybe("/sys/hypervisor/type") or "vm-other"
    return {"container": container(machine), "vm": vm}
