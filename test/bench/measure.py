"""Runs programs in turns and compares what they cost."""

import dataclasses
import os
import random
import select
import statistics
import subprocess
import tempfile
import time

RESAMPLES = 2000


class Failed(Exception):
    pass


@dataclasses.dataclass(frozen=True)
class Cost:
    """What one run of a program took."""
    user: float
    system: float
    wall: float
    out: str

    @property
    def cpu(self):
        return self.user + self.system


def clean_environment(**more):
    """Ours, without what would change the programs."""
    kept = {k: v for k, v in os.environ.items()
            if not k.startswith(("CKPT_", "OMP_", "DMTCP_"))}
    return dict(kept, LC_ALL="C", **more)


def run(command, env=None, cwd=None, cpus=None, timeout=300, keep=True):
    """One run, to its end. `cpus`: the processors that it may use; `keep`: its
    output is wanted."""
    prefix = ["taskset", "-c", cpus] if cpus else []
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.monotonic()
        process = subprocess.Popen(
            prefix + [str(c) for c in command], env=env or clean_environment(),
            cwd=cwd, stdin=subprocess.DEVNULL,
            stdout=out if keep else subprocess.DEVNULL, stderr=err)
        usage = wait(process, timeout)
        wall = time.monotonic() - start
        out.seek(0)
        err.seek(0)
        if process.returncode != 0:
            raise Failed("%s ended with %s: %s" % (
                " ".join(str(c) for c in command), process.returncode,
                err.read().decode(errors="replace")[-400:]))
        return Cost(usage.ru_utime, usage.ru_stime, wall,
                    out.read().decode(errors="replace"))


def wait(process, timeout):
    """Ends the process if it takes too long; its resource usage."""
    deadline = time.monotonic() + timeout
    descriptor = os.pidfd_open(process.pid)
    try:
        poller = select.poll()
        poller.register(descriptor, select.POLLIN)
        left = max(0, deadline - time.monotonic())
        if not poller.poll(left * 1000):
            process.kill()
        _, status, usage = os.wait4(process.pid, 0)
    finally:
        os.close(descriptor)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage


def in_turns(variants, rounds):
    """Calls each of {name: function} `rounds` times, A B, B A, A B ...; the
    results in lists by name, the n-th of each from the same moment."""
    results = {name: [] for name in variants}
    names = list(variants)
    for turn in range(rounds):
        for name in names if turn % 2 == 0 else reversed(names):
            results[name].append(variants[name]())
    return results


def median(values):
    return statistics.median(values)


@dataclasses.dataclass(frozen=True)
class Ratio:
    """The median of a/b over pairs, with its 95 % interval."""
    value: float
    low: float
    high: float
    pairs: int


def _interval(values):
    """The median and its 95 % interval, by a bootstrap that always takes the
    same numbers."""
    choose = random.Random(1)
    medians = sorted(statistics.median(choose.choices(values, k=len(values)))
                     for _ in range(RESAMPLES))
    return (statistics.median(values), medians[int(RESAMPLES * 0.025)],
            medians[int(RESAMPLES * 0.975)])


def ratio(ours, plain):
    """Pairs are compared with each other: what disturbs one disturbs both."""
    quotients = [a / b for a, b in zip(ours, plain) if b > 0]
    if not quotients:
        raise Failed("nothing was measured")
    return Ratio(*_interval(quotients), len(quotients))


def difference(ours, plain):
    """The median of a-b over pairs, and its interval."""
    return _interval([a - b for a, b in zip(ours, plain)])
