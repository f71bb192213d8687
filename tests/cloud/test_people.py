"""What people do, from their first visit on. Each path goes through functions with many roles, and proves their rights."""

import secrets
from datetime import datetime, timezone

import pytest

from emulator import eventually
from person import Person, totp
from tenant import fresh_id

@pytest.fixture
def ann(stack):
    return Person(stack)


class Bistro:
    """An organization with a site, an area and a unit with a sensor, all made by its owner."""

    def __init__(self, owner):
        self.owner = owner
        organization = owner.create("/v1/orgs", {"name": "Harbour Bistro", "time_zone": "America/New_York"})
        self.id = organization["id"]
        self.path = f"/v1/orgs/{self.id}"
        self.site = owner.create(f"{self.path}/sites", {"name": "Pier 4", "time_zone": "America/New_York"})
        self.area = owner.create(f"{self.path}/areas", {"site_id": self.site["id"], "name": "Line"})
        unit = {"area_id": self.area["id"], "name": "Reach-in", "kind": "fridge"}
        self.unit = owner.create(f"{self.path}/units", unit)
        self.dev_eui = self._fit_sensor()
        key = {"name": "Gateway", "rights": ["ingest"]}
        self.key = owner.create(f"{self.path}/access-keys", key)

    def _fit_sensor(self):
        """Lets an operator fit a sensor; gives its DevEUI."""
        dev_eui = secrets.token_hex(8).upper()
        sensor = {"id": fresh_id("sen"), "dev_eui": dev_eui, "model": "dragino-lht65n"}
        unit = {name: self.unit[name] for name in ("id", "name", "kind")} | {"sensors": [sensor]}
        area = {name: self.area[name] for name in ("id", "name")} | {"units": [unit]}
        site = {name: self.site[name] for name in ("id", "name", "time_zone")} | {"areas": [area]}
        document = {"id": self.id, "name": "Harbour Bistro", "sites": [site]}
        self.owner.stack.invoke("platform-import-organization", document)
        return dev_eui

    def measure(self, celsius):
        """Uploads what the sensor measured now; what became of it."""
        now = datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")
        reading = {"dev_eui": self.dev_eui, "recorded_at": now, "temperature_c": celsius}
        status, body = self.owner.stack.request(
            "POST", f"{self.path}/readings", {"readings": [reading]}, self.key["secret"]
        )
        assert status == 200, body
        return [result["status"] for result in body["results"]]

    def unit_is_there(self):
        return self.owner.stack.request("GET", f"{self.path}/units/{self.unit['id']}", key=self.owner.access)[0] == 200


def test_from_sign_up_to_a_reading(ann):
    bistro = Bistro(ann)
    assert bistro.measure(3.4) == ["accepted"]
    unit = ann.ask("GET", f"{bistro.path}/units/{bistro.unit['id']}")
    assert unit["now"]["temperature_c"] == 3.4
    readings = ann.ask("GET", f"{bistro.path}/units/{bistro.unit['id']}/readings")
    assert [reading["temperature_c"] for reading in readings["items"]] == [3.4]
    assert ann.ask("POST", f"{bistro.path}/live/tickets", wanted=201)["url"]
    [membership] = ann.ask("GET", "/v1/me")["memberships"]
    assert (membership["org_id"], membership["role"]) == (bistro.id, "owner")


def test_places_are_changed_deleted_restored_and_purged_with_all_that_is_in_them(ann):
    bistro = Bistro(ann)
    site, unit = f"{bistro.path}/sites/{bistro.site['id']}", f"{bistro.path}/units/{bistro.unit['id']}"
    assert ann.ask("PATCH", site, {"name": "Pier 5"})["name"] == "Pier 5"
    ann.ask("PUT", f"{unit}/rules", {"high_c": 4.0})
    assert ann.ask("GET", f"{unit}/effective-rules")["rules"]["high_c"] == {"value": 4.0, "source": "unit"}
    ann.ask("DELETE", site, wanted=204)
    # What is in it follows by event: table, stream, bus, queue, worker.
    eventually(lambda: not bistro.unit_is_there(), "the unit is deleted with its site")
    ann.ask("POST", f"{site}/restore", wanted=204)
    eventually(bistro.unit_is_there, "the unit is restored with its site")
    assert bistro.measure(4.5) == ["accepted"]
    assert ann.ask("GET", unit)["now"]["status"] == "excursion"
    ann.ask("DELETE", site, wanted=204)
    eventually(lambda: not bistro.unit_is_there(), "the unit is deleted with its site")
    ann.ask("POST", f"{site}/purge", wanted=204)

    def is_gone():
        return not ann.ask("GET", f"{bistro.path}/deleted")["items"]

    eventually(is_gone, "nothing is left of the site")


