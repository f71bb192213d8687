import contextlib
import json

import pytest
import websocket

from bootstraps import build
from emulator import DEADLINE_SECONDS, Emulator, Stack
from tenant import Tenant

# The hot path: what a reading passes through from the webhook to the screen and to the trail of its alert.
BUILT = [
    "alerts-get",
    "alerts-list",
    "alerts-record-trail",
    "identity-authorize-http",
    "ingest-receive-device-message",
    "ingest-receive-things-stack",
    "ingest-retry-readings",
    "places-get-overview",
    "platform-get-health",
    "platform-import-organization",
    "platform-publish-events",
    "platform-sweep-timers",
    "realtime-authorize",
    "realtime-broadcast",
    "realtime-connect",
    "realtime-disconnect",
    "realtime-heartbeat",
    "realtime-issue-ticket",
    "realtime-reject",
    "realtime-resync",
    "realtime-subscribe",
    "realtime-unsubscribe",
]


@pytest.fixture(scope="session")
def bootstraps():
    return build(BUILT)


@pytest.fixture(scope="session")
def stack(bootstraps, tmp_path_factory):
    folder = tmp_path_factory.mktemp("stack")
    with Emulator(folder) as emulator:
        yield Stack(emulator, folder, bootstraps)


@pytest.fixture
def tenant(stack):
    return Tenant(stack)


class Socket:
    """A live connection of a dashboard."""

    def __init__(self, url):
        # The emulator does not pass on which subprotocol $connect chose, so the client must not insist on one.
        self._socket = websocket.create_connection(
            url, timeout=DEADLINE_SECONDS, header=["Sec-WebSocket-Protocol: freshtrack.v1"]
        )

    def send(self, message):
        self._socket.send(json.dumps(message))

    def receive(self, kind, wanted=lambda data: True):
        """The next message of this type whose data is wanted; others are passed over."""
        while True:
            message = json.loads(self._socket.recv())
            if message["type"] == kind and wanted(message.get("data")):
                return message

    def close(self):
        self._socket.close()


@pytest.fixture
def connect():
    """Opens sockets with tickets of a tenant, and closes them after the test."""
    with contextlib.ExitStack() as sockets:

        def open_socket(tenant):
            socket = Socket(ticket(tenant))
            sockets.callback(socket.close)
            return socket

        yield open_socket


def ticket(tenant):
    """The URL that opens one socket."""
    status, body = tenant.stack.request("POST", tenant.path("live/tickets"), key=tenant.view_key)
    assert status == 201, body
    return body["url"]
