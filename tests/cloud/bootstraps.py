"""The functions' executables, as they are deployed."""

import os
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

# Standing in for the functions that no test calls, so that the template can be deployed whole and unmodified.
STUB = """#!/bin/sh
echo "this function was not built for the test" >&2
exit 1
"""


def build(names):
    """Builds the named functions for this machine and returns their bootstraps by name.

    They go to a folder of their own: target/lambda may hold what is about to be deployed for arm64.
    """
    folder = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target")) / "lambda-x86_64"
    command = ["cargo", "lambda", "build", "--release", "--x86-64", "--lambda-dir", str(folder)]
    for name in names:
        command += ["--bin", name]
    subprocess.run(command, cwd=REPOSITORY, check=True)
    return {name: folder / name / "bootstrap" for name in names}


def lay_out(folder, declared, built):
    """Fills `folder`/target/lambda the way the template expects it: what was built, and stubs for the rest."""
    for name in declared:
        bootstrap = folder / "target" / "lambda" / name / "bootstrap"
        bootstrap.parent.mkdir(parents=True)
        if name in built:
            bootstrap.write_bytes(built[name].read_bytes())
        else:
            bootstrap.write_text(STUB)
        bootstrap.chmod(0o755)
