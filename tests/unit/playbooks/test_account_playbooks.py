# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks that work on an account, in a real Ansible against the emulated Twilio."""

from __future__ import annotations

import base64
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
import yaml

from lab.emulator.context import Context
from lab.emulator.server import EmulatorServer

ROOT = Path(__file__).resolve().parents[3]
ACCOUNT = "AC" + "0" * 31 + "1"
OTHER = "AC" + "0" * 31 + "2"
TOKEN = "0123456789abcdef0123456789abcdef"
PASSWORD = "Correct-Horse-9-Battery"
NUMBERS = ["+12025550101", "+12025550102", "+12025550103"]
SECRET = "kJ8_xq2Lw0TzPf5mQa9R"


class Carrier:
    """An emulated Twilio on a loopback port."""

    def __init__(self) -> None:
        self.server = EmulatorServer(("127.0.0.1", 0), Context()).start()
        accounts = [
            {"sid": ACCOUNT, "auth_token": TOKEN, "friendly_name": "A", "numbers": NUMBERS},
            {"sid": OTHER, "auth_token": TOKEN[::-1], "friendly_name": "B", "numbers": ["+12025550151"]},
        ]
        self.lab("seed", {"accounts": accounts})

    def lab(self, path: str, body: dict[str, Any] | None = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        with urlopen(Request(f"{self.server.url}/_lab/{path}", data=data)) as answer:
            return json.load(answer)

    def writes(self) -> list[str]:
        return [
            f"{entry['method']} {entry['path']}"
            for entry in self.lab("journal?since=0")["requests"]
            if entry["method"] != "GET"
        ]

    def rest(self, path: str, **form: str) -> Any:
        """Ask, or with a form change, something in the first account."""
        token = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        data = urlencode(form).encode() if form else None
        with urlopen(
            Request(f"{self.server.url}{path}", data=data, headers={"Authorization": f"Basic {token}"})
        ) as answer:
            return json.load(answer)

    def trunk(self, name: str = "acme-hq") -> dict[str, Any]:
        (found,) = [trunk for trunk in self.rest("/trunking/v1/Trunks")["trunks"] if trunk["friendly_name"] == name]
        return dict(found)


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    found = Carrier()
    yield found
    found.server.stop()


def office(name: str, number: str, **more: Any) -> dict[str, Any]:
    return {
        "voice_country": "US",
        "voice_trunks": [
            {
                "name": name,
                "domain_name": f"{name}.pstn.twilio.com",
                "edges": ["ashburn"],
                "transport": "udp",
                "authentication": {"credentials": ["pbxs"]} if "voice_credential_lists" in more else {},
            }
        ],
        "voice_numbers": [
            {
                "number": number,
                "trunk": name,
                "owner": "Sales",
                "purpose": "main line",
                "destination": {"extension": "101"},
            }
        ],
        "voice_extensions": [{"extension": "101", "secret": SECRET}],
        "voice_dialplan": {"allow": ["national"], "emergency": {"address_required": False}},
        "voice_ground": [],  # nobody connects to the hosts here
        **more,
    }


HQ = office(
    "acme-hq",
    NUMBERS[0],
    voice_credential_lists=[{"name": "pbxs", "credentials": [{"username": "pbx1", "password": PASSWORD}]}],
    voice_trunk_credentials={"acme-hq": {"username": "pbx1", "password": PASSWORD}},
    voice_addresses=[
        {
            "name": "hq", "customer_name": "Acme", "street": "1 Main St", "city": "Washington", "region": "DC",
            "postal_code": "20001", "country": "US", "emergency": True,
        }
    ],
    voice_dialing_permissions="auto",
)  # fmt: skip


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    """One office with everything that a voice account has."""
    return write(tmp_path / "inventory.yml", {"hq": ({"pbx1": "203.0.113.10", "pbx2": "203.0.113.11"}, HQ)})


def write(path: Path, offices: dict[str, tuple[dict[str, str], dict[str, Any]]]) -> Path:
    groups = {
        name: {"hosts": {host: {"voice_public_address": address} for host, address in hosts.items()}, "vars": variables}
        for name, (hosts, variables) in offices.items()
    }
    path.write_text(yaml.safe_dump({"all": {"children": {"voice_pbx": {"children": groups}}}}), encoding="utf-8")
    return path


def run(
    playbook: str, carrier: Carrier, folder: Path, *options: str, token: str = TOKEN, **environment: str
) -> subprocess.CompletedProcess[str]:
    collections = next(path for path in sys.path if (Path(path) / "ansible_collections/dialtone/voice").exists())
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("TWILIO_", "ANSIBLE_"))}
    return subprocess.run(
        [str(Path(sys.executable).with_name("ansible-playbook")), f"dialtone.voice.{playbook}", *options],
        env={
            **clean,
            "ANSIBLE_COLLECTIONS_PATH": collections,
            "ANSIBLE_HOME": str(folder / "ansible"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": token,
            "TWILIO_BASE_URL": carrier.server.url,
            "PWD": str(folder),
            **environment,
        },
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def well(done: subprocess.CompletedProcess[str]) -> str:
    output = done.stdout + done.stderr
    assert done.returncode == 0, output
    return output


def test_everything_is_made_once_and_no_secret_is_shown(carrier: Carrier, inventory: Path, tmp_path: Path) -> None:
    predicted = well(run("trunk", carrier, tmp_path, "-i", str(inventory), "--check", "--diff", "-vvv"))
    assert carrier.writes() == []
    made = well(run("trunk", carrier, tmp_path, "-i", str(inventory), "--diff", "-vvv"))
    for output in (predicted, made):
        assert "acme-hq.pstn.twilio.com" in output
        for secret in (PASSWORD, TOKEN, SECRET):
            assert secret not in output
    writes = carrier.writes()
    assert "changed=0" in well(run("trunk", carrier, tmp_path, "-i", str(inventory)))
    assert carrier.writes() == writes
    number = carrier.rest(f"/api/2010-04-01/Accounts/{ACCOUNT}/IncomingPhoneNumbers.json?PhoneNumber=%2B12025550101")
    assert number["incoming_phone_numbers"][0]["trunk_sid"] == carrier.trunk()["sid"]


def test_the_account_is_looked_at_before_anything_is_changed(carrier: Carrier, inventory: Path, tmp_path: Path) -> None:
    other = office("other", NUMBERS[1], voice_credential_lists=HQ["voice_credential_lists"])
    other["voice_dialing_permissions"] = "auto"
    other["voice_trunk_credentials"] = {"other": {"username": "pbx1", "password": PASSWORD}}
    other["voice_numbers"][0]["number"] = "+12025550199"
    write(inventory, {"hq": ({"pbx1": "203.0.113.10"}, HQ), "other": ({"pbx3": "198.51.100.1"}, other)})
    done = run("trunk", carrier, tmp_path, "-i", str(inventory))
    assert done.returncode == 2
    assert "does not own +12025550199" in done.stdout + done.stderr
    assert carrier.writes() == []


@pytest.mark.parametrize("playbook", ["account", "trunk"])
def test_a_list_that_is_nowhere_is_an_error(carrier: Carrier, inventory: Path, tmp_path: Path, playbook: str) -> None:
    variables = {**office("acme-hq", NUMBERS[0])}
    variables["voice_trunks"][0]["authentication"] = {"credentials": ["pbx-users"]}
    variables["voice_trunk_credentials"] = {"acme-hq": {"username": "pbx1", "password": PASSWORD}}
    write(inventory, {"hq": ({"pbx1": "203.0.113.10"}, variables)})
    done = run(playbook, carrier, tmp_path, "-i", str(inventory))
    assert done.returncode == 2
    assert "Nothing was changed. " in done.stdout + done.stderr
    assert "pbx-users" in done.stdout + done.stderr
    assert carrier.writes() == []


def test_offices_with_accounts_of_their_own_and_a_limit(carrier: Carrier, inventory: Path, tmp_path: Path) -> None:
    paris = office("paris", "+12025550151", voice_twilio_account_sid=OTHER, voice_twilio_auth_token=TOKEN[::-1])
    write(inventory, {"hq": ({"pbx1": "203.0.113.10"}, HQ), "paris": ({"par1": "198.51.100.1"}, paris)})
    output = well(run("trunk", carrier, tmp_path, "-i", str(inventory), "--limit", "paris", "-vvv"))
    assert TOKEN[::-1] not in output
    assert carrier.rest("/trunking/v1/Trunks")["trunks"] == []
    assert "POST /v1/Trunks" in carrier.writes()
    well(run("trunk", carrier, tmp_path, "-i", str(inventory)))
    assert [trunk["friendly_name"] for trunk in carrier.rest("/trunking/v1/Trunks")["trunks"]] == ["acme-hq"]


def test_drift_is_told_by_the_exit_code(carrier: Carrier, inventory: Path, tmp_path: Path) -> None:
    well(run("trunk", carrier, tmp_path, "-i", str(inventory)))
    writes = carrier.writes()
    for options in ((), ("--check", "--limit", "pbx2")):
        output = well(run("drift", carrier, tmp_path, "-i", str(inventory), *options))
        assert "No difference in 1 account(s). 2 object(s) are described by no office." in output
    report = json.loads((tmp_path / "drift" / "drift.json").read_text(encoding="utf-8"))
    assert report["drifted"] is False
    assert [entry["name"] for entry in report["accounts"][0]["unmanaged"]["phone_numbers"]] == NUMBERS[1:]
    assert stat.S_IMODE((tmp_path / "drift" / "drift.json").stat().st_mode) == 0o640
    strict = run("drift", carrier, tmp_path, "-i", str(inventory), "-e", "voice_drift_unmanaged=true")
    assert strict.returncode == 2
    assert carrier.writes() == writes

    carrier.rest(f"/trunking/v1/Trunks/{carrier.trunk()['sid']}", Secure="true")
    for options in ((), ("--check", "--limit", "pbx2")):
        folder = ("-e", "voice_drift_directory=reports/tonight")
        done = run("drift", carrier, tmp_path, "-i", str(inventory), *folder, *options)
        assert done.returncode == 2, done.stdout + done.stderr
        assert "trunk acme-hq is different (secure)" in done.stdout
    text = (tmp_path / "reports" / "tonight" / "drift.md").read_text(encoding="utf-8")
    assert "| trunk acme-hq | trunk different | acme-hq | secure |" in text
    for file in (tmp_path / "reports" / "tonight").iterdir():
        assert PASSWORD not in file.read_text(encoding="utf-8")


def test_what_cannot_be_compared_is_no_drift(carrier: Carrier, inventory: Path, tmp_path: Path) -> None:
    def fails(*options: str, **rest: Any) -> str:
        done = run("drift", carrier, tmp_path, *options, **rest)
        output = done.stdout + done.stderr
        assert done.returncode == 1, output
        assert "The accounts could not be compared: " in output
        assert "the-accounts-could-not-be-compared" in output
        return output

    assert "code 20003" in fails("-i", str(inventory), token="f" * 32)
    quick = json.dumps({"voice_twilio_base_url": "http://127.0.0.1:1"})
    assert "127.0.0.1" in fails("-i", str(inventory), "-e", quick)
    write(inventory, {"hq": ({"pbx1": "203.0.113.10"}, {**HQ, "voice_country": "UK"})})
    assert "'UK' is not a country code" in fails("-i", str(inventory))
    (tmp_path / "none.yml").write_text("all: {hosts: {x: {}}}\n", encoding="utf-8")
    assert "The group voice_pbx has no host" in fails("-i", str(tmp_path / "none.yml"))
    assert not (tmp_path / "drift").exists()


def test_an_account_that_cannot_be_read_hides_no_other(carrier: Carrier, inventory: Path, tmp_path: Path) -> None:
    hq = office("acme-hq", NUMBERS[0])
    hq["voice_trunks"][0]["region"] = "us1"
    paris = office("paris", "+12025550151", voice_twilio_account_sid=OTHER, voice_twilio_auth_token=TOKEN[::-1])
    paris["voice_trunks"][0]["region"] = "us1"
    offices = {"hq": ({"pbx1": "203.0.113.10"}, hq), "paris": ({"par1": "198.51.100.1"}, paris)}
    well(run("trunk", carrier, tmp_path, "-i", str(write(inventory, offices))))
    carrier.rest("/routes/v2/Trunks/acme-hq.pstn.twilio.com", VoiceRegion="ie1")
    writes = carrier.writes()
    done = run("drift", carrier, tmp_path, "-i", str(inventory))
    assert done.returncode == 2, done.stdout + done.stderr
    assert "region of trunk acme-hq.pstn.twilio.com is different (voice_region)" in done.stdout
    paris["voice_twilio_auth_token"] = "f" * 32
    write(inventory, offices)
    done = run("drift", carrier, tmp_path, "-i", str(inventory))
    output = done.stdout + done.stderr
    assert done.returncode == 1, output
    assert f"(item={OTHER}: par1)" in output
    assert output.count("failed: [localhost] => (item=") + output.count("failed: [localhost] (item=") == 1
    assert f"The accounts could not be compared: {OTHER} (par1): Twilio refused" in output
    report = json.loads((tmp_path / "drift" / "drift.json").read_text(encoding="utf-8"))
    assert (report["complete"], report["drifted"]) == (False, True)
    assert [bool(account["error"]) for account in report["accounts"]] == [False, True]
    assert report["accounts"][0]["account"] == {"trunk_regions": {"acme-hq.pstn.twilio.com": "ie1"}}
    # Nothing is changed anywhere, unless the run is about the others.
    done = run("trunk", carrier, tmp_path, "-i", str(inventory))
    assert done.returncode == 2
    assert carrier.writes() == writes
    well(run("trunk", carrier, tmp_path, "-i", str(inventory), "--limit", "!paris"))
    assert carrier.writes() == [*writes, "POST /v2/Trunks/acme-hq.pstn.twilio.com"]


def test_an_export_is_written_once_and_changes_nothing(carrier: Carrier, inventory: Path, tmp_path: Path) -> None:
    well(run("trunk", carrier, tmp_path, "-i", str(inventory)))
    writes = carrier.writes()
    directory = ("-e", "voice_export_directory=taken")
    assert "Would be written" in well(run("export", carrier, tmp_path, *directory, "--check"))
    assert not (tmp_path / "taken").exists()
    well(run("export", carrier, tmp_path, *directory))
    files = {
        str(path.relative_to(tmp_path / "taken")): stat.S_IMODE(path.stat().st_mode)
        for path in (tmp_path / "taken").rglob("*")
        if path.is_file()
    }
    assert files == {
        "inventory.yml": 0o640,
        "export-report.md": 0o640,
        "group_vars/office/account.yml": 0o640,
        "group_vars/office/trunks.yml": 0o640,
        "group_vars/office/numbers.yml": 0o640,
        "group_vars/office/telephones.yml": 0o640,
        "group_vars/office/secrets.example.yml": 0o600,
    }
    output = well(run("trunk", carrier, tmp_path, "-i", "taken", "--check", "--diff"))
    assert "changed=0" in output
    assert "[WARNING]" not in output
    well(run("drift", carrier, tmp_path, "-i", "taken"))

    (tmp_path / "taken" / "inventory.yml").write_text("mine\n", encoding="utf-8")
    refused = run("export", carrier, tmp_path, *directory)
    assert refused.returncode == 2
    assert "has inventory.yml, group_vars/office/account.yml" in refused.stdout + refused.stderr
    assert (tmp_path / "taken" / "inventory.yml").read_text(encoding="utf-8") == "mine\n"
    # The other files are the same bytes.
    again = well(run("export", carrier, tmp_path, *directory, "-e", "voice_export_force=true"))
    assert again.count("changed: [localhost] => (item=") == 1
    assert "changed: [localhost] => (item=inventory.yml)" in again
    assert carrier.writes() == writes


def test_a_name_in_the_account_is_never_a_template(carrier: Carrier, inventory: Path, tmp_path: Path) -> None:
    """Who may name a trunk must not be able to run commands where Ansible runs."""
    template = "{{ lookup('pipe', 'touch $PROOF') }}"
    proof = {"PROOF": str(tmp_path / "evaluated")}
    well(run("trunk", carrier, tmp_path, "-i", str(inventory)))
    carrier.rest("/trunking/v1/Trunks", FriendlyName=template, DomainName="other.pstn.twilio.com")
    trunk = carrier.trunk()["sid"]
    url = {"SipUrl": "sip:203.0.113.9", "Priority": "1", "Weight": "1", "Enabled": "true"}
    carrier.rest(f"/trunking/v1/Trunks/{trunk}/OriginationUrls", FriendlyName=template, **url)
    done = run("drift", carrier, tmp_path, "-i", str(inventory), "--diff", "-vvv", **proof)
    assert done.returncode == 2
    assert f"origination URL {template} is too many" in done.stdout
    assert template in well(run("export", carrier, tmp_path, "-e", "voice_export_directory=taken", **proof))
    well(run("drift", carrier, tmp_path, "-i", "taken", **proof))
    assert template not in (tmp_path / "taken" / "group_vars" / "office" / "trunks.yml").read_text(encoding="utf-8")
    assert not (tmp_path / "evaluated").exists()


def test_an_export_says_what_it_needs(carrier: Carrier, tmp_path: Path) -> None:
    done = run("export", carrier, tmp_path)
    assert done.returncode == 2
    assert "voice_export_directory is missing" in done.stdout + done.stderr
