"""One bootstrap under the Lambda runtime interface emulator that the SAM CLI ships."""

import json
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

from emulator import eventually, free_port


def _executable(folder):
    """A copy that may be executed: the package ships the emulator as data."""
    packages = Path(shutil.which("sam")).resolve().parents[1]
    shipped = next(packages.glob("lib/python*/site-packages/samcli/local/rapid/aws-lambda-rie-x86_64"))
    copy = folder / shipped.name
    shutil.copy(shipped, copy)
    copy.chmod(0o755)
    return copy


class RuntimeInterfaceEmulator:
    """Runs `bootstrap` as Lambda would, with `environment` as its variables."""

    def __init__(self, bootstrap, environment, folder):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/2015-03-31/functions/function/invocations"
        self.log = folder / "rie.log"
        self._port = port
        self._command = [
            _executable(folder),
            "--runtime-interface-emulator-address", f"127.0.0.1:{port}",
            "--runtime-api-address", f"127.0.0.1:{free_port()}",
            bootstrap,
        ]
        self._environment = environment

    def __enter__(self):
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self._command, env=self._environment, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            eventually(self._listens, "the runtime interface emulator listens")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def _listens(self):
        assert self.process.poll() is None, f"the runtime interface emulator ended:\n{self.log.read_text()}"
        try:
            # Any answer will do: only invocations have a route.
            urllib.request.urlopen(f"http://127.0.0.1:{self._port}/", timeout=1)
        except urllib.error.HTTPError as answer:
            answer.close()
        except OSError:
            return False
        return True

    def invoke(self, event):
        """What the function answers to `event`."""
        request = urllib.request.Request(self.url, data=json.dumps(event).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=30) as answer:
            reply = json.loads(answer.read())
        assert "errorType" not in reply, f"{reply}\n{self.log.read_text()}"
        return reply
