# Intent: a lock that somebody else has taken on a file since makes the restart
# end with one line, before the file is touched; when it has been given up the
# restart goes on.
# RUN: %ckpt_cc -std=gnu11 -D_GNU_SOURCE -pthread -I %behave \
# RUN:   %behave/Inputs/locked.c -o %t
# RUN: %py %s %t.run %ckpt %t
"""Each kind of lock, under each kind of ids."""

import fcntl
import os
import sys

import generations

for kind, ids in (("flock", "same"), ("posix", "ns"), ("open", "new")):
    setup = generations.Setup(os.path.join(sys.argv[1], kind), sys.argv[2],
                              [sys.argv[3], kind])
    program = setup.start(["-d", setup.images])
    program.wait_ready()
    image = program.checkpoint_now()
    program.kill()
    path = os.path.join(setup.work, "out")
    with open(path, "ab") as file:
        file.write(b" and later")
        file.flush()
        (fcntl.flock if kind == "flock" else fcntl.lockf)(file, fcntl.LOCK_EX)
        program = setup.start(["-r", image, "--ids", ids])
        program.check(program.wait() == 125, "not refused")
        program.check(program.err == "ckpt: restart failed: the lock on %s is "
                      "another process's now\n" % path, "another line")
        program.check(os.path.getsize(path) == 15, "the file has changed")
    program = setup.start(["-r", image, "-v", "--ids", ids])
    program.wait_restarted()
    program.check(os.path.getsize(path) == 5, "not rolled back")
    program.finish(1)
