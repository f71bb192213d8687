import contextlib
import json
import subprocess

import pytest
import websocket

from bootstraps import build
from emulator import DEADLINE_SECONDS, Emulator, Stack
from tenant import Tenant


def pytest_addoption(parser):
    parser.addoption(
        "--release", action="store_true", help="test release builds, packaged by cargo-lambda as for a deployment"
    )


@pytest.fixture(scope="session")
def executables(request):
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        try:
            return build(request.config.getoption("--release"))
        except subprocess.CalledProcessError:
            pytest.exit("the functions could not be built", returncode=1)


@pytest.fixture(scope="session")
def stack(executables, tmp_path_factory):
    folder = tmp_path_factory.mktemp("stack")
    with Emulator(folder) as emulator:
        yield Stack(emulator, folder, executables)


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
