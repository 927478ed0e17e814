"""Whole programs: other people's, built from their Debian sources, and two of
our own; plain, with checkpointing switched off, and switched on but idle. And
what compiling with ckpt-c++ costs."""

import dataclasses
import pathlib
import socket
import subprocess
import sys
import time

import measure

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "e2e" / "packages"))

import build as packages  # noqa: E402
import programs as known  # noqa: E402
import servers  # noqa: E402

TARGET = 1.01
MIB = known.MIB
PLAIN = "export CKPT_CC_NOOP=1; "  # the wrapper is then the compiler itself
OFF = {"CKPT_DISABLE": "1"}
IDLE = {"CKPT_OPTIONS": "-q -t 3600"}  # as during a long run, between two

BY_NAME = {p.name: p for p in known.PROGRAMS + servers.SERVERS}
SQLITE = known.Program(
    name="sqlite", source="sqlite3", binary="speedtest1",
    build="CC=ckpt-cc ./configure -q --disable-tcl --disable-shared"
          " && make -s CC=ckpt-cc speedtest1")
# Compiled file by file.
NINJA = known.Program(name="ninja", source="ninja-build", binary="src/ninja.cc",
                      build="true")


@dataclasses.dataclass(frozen=True)
class Work:
    """A program at work that takes less than a second."""
    program: known.Program
    arguments: str
    make_input: object = None


WORKS = [
    Work(BY_NAME["pbzip2"], "-p2 -k -c input", known.libraries(4 * MIB)),
    Work(BY_NAME["xz"], "-T2 -3 --block-size=1MiB -k -c input",
         known.libraries(4 * MIB)),
    Work(BY_NAME["zstd"], "-q -T2 -9 -B1M -c input", known.libraries(16 * MIB)),
    Work(BY_NAME["x264"], "--threads 4 --no-progress -o /dev/null --muxer raw "
         "input.y4m", known.clip(640, 360, 20)),
    Work(SQLITE, "--memdb --size 2"),
]


class Plain(packages.Package):
    """Built by the compiler itself: what changes in ckpt changes nothing."""

    def _fingerprint(self):
        return self.program.build


class Builds:
    """A program twice: plain and with ckpt."""

    def __init__(self, ckpt_build, cache):
        self.ckpt_build, self.cache = ckpt_build, cache

    def binary(self, program, variant):
        kind = packages.Package
        if variant == "plain":
            kind = Plain
            program = dataclasses.replace(
                program, name=program.name + "-plain",
                build=PLAIN + program.build)
        package = kind(program, self.ckpt_build, self.cache)
        package.build()
        return package.binary


def three_ways(run_plain, run_ckpt, pairs):
    results = measure.in_turns({
        "plain": run_plain,
        "off": lambda: run_ckpt(OFF),
        "idle": lambda: run_ckpt(IDLE)}, pairs)
    cpu = {v: [c.cpu for c in costs] for v, costs in results.items()}
    row = {"target": TARGET, "pairs": pairs,
           "plain": measure.median(cpu["plain"])}
    for variant in ("off", "idle"):
        r = measure.ratio(cpu[variant], cpu["plain"])
        row[variant] = [r.value, r.low, r.high]
    return row


def at_work(builds, work, scale, directory):
    directory = directory / work.program.name
    directory.mkdir(parents=True, exist_ok=True)
    name = next((a for a in work.arguments.split() if a.startswith("input")),
                None)
    if name:
        work.make_input(directory / name)
    binaries = {v: builds.binary(work.program, v) for v in ("plain", "ckpt")}

    def run(variant, env):
        return measure.run(
            [binaries[variant], *work.arguments.split()], cwd=directory,
            env=measure.clean_environment(**env), keep=False)
    row = three_ways(lambda: run("plain", {}), lambda env: run("ckpt", env),
                     scale.program_pairs)
    return dict(row, what=work.program.name + " " + work.arguments)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def served(binary, load, batches, env):
    """What the server has used when its clients have what they wanted."""
    port = free_port()
    process = subprocess.Popen(
        [binary, "-u", "root", "-t", "2", "-U", "0", "-l", "127.0.0.1", "-p",
         str(port)], env=measure.clean_environment(**env),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    start = time.monotonic()
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if time.monotonic() > start + 20:
                    raise measure.Failed("memcached does not answer") from None
                time.sleep(0.01)
        measure.run([load, port, 2, batches])
    finally:
        process.terminate()
        usage = measure.wait(process, 20)
    return measure.Cost(usage.ru_utime, usage.ru_stime,
                        time.monotonic() - start, "")


def memcached(builds, programs, scale):
    binaries = {v: builds.binary(BY_NAME["memcached"], v)
                for v in ("plain", "ckpt")}
    load = programs.c("memcached_load", "plain")
    batches = max(10, int(8000 * scale.size))
    row = three_ways(
        lambda: served(binaries["plain"], load, batches, {}),
        lambda env: served(binaries["ckpt"], load, batches, env),
        scale.program_pairs)
    return dict(row, what="memcached -t 2, under load on loopback")


def own(programs, scale, name, what, arguments, *flags):
    def run(variant, env):
        return measure.run([programs.c(name, variant, *flags), *arguments],
                           env=measure.clean_environment(
                               OMP_WAIT_POLICY="passive", **env))
    row = three_ways(lambda: run("plain", {}), lambda env: run("ckpt", env),
                     scale.program_pairs)
    return dict(row, what=what)


def our_programs(programs, scale):
    yield own(programs, scale, "stencil", "stencil, OpenMP, 2 threads",
              [2, 256, max(1, int(20000 * scale.size))], "-fopenmp")
    row = own(programs, scale, "tasks",
              "tasks, 2 threads: millions of lock pairs a second",
              [2, 4096, max(1, int(1500 * scale.size))])
    yield dict(row, target=1.0)


def compile_time(builds, compilers, scale, work):
    """Every file of ninja's, by both compilers in turns."""
    package = Plain(NINJA, builds.ckpt_build, builds.cache)
    package.build()
    source = package.tree / "src"
    left_out = ("_test.cc", "win32.cc", "browse.cc", "_perftest.cc", "test.cc")
    files = sorted(f for f in source.glob("*.cc")
                   if not f.name.endswith(left_out) and "msvc" not in f.name)
    if scale.name == "tiny":
        files = files[:1]

    def compiled(variant, file):
        return measure.run([compilers.cxx[variant], "-O2", "-std=c++17",
                            "-DNINJA_HAVE_BROWSE", "-c", file, "-o",
                            work / "object.o"])
    totals = {"plain": 0.0, "ckpt": 0.0}
    costs = {"plain": [], "ckpt": []}
    for file in files:
        results = measure.in_turns(
            {v: lambda v=v: compiled(v, file) for v in totals},
            scale.compile_rounds)
        for variant in totals:
            cpu = [c.cpu for c in results[variant]]
            costs[variant] += cpu
            totals[variant] += measure.median(cpu)
    r = measure.ratio(costs["ckpt"], costs["plain"])
    return {"what": "ninja, %d files, -O2" % len(files), "target": 1.03,
            "plain": totals["plain"], "ckpt": totals["ckpt"],
            "total": totals["ckpt"] / totals["plain"],
            "ratio": r.value, "low": r.low, "high": r.high, "pairs": r.pairs}


def measure_all(programs, scale, work, cache):
    builds = Builds(programs.compilers.build, cache)
    rows = [at_work(builds, w, scale, work) for w in WORKS]
    rows.append(memcached(builds, programs, scale))
    rows += our_programs(programs, scale)
    return {"rows": rows,
            "compile": compile_time(builds, programs.compilers, scale, work)}
