"""Fetches a Debian source package and builds it with ckpt-cc, unmodified, by
its own build system."""

import hashlib
import os
import shutil
import subprocess


class Failed(Exception):
    pass


class Package:
    def __init__(self, program, ckpt_build, cache):
        self.program = program
        self.ckpt = ckpt_build.resolve()
        self.tarballs = cache / "sources" / program.source
        self.tree = cache.resolve() / "built" / program.name
        self.binary = self.tree / program.binary

    def build(self):
        """Builds the program; does nothing if it was built before by this very
        compiler, pass and runtime."""
        stamp = self.tree / ".ckpt-stamp"
        fingerprint = self._fingerprint()
        if stamp.exists() and stamp.read_text() == fingerprint:
            return
        shutil.rmtree(self.tree, ignore_errors=True)
        self.tree.parent.mkdir(parents=True, exist_ok=True)
        self._run(["dpkg-source", "--no-check", "--no-copy", "-x",
                   self._fetch(), self.tree], self.tarballs, "unpack")
        self._shell(self.program.build, "build")
        stamp.write_text(fingerprint)

    def self_test(self):
        self._shell(self.program.self_test, "self-test")

    def _fetch(self):
        """The package's .dsc file."""
        self.tarballs.mkdir(parents=True, exist_ok=True)
        if not list(self.tarballs.glob("*.dsc")):
            self._run(["apt-get", "source", "--download-only",
                       self.program.source], self.tarballs, "fetch")
        return max(self.tarballs.glob("*.dsc"), key=os.path.getmtime)

    def _fingerprint(self):
        digest = hashlib.sha256(self.program.build.encode())
        parts = [self.ckpt / "bin" / "ckpt-cc", self.ckpt / "lib" / "CkptPass.so"]
        for part in parts + sorted((self.ckpt / "lib").glob("*.a")):
            digest.update(part.read_bytes())
        return digest.hexdigest()

    def _shell(self, command, step):
        self._run(["sh", "-c", "set -e; " + command], self.tree, step)

    def _run(self, command, directory, step):
        environment = dict(os.environ, LC_ALL="C")
        environment["PATH"] = f"{self.ckpt / 'bin'}:{os.environ['PATH']}"
        log = self.tree.parent / f"{self.program.name}.{step}.log"
        with open(log, "wb") as out:
            code = subprocess.run(command, cwd=directory, env=environment,
                                  stdin=subprocess.DEVNULL, stdout=out,
                                  stderr=subprocess.STDOUT).returncode
        if code != 0:
            raise Failed(f"{step} ended with {code}, see {log}")
