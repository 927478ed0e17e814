"""SVG plots that redraw the paper's figures 2 to 6 from the data of a run, by
gnuplot."""

import subprocess

import applications
import measure

# How a variant is drawn: label, colour, point type.
LOOKS = {
    "plain": ("checkpointing disabled (plain)", "#222222", 7),
    "ckpt": ("checkpointing enabled", "#1f77b4", 5),
    "enabled": ("enabled, no checkpoints", "#1f77b4", 5),
    "one": ("enabled, one checkpoint", "#d62728", 9),
    "dmtcp": ("DMTCP, no checkpoints", "#2ca02c", 4),
    "dmtcp_one": ("DMTCP, one checkpoint", "#98df8a", 6),
    "criu_one": ("plain, one CRIU dump", "#9467bd", 13),
}

START = """
set terminal svg size %d,%d font 'sans-serif,12' background 'white'
set output '%s'
set border 3 lc rgb '#888888'
set tics nomirror
set grid lc rgb '#dddddd'
set key bottom left reverse Left samplen 2
set xlabel 'threads'
set yrange [0:*]
"""


def _graph(threads, curves, y, title=None):
    """The commands for one graph of {variant: values}."""
    lines = ["set ylabel '%s'" % y,
             "set xtics (%s)" % ", ".join(str(n) for n in threads),
             "set title '%s'" % title if title else "unset title"]
    plots = []
    for i, (name, values) in enumerate(curves.items()):
        label, colour, point = LOOKS[name]
        lines.append("$d%d << EOD" % i)
        lines += ["%g %g" % pair for pair in zip(threads, values)]
        lines.append("EOD")
        plots.append("$d%d with linespoints lw 1.5 pt %d ps 0.6 lc rgb '%s' "
                     "title '%s'" % (i, point, colour, label))
    return "\n".join(lines) + "\nplot " + ", ".join(plots) + "\n"


def _draw(path, width, height, commands):
    done = subprocess.run(
        ["gnuplot"], input=START % (width, height, path) + commands, text=True,
        capture_output=True)
    if done.returncode != 0:
        raise measure.Failed("gnuplot: " + done.stderr)


def _one(path, threads, curves, y):
    _draw(path, 480, 320, _graph(threads, curves, y))


def _four(path, threads, by_application, y):
    commands = "set multiplot layout 2,2\n"
    for letter, (name, curves) in zip("abcd", by_application.items()):
        commands += _graph(threads, curves, y, "(%s) %s" % (
            letter, applications.APPLICATIONS[name][0]))
        commands += "unset key\n"  # the first graph's is for all
    _draw(path, 900, 680, commands + "unset multiplot\n")


def speedups(found):
    """Each variant's speed against that of the plain one with one thread."""
    return {name: {variant: [medians["plain"][0] / t for t in times]
                   for variant, times in medians.items()}
            for name, medians in times(found).items()}


def times(found):
    return {name: values["wall"]["medians"]
            for name, values in found["by_name"].items()}


def draw(results, directory):
    directory.mkdir(parents=True, exist_ok=True)
    ilock, ring = results["ilock"], results["ring"]
    _one(directory / "figure-2.svg", ilock["threads"], ilock["medians"],
         "ns per lock and unlock")
    _one(directory / "figure-3.svg", ring["threads"], ring["cpu"]["medians"],
         "seconds of processor time")
    single, several = results["one_processor"], results["processors"]
    _four(directory / "figure-4.svg", single["threads"], times(single),
          "seconds")
    _four(directory / "figure-5.svg", several["threads"], times(several),
          "seconds")
    _four(directory / "figure-6.svg", several["threads"], speedups(several),
          "speed-up")
