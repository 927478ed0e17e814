# Intent: while a thread is in a system call that no signal interrupts (a write
# to a frozen file system), checkpoints are put off with a line that names it,
# the program goes on, and the next checkpoint is taken when the thread is back.
# REQUIRES: reflink
# RUN: %ckpt_cc -D_GNU_SOURCE -O2 -pthread -I %behave %behave/Inputs/frozen.c \
# RUN:   -o %t
# RUN: unshare -m %py %s %t.run %ckpt %t
import os
import subprocess

import generations


def command(*words):
    subprocess.run([str(word) for word in words], check=True)


setup = generations.scenario()
disk = os.path.join(setup.dir, "disk")
mount = os.path.join(setup.dir, "mount")
with open(disk, "wb") as file:
    file.truncate(400 << 20)
os.mkdir(mount)
command("mkfs.xfs", "-q", disk)
command("mount", "-o", "loop", disk, mount)
setup.command.append(os.path.join(mount, "file"))
first = setup.start(["-d", setup.images, "-v"])
first.wait_ready()
first.checkpoint_now()
command("fsfreeze", "-f", mount)
try:
    writer = max(int(name) for name in os.listdir("/proc/%d/task" % first.pid)
                 if "the writer" in generations.read("/proc/%d/task/%s/comm" %
                                                     (first.pid, name)))
    first.wait_until(
        lambda: ") D " in generations.read("/proc/%d/task/%d/stat" %
                                           (first.pid, writer)),
        "the writer in uninterruptible sleep")
    told = subprocess.run([setup.ckpt, "now", str(first.pid)],
                          capture_output=True, text=True, check=False,
                          timeout=generations.kPatience)
    expected = ("put off: thread %d (the writer) does not answer (it is in "
                "uninterruptible sleep)" % writer)
    first.check(told.returncode != 0 and expected in told.stderr,
                "ckpt now: %s, %s" % (told, expected))
    # All others go on.
    ticks = first.out.count("tick")
    first.wait_until(lambda: first.out.count("tick") > ticks + 5, "ticks")
finally:
    command("fsfreeze", "-u", mount)
image = first.checkpoint_now()
first.kill()
for ids in ("same", "new"):
    second = setup.start(["-r", image, "-d", setup.images, "-v", "--ids", ids])
    second.wait_restarted()
    if ids == "same":
        second.kill()
second.finish(1)
second.check_streams()
command("umount", mount)
print("good")
