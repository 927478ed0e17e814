#!/usr/bin/env python3
"""stop_latency.py - from the request to the last parked thread, measured.

    stop_latency.py BUILD_DIR [--checkpoints N] [--threads N,N,...] [--against DIR]

For each number of threads, waiting on a condition and computing: the median and
the slowest of the stops. `--against` names a second build, which is run in turn
with the first; then a ratio is printed as well. Times are those of this machine
under its load now.
"""

import argparse
import pathlib
import re
import statistics
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def stops(program, work, threads, how, checkpoints):
    """Of each checkpoint the time to the last parked thread, in us, and the
    time for which the program stood still."""
    log = subprocess.run(
        [program, str(threads), how, str(checkpoints), "--", "-d", work, "-v",
         "-k", "1"], check=True, text=True, capture_output=True,
        timeout=300).stderr
    found = re.findall(r"stop (\d+) us, stopped ([\d.]+) s", log)
    if len(found) != checkpoints:
        raise SystemExit(f"{threads} threads, {how}: {log}")
    return [int(us) for us, _ in found], [float(s) * 1e3 for _, s in found]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--against", type=pathlib.Path)
    parser.add_argument("--checkpoints", type=int, default=11)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", default="1,10,100,1000")
    parser.add_argument("--kinds", default="blocked,running")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ckpt-bench-") as directory:
        work = pathlib.Path(directory)
        programs = []
        for build in filter(None, (arguments.build, arguments.against)):
            programs.append(work / f"stop_latency{len(programs)}")
            subprocess.run([build / "bin" / "ckpt-cc", "-O2", "-pthread",
                            HERE / "stop_latency.c", "-o", programs[-1]],
                           check=True)
        for how in arguments.kinds.split(","):
            for threads in map(int, arguments.threads.split(",")):
                taken = [[] for _ in programs]
                gaps = [[] for _ in programs]
                for _ in range(arguments.runs):
                    for i, program in enumerate(programs):
                        stop, gap = stops(program, work, threads, how,
                                          arguments.checkpoints)
                        taken[i] += stop
                        gaps[i] += gap
                line = (f"{threads:5d} {how}: median "
                        f"{statistics.median(taken[0]):.0f} us, slowest "
                        f"{max(taken[0])} us, program stopped "
                        f"{statistics.median(gaps[0]):.1f} ms")
                if arguments.against:
                    ratio = (statistics.median(taken[0]) /
                             statistics.median(taken[1]))
                    line += f", {ratio:.2f} of the other"
                print(line, flush=True)


if __name__ == "__main__":
    main()
