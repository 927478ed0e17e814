# Intent: somebody who may not choose process ids is refused --ids same, in one
# line and with 125.
# REQUIRES: nobody
# RUN: %ckpt_cc -D_GNU_SOURCE -O2 -pthread -I %behave %behave/Inputs/ending.c \
# RUN:   -o %t
# RUN: %py %s %t.run %ckpt %t
import generations

setup = generations.scenario(user="nobody")
setup.command.append("0")
first = setup.start(["-d", setup.images, "-v"])
first.wait_ready()
first.checkpoint_now()
first.kill()
second = setup.start(["-r", "auto", "-d", setup.images, "-v", "--ids", "same"])
second.check(second.wait() == 125, "not refused")
second.check(second.err == "ckpt: restart refused: --ids same: operation not "
             "permitted (errno 1)\n", "another line")
second.check(second.out == "", "it ran")
