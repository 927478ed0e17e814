# Intent: one image restarts ten times, whoever has gone on from it before; and
# two copies of it run at once, under new ids and in namespaces of their own.
# RUN: %ckpt_cc -D_GNU_SOURCE -O2 -pthread -I %behave %behave/Inputs/vmas.c -o %t
# RUN: %py %s %t.run %ckpt %t
import generations

setup = generations.scenario()
program = setup.start(["-d", setup.images, "-v", "-k", "1"])
program.wait_ready()
image = program.checkpoint_now()
program.kill()


def restart(ids):
    again = setup.start(["-r", image, "-k", "0", "-v", "--ids", ids])
    again.wait_restarted()
    return again


for i in range(10):
    restart(("same", "ns", "new")[i % 3]).kill()
copies = [restart(ids) for ids in ("new", "new", "ns", "ns")]
setup.hand_over()
for copy in copies:
    copy.check(copy.wait() == 0 and "OK 1\n" in copy.out, "a wrong end")
copies[0].check(generations.reap_all(), "a process does not end")