def test_devices_are_registered_and_told_to_a_network_server(ann):
    bistro = Bistro(ann)
    label = {"dev_eui": secrets.token_hex(8), "join_eui": secrets.token_hex(8), "app_key": secrets.token_hex(16)}
    sensor = ann.create(f"{bistro.path}/sensors", {"model": "dragino-lht65n"} | label)
    gateway = {"gateway_eui": secrets.token_hex(8), "server_id": "pier-4", "name": "Roof"}
    gateway = ann.create(f"{bistro.path}/gateways", gateway)
    assert (gateway["status"], gateway["last_seen_at"]) == ("pending", None)
    # The names of this domain belong to nobody (RFC 6761): whoever calls it finds no server.
    server = {
        "kind": "chirpstack",
        "base_url": "https://lorawan.example.invalid",
        "tenant_id": "52f14cd4-c6f1-4fbd-8f87-4025e1d49242",
        "application_id": "17c82e96-be03-4f38-aef3-f83d48582d97",
        "device_profile_id": "14855bf7-d10d-4aee-b618-ebfcb64dc7ad",
    }
    network = {"name": "Lab", "server": server, "api_key": "a key of twenty characters".replace(" ", "-")}
    network = ann.create(f"{bistro.path}/networks", network)["network"]
    assert network["webhook"]["set_up"]["result"] == "failed"
    assert ann.ask("POST", f"{bistro.path}/networks/{network['id']}/test", {})["result"] == "no_answer"
    assert [known["id"] for known in ann.ask("GET", f"{bistro.path}/networks")["items"]] == [network["id"]]
    # The AppKey is sealed by one function and opened by another; what registers the sensor seals and opens none.
    registration = {"network_id": network["id"]}
    work = ann.ask("POST", f"{bistro.path}/sensors/{sensor['id']}/provisioning", registration, wanted=202)
    work = f"{bistro.path}/network-jobs/{work['id']}"
    eventually(lambda: ann.ask("GET", work)["state"] == "retrying", "the worker has looked for the server")
    assert ann.ask("GET", work)["setback"]["obstacle"] == "no_answer"
    assert ann.ask("GET", f"{bistro.path}/sensors/{sensor['id']}")["status"] == "unassigned"
    label = {"dev_eui": secrets.token_hex(8), "join_eui": secrets.token_hex(8)}
    sensor = ann.create(f"{bistro.path}/sensors", {"model": "dragino-lht65n"} | label)
    provisioning = f"{bistro.path}/sensors/{sensor['id']}/provisioning"
    assert ann.ask("POST", provisioning, registration, wanted=409)["code"] == "missing_app_key"
    ann.ask("POST", provisioning, registration | {"app_key": secrets.token_hex(16)}, wanted=202)


def test_a_team_comes_and_goes(ann, stack):
    bistro, ben = Bistro(ann), Person(stack)
    invited = ann.create(f"{bistro.path}/invitations", {"email": ben.email, "role": "staff"})
    token = ben.token("accept-invitation")
    assert ben.ask("POST", "/v1/invitations/preview", {"token": token})["organization"] == "Harbour Bistro"
    ben.ask("POST", "/v1/invitations/accept", {"token": token})
    assert invited["email"] == ben.email
    members = ann.ask("GET", f"{bistro.path}/members")["items"]
    [member] = [member for member in members if member["email"] == ben.email]
    member = f"{bistro.path}/members/{member['user_id']}"
    ann.ask("PATCH", member, {"role": "manager"})
    assert [membership["role"] for membership in ben.ask("GET", "/v1/me")["memberships"]] == ["manager"]
    assert [organization["id"] for organization in ben.ask("GET", "/v1/orgs")["items"]] == [bistro.id]
    ben.ask("POST", f"{bistro.path}/leave", wanted=204)
    ben.ask("GET", f"{bistro.path}/overview", wanted=404)

    key = f"{bistro.path}/access-keys/{bistro.key['key']['id']}"
    ann.create(f"{key}/rotation", {"overlap_hours": 1})
    ann.ask("DELETE", key, wanted=204)
    verification = ann.ask("GET", f"{bistro.path}/audit/verification")
    assert verification["verified"] > 0 and "broken" not in verification
    actions = [entry["action"] for entry in ann.ask("GET", f"{bistro.path}/audit")["items"]]
    assert "member.left" in actions
    ann.ask("DELETE", bistro.path, wanted=204)
    ann.ask("POST", f"{bistro.path}/restore", {})


