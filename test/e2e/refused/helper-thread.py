# Intent: an image with a thread that the C library has started for itself is not
# restarted under new ids, which the C library does not know; the line says what
# to do, and that way works.
# RUN: %ckpt_cc -std=gnu11 -D_GNU_SOURCE -O2 -pthread -I %behave \
# RUN:   %behave/time/timer-thread.c -o %t
# RUN: %py %s %t.run %ckpt %t
import re

import generations

setup = generations.scenario()
first = setup.start(["-d", setup.images, "-v"])
first.wait_ready()
first.checkpoint_now()
first.kill()
second = setup.start(["-r", "auto", "-d", setup.images, "--ids", "new"])
second.check(second.wait() == 125, "restarted all the same")
second.check(re.fullmatch(
    r"ckpt: restart refused: --ids new: thread \d+ was started by the C library "
    r"for itself \(timers, asynchronous I/O\), which knows it by that id "
    r"\(use --ids ns\)\n", second.err), "the line: " + second.err)
third = setup.start(["-r", "auto", "-d", setup.images, "-v", "--ids", "ns"])
third.wait_restarted()
third.finish(1)
