"""The functions' executables."""

import json
import os
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def declared():
    """The names of all functions: each has a sample event."""
    return sorted(event.stem for event in (REPOSITORY / "events").glob("*.json"))


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
    """Puts the executables below `folder` where the template expects them, without symbols, as releases are."""
    for name, executable in executables.items():
        bootstrap = folder / "target" / "lambda" / name / "bootstrap"
        bootstrap.parent.mkdir(parents=True)
        subprocess.run(["strip", "-o", bootstrap, executable], check=True)
