# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripts and the operator's program, with an nft that says what the test wants."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from firewall_runs import ROLE

COUNTERS = [
    {"metainfo": {"json_schema_version": 1}},
    {"counter": {"family": "inet", "table": "dialtone_firewall", "name": "dropped_other", "packets": 7, "bytes": 420}},
    {"counter": {"family": "inet", "table": "dialtone_firewall", "name": "accepted_ssh", "packets": 5, "bytes": 300}},
]
TABLE = [
    {"set": {"name": "phones4", "flags": ["interval"], "elem": [{"prefix": {"addr": "10.20.0.0", "len": 22}}]}},
    {"set": {"name": "sip_rate4", "flags": ["dynamic", "timeout"], "elem": [
        {"elem": {"val": "10.20.0.5", "timeout": 60, "expires": 48, "limit": {"rate": 100, "per": "second"}}}]}},
    {"set": {"name": "sip_connections4", "flags": ["dynamic"], "elem": [
        {"elem": {"val": "10.20.0.6", "ct count": {"val": 200, "inv": True}}}]}},
]  # fmt: skip
RULES = """
table inet filter {
    set known {
        type ipv4_addr
    }
    chain input {
        type filter hook input priority filter; policy drop;
        ct state established accept
    }
    chain forward {
        type filter hook forward priority filter; policy drop;
    }
}
table ip docker {
    chain INPUT {
        type nat hook input priority 100; policy accept;
    }
}
table inet f2b-table {
    chain f2b-chain {
        type filter hook input priority filter - 1; policy accept;
        tcp dport { 22 } ip saddr @addr-set-sshd reject with icmp port-unreachable
        limit rate 5/minute drop
    }
    chain other {
        drop
    }
}
table ip own {
    chain INPUT {
        type filter hook input priority filter; policy accept;
        iifname "lo" accept
        counter packets 3 bytes 180 log prefix "no: " reject with icmp host-prohibited
    }
}
table inet open {
    chain input {
        type filter hook input priority filter; policy accept;
    }
}
table inet dialtone_firewall {
    counter dropped_other {
        packets 7 bytes 420
    }
    chain input {
        type filter hook input priority filter; policy drop;
    }
}
table ip after {
    counter drop_all {
    }
    map ports {
        type inet_service : verdict
    }
}
"""


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Return a folder with an nft that answers as the tests' tables would, and writes down what it is told."""
    (tmp_path / "counters").write_text(json.dumps({"nftables": COUNTERS}), encoding="utf-8")
    (tmp_path / "table").write_text(json.dumps({"nftables": TABLE}), encoding="utf-8")
    (tmp_path / "rules").write_text(RULES.replace("    ", "\t"), encoding="utf-8")
    nft = tmp_path / "nft"
    nft.write_text(
        f"""#!/bin/sh
cd {tmp_path} || exit 1
echo "$*" >>told
case "$*" in
  --version) echo "nftables v1.1.3" ;;
  "-j list counters table inet dialtone_firewall") cat counters ;;
  "-j list table inet dialtone_firewall") cat table ;;
  "-t list ruleset") cat rules ;;
  add*) [ ! -e refuse ] || {{ echo "Error: no" >&2; exit 1; }} ;;
  *) echo "Error: $*" >&2; exit 1 ;;
esac
""",
        encoding="utf-8",
    )
    nft.chmod(0o755)
    return tmp_path


def environment(programs: Path, **more: str) -> dict[str, str]:
    return {"PATH": f"{programs}:{os.environ['PATH']}", **more}


def program(programs: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    file = str(ROLE / "files" / "dialtone-firewall.py")
    return subprocess.run(
        [sys.executable, file, *arguments], env=environment(programs), capture_output=True, text=True, check=False
    )


def test_status_is_a_table_of_counters_and_of_addresses_under_a_limit(programs: Path) -> None:
    lines = program(programs).stdout.splitlines()
    assert [line.split() for line in lines[:3]] == [
        ["counter", "packets", "bytes"],
        ["accepted_ssh", "5", "300"],
        ["dropped_other", "7", "420"],
    ]
    assert lines[4] == "addresses that limits are kept for: 2"
    assert lines[5].split(maxsplit=2) == ["sip_connections4", "10.20.0.6", "at most 200 connections"]
    assert lines[6].split(maxsplit=2) == ["sip_rate4", "10.20.0.5", "seen 12 s ago"]
    assert not [line for line in lines if "phones4" in line]


def test_counters_are_there_for_prometheus(programs: Path) -> None:
    lines = program(programs, "prometheus").stdout.splitlines()
    assert 'dialtone_firewall_packets_total{counter="dropped_other"} 7' in lines
    assert 'dialtone_firewall_bytes_total{counter="accepted_ssh"} 300' in lines
    assert len([line for line in lines if line.startswith("# TYPE")]) == 2


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("203.0.113.5", "blocked4 { 203.0.113.5/32 }"),
        ("2001:db8::/32", "blocked6 { 2001:db8::/32 }"),
    ],
)
def test_somebody_is_blocked_at_once(programs: Path, given: str, told: str) -> None:
    done = program(programs, "block", given)
    assert done.returncode == 0
    assert (programs / "told").read_text(encoding="utf-8") == f"add element inet dialtone_firewall {told}\n"
    assert "firewall_blocked_networks" in done.stdout


