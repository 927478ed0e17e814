# Intent: two runs of one program share a directory: -k 2 keeps the two newest
# images of each run, neither touches the other's, and `auto` does not take
# those of a run that lives.
# RUN: %ckpt_cc -D_GNU_SOURCE -O2 -pthread -I %behave %behave/Inputs/ending.c \
# RUN:   -o %t
# RUN: %py %s %t.run %ckpt %t
import generations

setup = generations.scenario()
setup.command.append("0")
runs = [setup.start(["-k", "2", "-d", setup.images, "-v"]) for _ in range(2)]
newest = {}
for run in runs:
    run.wait_ready()
for turn in range(5):
    for run in runs:
        newest.setdefault(run, []).append(run.checkpoint_now())
kept = sorted(newest[runs[0]][-2:] + newest[runs[1]][-2:])
runs[0].wait_until(lambda: sorted(setup.image_list()) == kept, "-k 2")
third = setup.start(["-r", "auto", "-d", setup.images, "-v"])
third.wait_ready()
third.check(len(third.lines("ckpt: passing over .*its run is still alive")) == 4,
            "took an image of a live run")
third.kill()
for run in runs:
    run.kill()
for run in runs:
    again = setup.start(["-r", newest[run][-1], "-v"])
    again.wait_restarted()
    again.kill()
again = setup.start(["-r", "auto", "-d", setup.images, "-v"])
again.wait_restarted()
again.check(newest[runs[1]][-1] in again.err, "not from the newest")
again.finish(1)
