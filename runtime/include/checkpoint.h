/* checkpoint.h - checkpoint and restart of this program, for C and C++.
 *
 * A program built with ckpt-cc needs none of this: `prog -- -t 60` takes a
 * checkpoint every minute and `prog -- -r prog.chkpt.3` goes on from one. The
 * calls are for programs built without the pass (checkpoint_init) and for those
 * that want a say in when and what. Every function links and is harmless when
 * checkpointing is off. Source: Dieter & Lumpp, "User-level Checkpointing of
 * POSIX Threads", section 2; libckpt (Plank et al., 1995) for
 * checkpoint_here.
 */
#ifndef CHECKPOINT_H
#define CHECKPOINT_H

#ifdef __cplusplus
extern "C" {
#endif

/* First line of main in a program built without the pass. Takes the words after
 * the last `--` out of the arguments if all of them are checkpoint options.
 *
 * argc, argv: addresses as main got them; both null in a main without
 *   arguments. *argc is corrected; argv is edited in place.
 *
 * In a forked child, both null: checkpoints are taken of the child from here on
 * (elsewhere of the program alone). It is a run of its own with the options of
 * its parent; `-r FILE` restarts it, `-r auto` does not.
 *
 * Does not return when the options say restart (-r): the program goes on where
 * the checkpoint was taken. An option that cannot be followed, or a bad image,
 * ends the program with one line on standard error and exit code 125. */
void checkpoint_init(int *argc, char **argv);

/* Takes a checkpoint now and waits until it is durable.
 *
 * Returns 0 in the run that goes on, 1 in a run restored from this checkpoint,
 * -1 with errno set if none was taken: ENOSYS (checkpointing is off), EBUSY
 * (between checkpoint_disable and checkpoint_enable), EAGAIN (a thread could
 * not be stopped in time, or a child process still lives after 10 s), ENOTSUP
 * (the program holds something that cannot be carried over a restart; one line
 * on standard error names it), or the error of the file system. */
int checkpoint_here(void);

/* Between these two calls no checkpoint is taken; requests wait. They nest and
 * may be called by any thread. checkpoint_disable returns when a checkpoint
 * under way is complete. */
void checkpoint_disable(void);
void checkpoint_enable(void);

/* How many restarts lie between the first start of this run and now: 0 in a
 * program that was never restored. */
int checkpoint_generation(void);

#ifdef __clang__
/* A function the pass leaves alone: its calls go to the C library as written.
 */
#define CHECKPOINT_NO_INSTRUMENT __attribute__((annotate("ckpt.no_instrument")))
#else
#define CHECKPOINT_NO_INSTRUMENT
#endif

#ifdef __cplusplus
}
#endif

#endif
