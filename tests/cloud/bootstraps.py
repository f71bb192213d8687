"""The functions' executables."""

import functools
import json
import os
import re
import subprocess
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
EVENTS = REPOSITORY / "events"


def declared():
    """The names of all functions: each has a sample event."""
    return sorted(event.stem for event in EVENTS.glob("*.json"))


@functools.cache
def _routes():
    routes = []
    for name in declared():
        route = json.loads((EVENTS / f"{name}.json").read_text()).get("routeKey", "")
        if " /" in route:
            method, path = route.split(" ")
            pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))
            routes.append((path.count("{"), method, re.compile(pattern), name))
    # Of several that fit, API Gateway takes the one with the fewest parameters.
    return sorted(routes, key=lambda route: route[0])


def function_behind(method, path):
    """The function that the HTTP API leads a request to."""
    path = path.split("?")[0]
    return next(name for _, verb, pattern, name in _routes() if verb == method and pattern.fullmatch(path))


def build(release):
    """Builds all functions for this machine and returns their executables by name.

    A release is built as it is deployed, which takes minutes. Otherwise they are built as `cargo test` builds the
    libraries they consist of, so that little is left to do but to link them.
    """
    return _build_release() if release else _build_dev()


def _build_dev():
    # Of the whole workspace, so that dependencies have the features they have elsewhere and are not built anew.
    command = ["cargo", "build", "--workspace", "--message-format", "json-render-diagnostics"]
    for name in declared():
        command += ["--bin", name]
    messages = subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.PIPE).stdout
    artifacts = (json.loads(line) for line in messages.splitlines())
    return {
        artifact["target"]["name"]: Path(artifact["executable"])
        for artifact in artifacts
        if artifact.get("executable")
    }


def _build_release():
    # In a folder of their own: target/lambda may hold what is about to be deployed for arm64.
    folder = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target")) / "lambda-x86_64"
    subprocess.run([REPOSITORY / ".ci" / "package", "--x86-64", "--lambda-dir", folder], check=True)
    return {name: folder / name / "bootstrap" for name in declared()}


def lay_out(folder, executables):
    """Puts the template and the packages of the functions below `folder`: without symbols, as releases are.

    The packages are made here and side by side. `sam` would make one after the other, each in four times as long to be
    a tenth smaller. The template names them instead of their folders and is the deployed one otherwise.
    """

    def package(name):
        folder_of_one = folder / "target" / "lambda" / name
        folder_of_one.mkdir(parents=True)
        bootstrap = folder_of_one / "bootstrap"
        subprocess.run(["strip", "-o", bootstrap, executables[name]], check=True)
        with zipfile.ZipFile(f"{folder_of_one}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.write(bootstrap, "bootstrap")

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(package, executables))
    template = (REPOSITORY / "template.yaml").read_text()
    packaged = re.sub(r"(CodeUri: target/lambda/[\w-]+)/$", r"\1.zip", template, flags=re.MULTILINE)
    (folder / "template.yaml").write_text(packaged)
