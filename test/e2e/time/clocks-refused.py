# Intent: where the clocks are behind and there is no time namespace to be had,
# the restart is refused with a line, and succeeds where there is one.
# REQUIRES: nobody
# RUN: %ckpt_cc -std=gnu11 -D_GNU_SOURCE -O2 -g -pthread -I %behave \
# RUN:   %behave/Inputs/clocks.c -o %t
# RUN: %py %s %t.run %ckpt %t
import generations

AHEAD = ("unshare", "--time", "--monotonic", "172800", "--boottime", "172800",
         "--fork", "--kill-child")
# A user namespace that allows no other ones of these kinds.
NONE = ("unshare", "--user", "--map-root-user", "sh", "-ec",
        "echo 0 > /proc/sys/user/max_time_namespaces; exec \"$@\"", "sh")

setup = generations.scenario()
first = setup.start(["-d", setup.images, "-v", "-t", "0.05"], launcher=AHEAD)
first.wait_ready()
first.wait_checkpoints(2)
first.kill()
for ids in ("new", "ns"):
    second = setup.start(["-r", "auto", "-d", setup.images, "-v", "--ids", ids],
                         launcher=NONE)
    code = second.wait()
    second.check(code == 125 and "ckpt: restart refused: " in second.err and
                 "the clocks of this machine are behind those of the "
                 "checkpoint, and there is no time namespace to set them in: "
                 in second.err and len(second.err.splitlines()) == 1,
                 "not refused (%d)" % code)
third = setup.start(["-r", "auto", "-d", setup.images, "-v", "--ids", "new"])
third.wait_restarted()
third.finish(1)
print("good")
