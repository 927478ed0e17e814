"""Fetches Debian source packages and unpacks what is needed of them."""

import pathlib
import subprocess
import tarfile


class Failed(Exception):
    pass


def fetch(package, cache):
    """The directory with the files of a source package."""
    directory = cache / "sources" / package
    directory.mkdir(parents=True, exist_ok=True)
    if not list(directory.glob("*.dsc")):
        with open(directory / "fetch.log", "wb") as log:
            code = subprocess.run(
                ["apt-get", "source", "--download-only", package],
                cwd=directory, stdout=log, stderr=log,
                stdin=subprocess.DEVNULL).returncode
        if code != 0:
            raise Failed(f"{package}: see {log.name}")
    return directory


def unpack(package, cache, wanted):
    """Where the upstream sources of a package are, as far as `wanted` (beginnings
    of paths below the top directory)."""
    tree = cache / "trees" / package
    stamp = tree / ".wanted"
    if stamp.exists() and stamp.read_text() == repr(wanted):
        return tree
    tree.mkdir(parents=True, exist_ok=True)
    for archive in fetch(package, cache).glob("*.orig.tar.*"):
        if archive.suffix in (".gz", ".xz", ".bz2"):
            with tarfile.open(archive) as tar:
                extract(tar, tree, wanted)
    stamp.write_text(repr(wanted))
    return tree


def extract(tar, tree, wanted):
    for member in tar:
        parts = pathlib.PurePosixPath(member.name).parts
        name = "/".join(parts[1:])
        if member.isfile() and name.startswith(wanted):
            member.name = name
            tar.extract(member, tree, set_attrs=False)
        elif member.isfile() and ".tar." in name:
            # gcc's own archive is inside Debian's.
            if "gcc" in name:
                with tarfile.open(fileobj=tar.extractfile(member)) as inner:
                    extract(inner, tree, wanted)
