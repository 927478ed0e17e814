// Intent: a call that waits goes on in the restarted program, for what was left
// of its timeout, and is not seen to be interrupted: neither by checkpoints nor
// by restarts.
// RUN: %ckpt_cc -std=gnu11 -D_GNU_SOURCE -O2 -g -Wall -Werror -pthread -I %behave \
// RUN:   %behave/Inputs/blocking.c -o %t
// RUN: %generations --interval 0.02 --generations 5 %t 0
// RUN: %generations --interval 0.02 --generations 5 --ids ns %t 0
// RUN: %generations --interval 0.02 --generations 5 --ids new %t 0
// RUN: %generations --interval 0.02 --generations 5 --ids new --user nobody %t 0
// RUN: %ckpt_cc -std=gnu11 -D_GNU_SOURCE -O0 -g -Wall -Werror -pthread -I %behave \
// RUN:   %behave/Inputs/blocking.c -static -o %t.static
// RUN: %generations --interval 0.02 --generations 5 --ids new %t.static 0
