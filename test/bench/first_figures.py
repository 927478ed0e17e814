#!/usr/bin/env python3
"""first_figures.py - lock pair, checkpoint and restart, measured.

    first_figures.py BUILD_DIR [--runs N]

Ratios are medians of interleaved runs (plain, instrumented, plain, ...); times
are medians on this machine and mean nothing on another one.
"""

import argparse
import pathlib
import re
import statistics
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def run(*command):
    return subprocess.run([str(c) for c in command], check=True, text=True,
                          capture_output=True)


def lock_pairs(wrapper, work, runs):
    for name, compiler in (("plain", "clang-19"), ("ckpt", wrapper)):
        run(compiler, "-O2", "-pthread", HERE / "lock_pair.c", "-o",
            work / name)
    for threads in (0, 1, 2, 4):
        ratios = []
        for _ in range(runs):
            plain, ours = (float(run(work / name, threads).stdout)
                           for name in ("plain", "ckpt"))
            ratios.append(ours / plain)
        print(f"lock pair, {threads} threads: "
              f"{statistics.median(ratios):.3f} of plain")


def heaps(wrapper, work, runs):
    program = work / "heap"
    run(wrapper, "-O2", "-pthread", HERE / "heap.c", "-o", program)
    for mib in (256, 1024):
        done, gap, restart = [], [], []
        for _ in range(runs):
            for old in work.glob("heap.chkpt.*"):
                old.unlink()
            out = run(program, mib, "--", "-d", work).stdout
            numbers = re.findall(r"[\d.]+", out)
            done.append(float(numbers[0]))
            gap.append(float(numbers[1]))
            image = next(work.glob("heap.chkpt.*"))
            size = image.stat().st_size / 2**20
            log = run(program, mib, "--", "-v", "-r", image, "--ids",
                      "new").stderr
            restart.append(float(re.search(r" in ([\d.]+) s", log).group(1)))
        print(f"heap of {mib} MiB: done {statistics.median(done):.3f} s, "
              f"gap {statistics.median(gap):.3f} s, image {size:.0f} MiB, "
              f"restart {statistics.median(restart):.3f} s")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=7)
    arguments = parser.parse_args()
    wrapper = arguments.build / "bin" / "ckpt-cc"
    with tempfile.TemporaryDirectory(prefix="ckpt-bench-") as directory:
        work = pathlib.Path(directory)
        lock_pairs(wrapper, work, arguments.runs)
        heaps(wrapper, work, arguments.runs)


if __name__ == "__main__":
    main()