@pytest.mark.parametrize("given", ["203.0.113.5/24", "example.com", "1.2.3.4 }; delete table inet filter"])
def test_what_is_no_network_never_reaches_nft(programs: Path, given: str) -> None:
    done = program(programs, "block", given)
    assert done.returncode == 1
    assert "such as 203.0.113.5" in done.stderr
    assert not (programs / "told").exists()


def test_what_nft_complains_about_is_said(programs: Path) -> None:
    (programs / "refuse").touch()
    done = program(programs, "block", "203.0.113.5")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Error: no" in done.stderr


def probe(programs: Path, command: list[str], **more: str) -> list[str]:
    done = subprocess.run(
        [*command, "/bin/sh", str(ROLE / "files" / "probe.sh")],
        env=environment(programs, **more),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_the_probe_finds_who_else_closes_the_host(programs: Path) -> None:
    lines = probe(programs, ["env"])
    assert "nft nftables v1.1.3" in lines
    assert [line for line in lines if line.startswith("closed ")] == [
        "closed chain input of the table inet filter",
        "closed chain INPUT of the table ip own",
    ]


def test_the_probe_finds_the_connection_behind_programs_that_clear_the_environment(programs: Path) -> None:
    # As sudo does; `true` keeps the shell of the login there.
    login = ["/bin/sh", "-c", 'env -i PATH="$PATH" "$@"; true', "login"]
    lines = probe(programs, login, SSH_CONNECTION="2001:db8::7 50000 2001:db8::1 2222")
    assert "connection 2001:db8::7 50000 2001:db8::1 2222" in lines


SYSCTLS = {"nf_conntrack_max": "1024", "nf_conntrack_buckets": "262144"}


def kernel(folder: Path, modules: str, *pairs: str) -> tuple[list[str], dict[str, str], str]:
    """Run kernel.sh with another folder in the place of /proc; return what it said, set and unloaded."""
    settings = folder / "proc" / "sys" / "net" / "netfilter"
    settings.mkdir(parents=True)
    for name, value in SYSCTLS.items():
        (settings / name).write_text(f"{value}\n", encoding="ascii")
    (folder / "proc" / "modules").write_text(modules, encoding="ascii")
    remove = folder / "rmmod"
    remove.write_text(
        f'#!/bin/sh\necho "$1" >>{folder}/removed\nsed -i "/^$1 /d; s/ 1 $1,/ 0 -/" /proc/modules\n', encoding="utf-8"
    )
    remove.chmod(0o755)
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    script = f'mount --bind {folder}/proc /proc && exec /bin/sh {ROLE / "files" / "kernel.sh"} "$@"'
    done = subprocess.run(
        ["unshare", *user, "--mount", "/bin/sh", "-c", script, "kernel", *pairs],
        env=environment(folder),
        capture_output=True,
        text=True,
        check=True,
    )
    now = {name: (settings / name).read_text(encoding="ascii").strip() for name in SYSCTLS}
    removed = folder / "removed"
    return done.stdout.splitlines(), now, removed.read_text(encoding="ascii") if removed.exists() else ""


def test_settings_that_differ_are_set_and_others_are_not(tmp_path: Path) -> None:
    pairs = ("nf_conntrack_buckets=262144", "nf_conntrack_max=65536", "nf_conntrack_helper=0")
    said, now, removed = kernel(tmp_path, "", *pairs)
    assert said == ["changed: nf_conntrack_max is 65536"]
    assert now == {"nf_conntrack_max": "65536", "nf_conntrack_buckets": "262144"}
    assert removed == ""


def test_helpers_that_nobody_uses_are_unloaded_the_user_before_the_used(tmp_path: Path) -> None:
    modules = "nf_nat_sip 20480 0 - Live 0x0\nnf_conntrack_sip 40960 1 nf_nat_sip, Live 0x0\nxt_sip 1 0 - Live 0x0\n"
    said, __, removed = kernel(tmp_path, modules)
    assert removed.split() == ["nf_nat_sip", "nf_conntrack_sip"]
    assert said == ["changed: unloaded nf_nat_sip", "changed: unloaded nf_conntrack_sip"]


def test_a_helper_in_use_is_left_alone(tmp_path: Path) -> None:
    said, __, removed = kernel(tmp_path, "nf_conntrack_sip 40960 2 - Live 0x0\n")
    assert (said, removed) == ([], "")
