"""Tenants for tests, each made from the sample events with identifiers of its own."""

import base64
import json
import re
import secrets
from datetime import datetime, timezone

from bootstraps import EVENTS

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def sample(function):
    """The sample event of `function`, as text."""
    return (EVENTS / f"{function}.json").read_text()


def _letters(count):
    return "".join(secrets.choice(ALPHABET) for _ in range(count))


def fresh_id(prefix):
    """An identifier that nobody has drawn before."""
    return f"{prefix}_0{_letters(25)}"


class Tenant:
    """The organization of the sample events under fresh identifiers, so that no test meets another's data."""

    def __init__(self, stack):
        self.stack = stack
        self._fresh = {}
        document = self.event("platform-import-organization")
        self.report = stack.invoke("platform-import-organization", document)
        self.document = document
        self.id = document["id"]
        self.ingest_key, self.view_key = (key["secret"] for key in document["access_keys"])
        units = [unit for site in document["sites"] for area in site["areas"] for unit in area["units"]]
        self.cooler = next(unit for unit in units if unit["kind"] == "walk_in_cooler")
        self._frames = 0

    def translate(self, text):
        """`text` with the identifiers, DevEUIs and keys of the samples replaced by this tenant's."""
        patterns = {
            r"\b(?:org|sit|are|unt|sen|alr|key|frm)_[0-9A-Z]{26}\b": lambda old: fresh_id(old.split("_")[0]),
            r"\bftk_[0-9a-z]{8}_[0-9a-z]{32}\b": lambda _: f"ftk_{_letters(8)}_{_letters(32)}".lower(),
            r"(?<=\")[0-9A-Fa-f]{16}(?=\\?\")": lambda _: secrets.token_hex(8).upper(),
        }
        for pattern, fresh in patterns.items():
            text = re.sub(pattern, lambda match: self._fresh.setdefault(match[0].upper(), fresh(match[0])), text)
        return text

    def event(self, function):
        """The sample event of `function`, about this tenant."""
        event = json.loads(self.translate(sample(function)))
        if encoded := event.get("message_base64"):
            message = self.translate(base64.b64decode(encoded).decode())
            event["message_base64"] = base64.b64encode(message.encode()).decode()
        return event

    def path(self, rest):
        return f"/v1/orgs/{self.id}/{rest}"

    def get(self, rest):
        """The body of a GET below this organization."""
        status, body = self.stack.request("GET", self.path(rest), key=self.view_key)
        assert status == 200, body
        return body

    def send_frame(self, celsius, at=None, dev_eui=None):
        """Posts an LHT65N frame as The Things Stack does; returns what became of it."""
        self._frames += 1
        return self.post_uplink(self.uplink(celsius, at or datetime.now(timezone.utc), self._frames, dev_eui))

    def post_uplink(self, uplink):
        status, body = self.stack.request("POST", self.path("ingest/things-stack"), uplink, self.ingest_key)
        assert status == 200, body
        return [result["status"] for result in body["results"]]

    def uplink(self, celsius, at, frame, dev_eui=None):
        """The sample uplink with another temperature, time and frame counter."""
        uplink = json.loads(self.event("ingest-receive-things-stack")["body"])
        message = uplink["uplink_message"]
        time = at.isoformat().replace("+00:00", "Z")
        payload = bytearray(base64.b64decode(message["frm_payload"]))
        payload[2:4] = round(celsius * 100).to_bytes(2, "big", signed=True)
        message.update(f_cnt=frame, frm_payload=base64.b64encode(payload).decode(), received_at=time)
        message["settings"]["time"] = time
        del message["decoded_payload"]
        for reception in message["rx_metadata"]:
            reception["received_at"] = time
            if "time" in reception:
                reception["time"] = time
        uplink["received_at"] = time
        uplink["end_device_ids"]["dev_eui"] = dev_eui or self.cooler["sensors"][0]["dev_eui"]
        return uplink

    def unit_now(self, unit=None):
        """What the overview says of the walk-in cooler."""
        overview = self.get("overview")
        return next(
            found["now"]
            for site in overview["sites"]
            for area in site["areas"]
            for found in area["units"]
            if found["id"] == (unit or self.cooler)["id"]
        )
