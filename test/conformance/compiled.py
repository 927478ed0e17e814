"""Compiles programs twice, by plain clang and by ckpt-cc. Objects are kept until
the pass changes, programs until the runtime does."""

import concurrent.futures
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess

import suites

TIMEOUT_S = 120


def digest(*paths):
    sum_ = hashlib.sha256()
    for path in paths:
        sum_.update(path.read_bytes())
    return sum_.hexdigest()[:12]


class Compiler:
    """One of the two ways to a program."""

    def __init__(self, c, cxx, objects, programs):
        self.drivers = (str(c), str(cxx))
        self.objects = objects
        self.programs = programs
        for directory in (objects, programs):
            directory.mkdir(parents=True, exist_ok=True)

    def build(self, program, support, link):
        """The path of the program, or None if it does not build."""
        driver = self.drivers[program.cxx]
        target = self.programs / program.file
        if target.exists():
            return target
        key = hashlib.sha256(repr(program.flags).encode()).hexdigest()[:8]
        object_ = self.objects / f"{program.file}.{key}.o"
        if not object_.exists() and not self._run(
                [driver, *program.flags, "-c", program.source, "-o"], object_):
            return None
        libraries = [support] if program.support and support else []
        if not self._run([driver, "-pthread", *link, object_, *libraries,
                          *program.libraries, "-o"], target):
            return None
        return target

    def support(self, cache):
        """The C library's test support, as far as it builds outside of it."""
        archive = self.objects / "support.a"
        if archive.exists():
            return archive
        flags, files = suites.support_flags(cache)
        objects = [self.objects / f"support.{f.stem}.o" for f in files]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            good = pool.map(lambda f, o: self._run(
                [self.drivers[0], *flags, "-c", f, "-o"], o), files, objects)
            built = [o for o, g in zip(objects, list(good)) if g]
        subprocess.run(["ar", "rcs", archive, *built], check=True)
        return archive

    def _run(self, command, target):
        """Never leaves half a file."""
        partial = target.with_name(target.name + ".partial")
        with open(str(target) + ".log", "wb") as log:
            try:
                code = subprocess.run(
                    [*command, partial], stdin=subprocess.DEVNULL, stdout=log,
                    stderr=log, timeout=TIMEOUT_S).returncode
            except subprocess.TimeoutExpired:
                code = 1
        if code != 0:
            return False
        partial.rename(target)
        os.unlink(log.name)
        return True


class Compilers:
    def __init__(self, build, cache, link):
        self.cache = cache
        self.link = tuple(link)
        where = build / "conformance" / ("link" + "".join(link))
        tools = [build / "bin" / "ckpt-cc", build / "lib" / "CkptPass.so"]
        objects = where / ("objects-" + digest(*tools))
        archives = [build / "lib" / f"libckpt{kind}.a"
                    for kind in ("", "_static", "_stub")]
        programs = where / ("programs-" + digest(*tools, *archives))
        # What an older pass or runtime has left.
        where.mkdir(parents=True, exist_ok=True)
        # One run at a time: a second one would take the programs away.
        self.lock = open(where / "lock", "w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        for old in where.iterdir():
            if old.is_dir() and old not in (objects, programs, where / "plain"):
                shutil.rmtree(old)
        llvm = pathlib.Path("/usr/lib/llvm-19/bin")
        self.plain = Compiler(llvm / "clang", llvm / "clang++",
                              where / "plain" / "objects",
                              where / "plain" / "programs")
        self.ckpt = Compiler(build / "bin" / "ckpt-cc",
                             build / "bin" / "ckpt-c++", objects, programs)

    def build(self, programs):
        """{program: (plain, with ckpt)}; a path that is None does not build."""
        support = None
        if any(p.support for p in programs):
            # Once: the library is not compiled with the pass.
            support = self.plain.support(self.cache)

        def both(program):
            ckpt = self.ckpt.build(program, support, self.link)
            plain = ckpt
            if program.plain:
                plain = self.plain.build(program, support, self.link)
            return plain, ckpt

        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            return dict(zip(programs, pool.map(both, programs)))
