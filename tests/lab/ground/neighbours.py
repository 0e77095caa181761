# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Beside what else writes rules: Docker, Podman, fail2ban, the site's own nftables.conf."""

from __future__ import annotations

from lab.ground.bench import SIP, TABLE, Bench, Site, each, words
from lab.ground.registry import proof
from lab.proof.findings import Findings
from lab.report import Outcome

DOCKER, PODMAN = 8081, 8082  # published ports
BAN = "lab"  # fail2ban's jail
PACKAGES = "docker.io podman netavark fail2ban busybox-static nftables iptables"
# Nothing starts by being installed; the daemons get along with a container in place of a machine.
INSTALL = f"""
export DEBIAN_FRONTEND=noninteractive
test -s /var/lib/apt/lists/lock -o -n "$(ls /var/lib/apt/lists/*Packages* 2>/dev/null)" || apt-get update -qq
printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d
apt-get install -y -qq --no-install-recommends {PACKAGES} >/dev/null
# Docker's client is a package of its own since Debian 13.
command -v docker >/dev/null || apt-get install -y -qq --no-install-recommends docker-cli >/dev/null
rm /usr/sbin/policy-rc.d
mkdir -p /etc/docker /etc/containers /tmp/box/bin /tmp/box/www
echo '{{"storage-driver": "vfs", "exec-opts": ["native.cgroupdriver=cgroupfs"]}}' > /etc/docker/daemon.json
printf '[storage]\\ndriver = "vfs"\\nrunroot = "%s"\\ngraphroot = "%s"\\n' \
  /run/containers/storage /var/lib/containers/storage > /etc/containers/storage.conf
printf '[network]\\nnetwork_backend = "netavark"\\n[engine]\\ncgroup_manager = "cgroupfs"\\nevents_logger = "file"\\n' \
  > /etc/containers/containers.conf
rm -f /etc/fail2ban/jail.d/defaults-debian.conf
touch /var/log/lab.log
cat > /etc/fail2ban/jail.d/lab.conf <<'END'
[{BAN}]
enabled = true
filter = sshd
backend = polling
logpath = /var/log/lab.log
banaction = nftables[type=multiport]
protocol = udp
port = {SIP}
bantime = 3600
END
cp "$(command -v busybox)" /tmp/box/bin/busybox
echo welcome > /tmp/box/www/index.html
tar -C /tmp/box -cf /tmp/box.tar .
"""
START = f"""
systemctl restart docker fail2ban
docker rm --force web >/dev/null 2>&1 || true
docker import /tmp/box.tar box >/dev/null
docker run --detach --name web --publish {DOCKER}:80 box /bin/busybox httpd -f -h /www >/dev/null
podman rm --force --time 0 web >/dev/null 2>&1 || true
podman network exists lab || podman network create lab >/dev/null
podman import --quiet /tmp/box.tar box >/dev/null
podman run --runtime runc --pids-limit 0 --detach --name web --network lab --publish {PODMAN}:80 \
  box /bin/busybox httpd -f -h /www >/dev/null
"""
SITE_TABLE = "inet site"
SITE_RULES = f"""#!/usr/sbin/nft -f
flush ruleset

table {SITE_TABLE} {{
  chain input {{
    type filter hook input priority 10; policy accept;
    tcp dport 9 counter drop
  }}
}}
"""


def _welcomes(site: Site, port: int) -> bool:
    """Whether a container answers on its published port, as somebody outside sees it."""
    ask = f"import urllib.request as r; print(r.urlopen('http://{site.address}:{port}/', timeout=3).read().decode())"
    return "welcome" in site.bench.lab.exec("phone", ["python3", "-c", ask], check=False).stdout


def _banned(site: Site) -> bool:
    return site.holds(f"nft list set inet f2b-table addr-set-{BAN} | grep -q {site.bench.second_phone}")


def _prepare(site: Site) -> None:
    site.sh(INSTALL, timeout=300)
    site.sh(START, timeout=120)
    if not site.soon("fail2ban-client ping"):
        raise RuntimeError("fail2ban does not start")
    site.sh(f"fail2ban-client set {BAN} banip {site.bench.second_phone}")
    site.soon(f"nft list set inet f2b-table addr-set-{BAN} | grep -q {site.bench.second_phone}")


@proof("neighbours: Docker, Podman, fail2ban", phase="changes", weight=90)
def neighbours(bench: Bench) -> Outcome:
    """A run that replaces our table leaves their rules as they are, byte for byte, and they work before and after."""
    found = Findings()
    each(bench.sites, _prepare)
    before = {site.name: site.ruleset(TABLE) for site in bench.sites}

    def work(site: Site, when: str) -> None:
        found.expect(_welcomes(site, DOCKER), f"{site.name}: Docker's container is not reached {when}")
        found.expect(_welcomes(site, PODMAN), f"{site.name}: Podman's container is not reached {when}")
        found.expect(_banned(site), f"{site.name}: fail2ban's ban is not there {when}")
        with site.listens(f"udp/{SIP}"):
            with site.talks("phone", bench.phone, f"udp/{SIP}") as telephone:
                found.expect(telephone.echoes("hello"), f"{site.name}: a telephone is not heard {when}")
            with site.talks("phone", bench.second_phone, f"udp/{SIP}") as banned:
                found.expect(not banned.echoes("hello", 1.0), f"{site.name}: a banned telephone is heard {when}")

    each(bench.sites, lambda site: work(site, "before"))
    service = [{"name": "door", "protocol": "udp", "ports": [9998]}]
    done = bench.firewall(log="neighbours", firewall_services=service)
    found.expect(done.returncode == 0, f"the playbook ended with {done.returncode}:\n{words(done)}")
    for site in bench.sites:
        found.expect("9998" in site.rules(), f"{site.name}: our table was not replaced")
        found.expect(site.ruleset(TABLE) == before[site.name], f"{site.name}: the others' rules have changed")
    each(bench.sites, lambda site: work(site, "after"))
    tables = {line for site in bench.sites for line in site.sh("nft list tables").splitlines()}
    each(bench.sites, lambda site: site.sh(f"fail2ban-client set {BAN} unbanip {bench.second_phone}"))
    each(bench.sites, lambda site: found.expect(not _banned(site), f"{site.name}: a ban cannot be lifted"))
    done = bench.firewall(log="neighbours-back")
    found.expect(done.returncode == 0, f"the playbook ended with {done.returncode}:\n{words(done)}")
    found.note(f"untouched and working; tables besides ours: {len(tables) - 1}")
    found.evidence["tables"] = sorted(tables)
    return found.outcome()


@proof("neighbours: the site's own nftables.conf", phase="changes", weight=10, each=True)
def own_rules(site: Site) -> Outcome:
    """Whatever nftables.service does, which flushes everything each time, our table is in force; and so is the site's.

    The service stays enabled, for the proof of a start."""
    found = Findings()
    wanted = site.rules()
    site.sh("cat > /etc/nftables.conf", input=SITE_RULES)
    site.sh("systemctl enable --quiet nftables.service")
    for word in ("start", "reload", "restart", "stop", "start"):
        site.sh(f"systemctl {word} nftables.service")
        found.expect(site.rules() == wanted, f"after `systemctl {word} nftables.service` our table is another")
        theirs = site.holds(f"nft list table {SITE_TABLE}")
        found.expect(
            theirs is (word != "stop"), f"after `systemctl {word} nftables.service` the site's table is {theirs}"
        )
    found.note("start, reload, restart and stop leave our table in force")
    return found.outcome()
