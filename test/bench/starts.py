"""What a start, a program file, a checkpoint and a restart cost."""

import os
import re
import subprocess
import time

import measure


def many_starts(program, count, env):
    """Milliseconds of processor time, and on the clock, for one start."""
    cpu = 0
    wall = time.monotonic()
    for _ in range(count):
        child = os.posix_spawn(program, [str(program)], env)
        _, status, usage = os.wait4(child, 0)
        if status != 0:
            raise measure.Failed("%s ended with %d" % (program, status))
        cpu += usage.ru_utime + usage.ru_stime
    wall = time.monotonic() - wall
    return cpu / count * 1000, wall / count * 1000


def starts(programs, scale):
    for what, flags, env in (
            ("dynamically linked", [], {}),
            ("statically linked", ["-static"], {}),
            ("dynamically linked, CKPT_DISABLE=1", [], {"CKPT_DISABLE": "1"})):
        results = measure.in_turns({
            variant: lambda variant=variant: many_starts(
                programs.c("nothing", variant, *flags), scale.starts,
                measure.clean_environment(**env))
            for variant in ("plain", "ckpt")}, scale.start_rounds)
        cpu, wall = ({v: [r[i] for r in results[v]] for v in results}
                     for i in (0, 1))
        yield {"what": what, "target_more": 0.3,
               "plain": measure.median(cpu["plain"]),
               "ckpt": measure.median(cpu["ckpt"]),
               "more": measure.difference(cpu["ckpt"], cpu["plain"]),
               "wall": {v: measure.median(wall[v]) for v in wall},
               "system_calls": {
                   v: system_calls(programs.c("nothing", v, *flags))
                   for v in results}}


def system_calls(program):
    """How many a run makes, or None if strace is not there."""
    try:
        out = subprocess.run(["strace", "-f", "-o", "/dev/stdout", program],
                             capture_output=True, text=True, check=True,
                             env=measure.clean_environment()).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return len([line for line in out.splitlines() if "(" in line])


def sizes(programs):
    """Bytes of a program file, with symbols and without."""
    for what, name, flags in (("nothing, dynamic", "nothing", []),
                              ("nothing, static", "nothing", ["-static"]),
                              ("tasks, dynamic", "tasks", [])):
        row = {"what": what}
        for variant in ("plain", "ckpt"):
            program = programs.c(name, variant, *flags)
            stripped = program.with_name(program.name + ".stripped")
            subprocess.run(["strip", "-o", stripped, program], check=True)
            row[variant] = program.stat().st_size
            row[variant + "_stripped"] = stripped.stat().st_size
        yield row


def heaps(programs, scale, work):
    """A checkpoint and a restart of a heap of random bytes."""
    program = programs.c("heap", "ckpt")
    directory = work / "heap"
    directory.mkdir(exist_ok=True)
    for mib in scale.heap_mib:
        done, gap, restart, size = [], [], [], []
        for _ in range(scale.heap_rounds):
            for old in directory.glob("*.chkpt.*"):
                old.unlink()
            numbers = re.findall(r"[\d.]+", measure.run(
                [program, mib, "--", "-d", directory]).out)
            done.append(float(numbers[0]))
            gap.append(float(numbers[1]))
            image = next(directory.glob("*.chkpt.*"))
            size.append(image.stat().st_size)
            log = subprocess.run(
                [program, str(mib), "--", "-v", "-r", image, "--ids", "new"],
                capture_output=True, text=True, check=True,
                env=measure.clean_environment()).stderr
            restart.append(float(re.search(r" in ([\d.]+) s", log).group(1)))
        for old in directory.glob("*.chkpt.*"):
            old.unlink()
        yield {"mib": mib, "done": measure.median(done),
               "gap": measure.median(gap), "restart": measure.median(restart),
               "image": measure.median(size)}


def measure_all(programs, scale, work):
    return {"starts": list(starts(programs, scale)),
            "sizes": list(sizes(programs)),
            "heaps": list(heaps(programs, scale, work))}
