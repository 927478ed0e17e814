"""The micro benchmarks: what single calls cost, as ratios to the plain program."""

import json

import measure

# Target of each figure: what the ratio is not to exceed; None where there is
# none. First in a process without threads, then in one with a second thread that
# sleeps.
SINGLE = {
    "Mutex/threads:1": ("mutex pair, no second thread", 1.00),
}
LOCKS = {
    "Mutex/threads:1": ("mutex pair, 1 thread", 0.98),
    "Mutex/threads:2": ("mutex pair, 2 threads, each its own", 0.98),
    "Mutex/threads:3": ("mutex pair, 3 threads", 0.98),
    "Mutex/threads:4": ("mutex pair, 4 threads", 0.98),
    "MutexTrylock": ("trylock and unlock", 1.05),
    "MutexRecursive": ("recursive mutex pair", 1.05),
    "MutexErrorcheck": ("error-checking mutex pair", 1.05),
    "MutexHandOverHand": ("mutex pair, hand over hand", 1.05),
    "RwlockRead": ("read-write lock, reader pair", 1.05),
    "RwlockWrite": ("read-write lock, writer pair", 1.05),
}
SYNC = {
    "SemaphorePostWait": ("semaphore post and wait", 1.05),
    "BarrierOfOne": ("barrier of one thread", 1.05),
    "CondTimedwaitOver": ("condition wait, deadline over", 1.03),
    "CreateJoin/process_time": ("thread create and join", 1.10),
}
CALLS = {
    "OpenClose": ("open and close of /dev/null", 1.05),
    "FopenFclose": ("fopen and fclose of /dev/null", 1.05),
    "ReadNull": ("read of 1 byte, /dev/null", 1.05),
    "WriteNull": ("write of 1 byte, /dev/null", 1.05),
    "PipeWriteRead": ("write and read of 1 byte, pipe", 1.05),
    "ClockGettime": ("clock_gettime", 1.05),
    "MallocFree": ("64 times malloc and free", 1.05),
    "Getpid": ("getpid", None),
    "Sigaction": ("sigaction", None),
    "SignalMask": ("pthread_sigmask, twice", None),
    "RaiseHandled": ("raise, and the handler", None),
}
# The same mutexes when the C library is asked for everything, as where its
# mutexes are not those that the runtime knows.
FORCED = {
    "Mutex/threads:1": ("mutex pair", 1.10),
    "Mutex/threads:2": ("mutex pair, 2 threads", 1.10),
    "MutexTrylock": ("trylock and unlock", 1.10),
    "MutexRecursive": ("recursive mutex pair", 1.10),
    "MutexErrorcheck": ("error-checking mutex pair", 1.10),
    "RwlockRead": ("read-write lock, reader pair", 1.10),
    "RwlockWrite": ("read-write lock, writer pair", 1.10),
}
FOREIGN = {"CKPT_FAULT": "mutex_protocol=1@1+"}


def nanoseconds(program, mode, name, min_time, env):
    out = measure.run([program, mode, "--benchmark_filter=^%s$" % name,
                       "--benchmark_min_time=%g" % min_time,
                       "--benchmark_format=json"],
                      env=measure.clean_environment(**env)).out
    found, = json.loads(out[out.index("{"):])["benchmarks"]
    if found.get("error_occurred"):
        raise measure.Failed("%s: %s" % (name, found["error_message"]))
    assert found["time_unit"] == "ns" and found["name"] == name
    return found["cpu_time"]


def compare(programs, mode, rows, scale, env=None):
    """Rows of the report. Each benchmark is a short run of its own, so that
    the two that are compared are a moment apart."""
    for name, (what, target) in rows.items():
        results = measure.in_turns({
            variant: lambda variant=variant: nanoseconds(
                programs.micro(variant), mode, name, scale.micro_seconds,
                env if env and variant == "ckpt" else {})
            for variant in ("plain", "ckpt")}, scale.micro_rounds)
        yield row(what, target, results["plain"], results["ckpt"], "ns")


def row(what, target, plain, ours, unit):
    r = measure.ratio(ours, plain)
    return {"what": what, "target": target, "unit": unit,
            "plain": measure.median(plain), "ckpt": measure.median(ours),
            "ratio": r.value, "low": r.low, "high": r.high, "pairs": r.pairs}


def static(programs, scale):
    """Statically linked on both sides."""
    for threads, what in ((0, "mutex pair, no second thread"),
                          (1, "mutex pair, 1 thread"),
                          (2, "mutex pair, 2 threads, each its own")):
        results = measure.in_turns({
            variant: lambda variant=variant: float(measure.run(
                [programs.c("ilock", variant, "-static"), threads,
                 scale.pairs]).out)
            for variant in ("plain", "ckpt")}, scale.micro_rounds)
        yield row(what, 1.02, results["plain"], results["ckpt"], "ns")


def contended(programs, scale):
    """All threads on one mutex: pairs per second of processor time, and how
    evenly they are shared out."""
    for threads in (2, 4):
        results = measure.in_turns({
            variant: lambda variant=variant: [float(n) for n in measure.run(
                [programs.c("contended", variant), threads,
                 scale.contended_ms]).out.split()]
            for variant in ("plain", "ckpt")}, scale.contended_rounds)
        costs = {v: [1e9 / r[0] for r in results[v]] for v in results}
        found = row("mutex pair, %d threads on one" % threads, 1.02,
                    costs["plain"], costs["ckpt"], "ns")
        found["fair"] = {v: measure.median([r[2] for r in results[v]])
                         for v in results}
        found["through"] = {v: measure.median([r[1] for r in results[v]])
                            for v in results}
        yield found


def measure_all(programs, scale):
    return {
        "single": list(compare(programs, "single", SINGLE, scale)),
        "locks": list(compare(programs, "threads", LOCKS, scale)),
        "sync": list(compare(programs, "threads", SYNC, scale)),
        "calls": list(compare(programs, "threads", CALLS, scale)),
        "static": list(static(programs, scale)),
        "contended": list(contended(programs, scale)),
        "forced": list(compare(programs, "threads", FORCED, scale, FOREIGN)),
    }
