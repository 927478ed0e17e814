# Intent: callbacks are told what became of the checkpoint: taken, failed, put
# off because one of them blocks or disables checkpoints; -x ends the program
# without, and the restored one is told of its restart.
# RUN: %ckpt_cc -D_GNU_SOURCE -O2 -pthread -I %behave %behave/Inputs/callbacks.c -o %t
# RUN: %py %s %t.run %ckpt %t
import subprocess

import generations

EAGAIN, ENOSPC = 11, 28
setup = generations.scenario()


def start(options, what):
    program = setup.start(["-d", setup.images, "-v", *options], [what])
    program.wait_ready()
    return program


def now(program):
    return subprocess.run([setup.ckpt, "now", str(program.pid)], text=True,
                          capture_output=True, check=False, timeout=45)


def said(program):
    return program.out.splitlines()


# Taken, then one that fails, then the one that it asks for.
setup.environment["CKPT_FAULT"] = "image_write=%d@40" % ENOSPC
program = start([], "return")
image = program.checkpoint_now()
program.wait_until(lambda: "after 0" in said(program), "not told")
failed = 0
while failed == 0:
    failed = now(program).returncode
program.wait_until(lambda: "after %d" % ENOSPC in said(program), "not told")
setup.hand_over()
program.check(program.wait() == 0, "it did not end well")
program.check(said(program)[-5:-1] == ["after %d" % ENOSPC, "before 0",
                                       "after 0", "here 0"], "another order")
del setup.environment["CKPT_FAULT"]

# Restored: it asks for one as well.
program = setup.start(["-r", image, "-v"])
program.check(program.wait() == 0, "it did not end well")
program.check(sorted(said(program)) == sorted(
    ["restart 0", "before 0", "after 0", "here 0", "OK 1"]), "another order")

# -x: nothing is told but to the restored program.
generations.os.remove(setup.token)
program = start(["-x", "USR1"], "return")
generations.os.kill(program.pid, generations.signal.SIGUSR1)
program.check(program.wait() == 85, "it did not end with 85")
program.check(said(program) == ["ready", "before 0"], "told of its end")
program = setup.start(["-r", setup.image_list()[-1], "-v"])
program.wait_until(lambda: said(program) == ["restart 0"], "not told")
program.kill()

# One that keeps checkpoints out: what was asked for waits, and is done.
program = start([], "disable")
asked = subprocess.Popen([setup.ckpt, "now", str(program.pid)],
                         stdout=subprocess.PIPE, text=True)
program.wait_until(lambda: said(program)[1:] == ["before 0",
                                                 "after %d" % EAGAIN],
                   "not told")
program.check(asked.poll() is None, "a checkpoint was taken")
setup.hand_over()
program.check(program.wait() == 0, "it did not end well")
program.check(asked.wait(45) == 0, "no checkpoint")
program.check(said(program)[3:] == ["before 0", "after 0"] * 2 +
              ["here 0", "OK 0"], "another order")

# One that does not return: put off, and told when it has.
generations.os.remove(setup.token)
program = start([], "block")
result = now(program)
program.check(result.returncode != 0 and
              "a callback (checkpoint_on) has not returned" in result.stderr,
              "not put off: " + result.stderr)
program.check(said(program) == ["ready", "before 0"], "told too early")
setup.hand_over()
program.check(program.wait() == 0, "it did not end well")
program.check(said(program)[2:] == ["after %d" % EAGAIN, "before 0", "after 0",
                                    "here 0", "OK 0"], "another order")
