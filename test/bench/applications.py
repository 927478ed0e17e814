"""The paper's figures 2 to 6: lock pairs, a ring of condition waits, and four
applications over the number of threads."""

import os
import shutil

import measure
import peers

# In the order of the paper's (a) to (d), with the arguments behind the number
# of threads: what grows with the size comes last.
APPLICATIONS = {
    "nbody": ("n-body tree (Barnes)", [4000], 60),
    "lu": ("LU factors (FMM)", [512], 30),
    "tasks": ("task queues with many locks (Radiosity)", [4096], 1200),
    "water": ("pair forces (Water-Spatial)", [8000], 8),
}
# When the checkpoint of a run is taken: at this part of its plain time, so
# that a second one would come after its end.
WHEN = 0.6
TRIES = 12


def over_threads(threads, variants, rounds):
    """{variant: [[Cost, ...] per number of threads]}."""
    found = {name: [] for name in variants}
    for n in threads:
        results = measure.in_turns(
            {name: lambda run=run: run(n) for name, run in variants.items()},
            rounds)
        for name, costs in results.items():
            found[name].append(costs)
    return found


def summary(found, value, base="plain"):
    """Medians by variant, and each one's ratio to the base, per number of
    threads."""
    rows = {name: [measure.median([value(c) for c in costs])
                   for costs in per_threads]
            for name, per_threads in found.items()}
    ratios = {}
    for name, per_threads in found.items():
        if name == base:
            continue
        ratios[name] = []
        for costs, plain in zip(per_threads, found[base]):
            r = measure.ratio([value(c) for c in costs],
                              [value(c) for c in plain])
            ratios[name].append([r.value, r.low, r.high])
    return {"medians": rows, "ratios": ratios}


def ilock(programs, scale):
    """Figure 2."""
    def variant(name):
        program = programs.c("ilock", name)
        return lambda n: float(
            measure.run([program, n, scale.ilock_pairs]).out)
    found = over_threads(scale.ilock_threads,
                         {v: variant(v) for v in ("plain", "ckpt")},
                         scale.figure_rounds)
    return dict(summary(found, lambda ns: ns), threads=scale.ilock_threads)


def ring(programs, scale):
    """Figure 3."""
    def variant(name):
        program = programs.c("ring", name)
        return lambda n: measure.run([program, n, scale.waits])
    found = over_threads(scale.ring_threads,
                         {v: variant(v) for v in ("plain", "ckpt")},
                         scale.figure_rounds)
    return {"threads": scale.ring_threads,
            "cpu": summary(found, lambda c: c.cpu),
            "wall": summary(found, lambda c: c.wall)}


class Application:
    """One of the four, in its variants, on some processors."""

    def __init__(self, programs, name, scale, cpus, work):
        _, fixed, steps = APPLICATIONS[name]
        self.name = name
        self.arguments = fixed + [max(1, round(steps * scale.size))]
        self.programs = {v: programs.c(name, v) for v in ("plain", "ckpt")}
        self.cpus = cpus
        self.work = work
        self.any_number = scale.name == "tiny"  # of checkpoints is good
        self.plain_wall = {}
        self.out = None

    def _checked(self, cost):
        """The result is the same whoever computes it."""
        if self.out is None:
            self.out = cost.out
        if cost.out != self.out:
            raise measure.Failed("%s: %r is not %r" % (
                self.name, cost.out, self.out))
        return cost

    def command(self, variant, threads):
        return [self.programs[variant], threads, *self.arguments]

    def plain(self, threads):
        cost = self._checked(measure.run(self.command("plain", threads),
                                         cpus=self.cpus))
        self.plain_wall.setdefault(threads, []).append(cost.wall)
        return cost

    def enabled(self, threads):
        return self._checked(measure.run(self.command("ckpt", threads),
                                         cpus=self.cpus))

    def one_checkpoint(self, threads):
        """A run that had exactly one; the machine may be slower or faster than
        a moment ago."""
        if threads not in self.plain_wall:
            self.plain(threads)
        period = WHEN * measure.median(self.plain_wall[threads])
        for _ in range(TRIES):
            cost, count = self._with_period(max(0.001, period), threads)
            if count == 1 or count > 1 and self.any_number:
                return cost
            period *= 0.7 if count == 0 else 1.3
        raise measure.Failed("%s: %d checkpoints" % (self.name, count))

    def _with_period(self, period, threads):
        directory = self.work / "images"
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        cost = self._checked(measure.run(
            self.command("ckpt", threads), cpus=self.cpus,
            env=measure.clean_environment(
                CKPT_OPTIONS="-q -k 0 -t %.4f -d %s" % (period, directory))))
        return cost, len(list(directory.glob("*.chkpt.*")))


def applications(programs, scale, cpus, work):
    found = {}
    for name in APPLICATIONS:
        app = Application(programs, name, scale, cpus, work)
        variants = {"plain": app.plain, "enabled": app.enabled,
                    "one": app.one_checkpoint}
        variants.update(peers.variants(app))
        costs = over_threads(scale.app_threads, variants, scale.figure_rounds)
        found[name] = {"cpu": summary(costs, lambda c: c.cpu),
                       "wall": summary(costs, lambda c: c.wall)}
    return {"threads": scale.app_threads, "cpus": cpus, "by_name": found}


def measure_all(programs, scale, work):
    everyone = sorted(os.sched_getaffinity(0))
    several = ",".join(str(c) for c in everyone[:4])
    return {
        "ilock": ilock(programs, scale),
        "ring": ring(programs, scale),
        "one_processor": applications(programs, scale, str(everyone[0]), work),
        "processors": applications(programs, scale, several, work),
        "count": len(everyone[:4]),
    }
