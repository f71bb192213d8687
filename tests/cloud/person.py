"""People with accounts, as their browsers see the product."""

import base64
import hashlib
import hmac
import json
import re
import secrets
import struct
import time
import urllib.request

from emulator import eventually

PASSWORD = "seven wet cats on a blue roof"


def mail(stack, to, what):
    """The token in the newest mail to `to` whose link is for `what`, once SES has it."""
    link = re.compile(rf"#{what}=(\S+)")

    def newest():
        with urllib.request.urlopen(f"{stack.emulator.url}/_ministack/ses/messages") as answer:
            accounts = json.load(answer)["messages"].values()
        sent = [message for messages in accounts for message in messages if to in message["To"]]
        tokens = [found[1] for message in sent if (found := link.search(message["BodyText"] or ""))]
        return tokens[-1] if tokens else None

    return eventually(newest, f"{to} has a mail with a link to {what}")


def totp(secret, shift=0):
    """The code that an authenticator shows for `secret`, `shift` periods of 30 seconds from now (RFC 6238)."""
    counter = int(time.time()) // 30 + shift
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", counter), hashlib.sha1)
    offset = digest[-1] & 15
    return f"{(int.from_bytes(digest[offset:offset + 4]) & 0x7FFFFFFF) % 1_000_000:06}"


class Person:
    """Somebody with an account of their own, signed in."""

    def __init__(self, stack):
        self.stack = stack
        self.email = f"ann-{secrets.token_hex(6)}@example.com"
        self.password = PASSWORD
        account = {"email": self.email, "password": self.password, "name": "Ann Smith"}
        self.anyone("sign-up", account, wanted=202)
        self.anyone("verify-email", {"token": mail(stack, self.email, "verify-email")}, wanted=204)
        self.sign_in()

    def anyone(self, path, body, wanted=200):
        """Posts `body` below /v1/identity/, as anybody may."""
        status, answer = self.stack.request("POST", f"/v1/identity/{path}", body)
        assert status == wanted, (path, status, answer)
        return answer

    def sign_in(self):
        """Signs in by password; the answer."""
        answer = self.anyone("sign-in", {"email": self.email, "password": self.password})
        self.hold(answer)
        return answer

    def hold(self, tokens):
        """Uses `tokens` from now on, if they are some."""
        self.access = tokens.get("access_token", getattr(self, "access", None))
        self.refresh = tokens.get("refresh_token", getattr(self, "refresh", None))

    def ask(self, method, path, body=None, wanted=200):
        """What the product answers this person, which has the status `wanted`."""
        # As browsers do, so that a request can be made again.
        headers = {"Idempotency-Key": secrets.token_hex(8)} if method == "POST" else {}
        status, answer = self.stack.request(method, path, body, self.access, headers)
        assert status == wanted, (method, path, status, answer)
        return answer

    def create(self, path, body):
        return self.ask("POST", path, body, wanted=201)

    def token(self, what):
        return mail(self.stack, self.email, what)