def test_a_second_factor_is_asked_for(ann):
    secret = ann.create("/v1/me/totp", None)["secret"]
    codes = ann.ask("POST", "/v1/me/totp/confirm", {"code": totp(secret)})["codes"]
    challenge = ann.sign_in()["challenge"]
    ann.hold(ann.anyone("sign-in/second-step", {"challenge": challenge, "code": codes[0]}))
    # The code that turned it on is used up, and one a period ahead is taken too.
    assert len(ann.ask("POST", "/v1/me/totp/recovery-codes", {"code": totp(secret, 1)})["codes"]) == len(codes)
    assert ann.ask("GET", "/v1/me")["user"]["second_factor"]


def test_sessions_are_renewed_and_ended(ann):
    ann.hold(ann.anyone("refresh", {"refresh_token": ann.refresh}))
    ann.sign_in()
    sessions = ann.ask("GET", "/v1/me/sessions")["items"]
    [other] = [session for session in sessions if not session["current"]]
    ann.ask("DELETE", f"/v1/me/sessions/{other['id']}", wanted=204)
    ann.ask("PATCH", "/v1/me", {"name": "Ann Jones"})
    ann.ask("POST", "/v1/me/sign-out", {"everywhere": True}, wanted=204)
    status, _ = ann.stack.request("POST", "/v1/identity/refresh", {"refresh_token": ann.refresh})
    assert status == 401


def test_a_forgotten_password_is_set_anew(ann):
    ann.anyone("password-reset", {"email": ann.email}, wanted=202)
    ann.password = "eight dry dogs under a red bridge"
    body = {"token": ann.token("reset-password"), "password": ann.password}
    ann.anyone("password-reset/complete", body, wanted=204)
    ann.sign_in()
    changed = {"current_password": ann.password, "password": "nine shy owls behind the green door"}
    ann.ask("POST", "/v1/me/password", changed, wanted=204)


def test_administrators_support_and_are_seen_doing_it(ann, stack):
    bistro, admin = Bistro(ann), Person(stack)
    admin.ask("GET", "/v1/platform/organizations", wanted=404)
    stack.invoke("platform-grant-administrator", {"email": admin.email})
    found = admin.ask("GET", f"/v1/platform/organizations?query={bistro.id}")["items"]
    assert [organization["id"] for organization in found] == [bistro.id]
    [owner] = admin.ask("GET", f"/v1/platform/organizations/{bistro.id}/members")["items"]
    support = {"org_id": bistro.id, "user_id": owner["user_id"], "reason": "Limits cannot be saved (ticket 4711)"}
    admin.create("/v1/platform/support-sessions", support)
    admin.ask("PATCH", f"{bistro.path}/units/{bistro.unit['id']}", {"name": "Fish"})
    admin.ask("DELETE", "/v1/platform/support-sessions/active", wanted=204)
    admin.ask("GET", f"{bistro.path}/overview", wanted=404)
    entries = ann.ask("GET", f"{bistro.path}/audit")["items"]
    [renamed] = [entry for entry in entries if entry["action"] == "unit.updated"]
    assert renamed["acting_as"] == owner["user_id"]
    assert ann.ask("GET", f"{bistro.path}/support-sessions")["items"]
    assert "broken" not in stack.invoke("platform-verify-audit", {"org_id": bistro.id})
    stack.invoke("platform-revoke-administrator", {"email": admin.email})


def test_an_operator_sets_a_password_that_signs_in(ann, stack):
    ann.password = "ten old maps inside one blue drawer"
    stack.invoke("identity-set-password", {"email": ann.email, "password": ann.password})
    ann.sign_in()
    stack.invoke("identity-rotate-signing-keys", {})
    keys = stack.request("GET", "/.well-known/jwks.json")[1]["keys"]
    assert keys and all(key["kty"] == "OKP" for key in keys)
