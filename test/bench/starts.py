"""What a start, a program file, a checkpoint and a restart cost."""

import os
import re
import subprocess
import time

import measure
import micro


def many_starts(program, count, env):
    """Milliseconds of processor time, and of waiting, for one start."""
    before = os.times()
    wall = time.monotonic()
    for _ in range(count):
        subprocess.run([program], check=True, env=env)
    wall = time.monotonic() - wall
    after = os.times()
    cpu = (after.children_user - before.children_user +
           after.children_system - before.children_system)
    return cpu / count * 1000, wall / count * 1000


def starts(programs, scale):
    for what, flags, off in (("dynamically linked", [], False),
                             ("statically linked", ["-static"], False),
                             ("dynamically linked, CKPT_DISABLE=1", [], True)):
        results = measure.in_turns({
            variant: lambda variant=variant: many_starts(
                programs.c("nothing", variant, *flags), scale.starts,
                measure.clean_environment(**(
                    {"CKPT_DISABLE": "1"} if off else {})))
            for variant in ("plain", "ckpt")}, scale.start_rounds)
        wall = {v: [r[1] for r in results[v]] for v in results}
        found = micro.row(what, None, wall["plain"], wall["ckpt"], "ms")
        found["more"] = measure.median(
            [b - a for a, b in zip(wall["plain"], wall["ckpt"])])
        found["target_more"] = 0.3
        found["more_cpu"] = measure.median(
            [b[0] - a[0] for a, b in zip(results["plain"], results["ckpt"])])
        found["system_calls"] = {
            v: system_calls(programs.c("nothing", v, *flags)) for v in results}
        yield found


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
