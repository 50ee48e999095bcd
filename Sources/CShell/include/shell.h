#ifndef WEIR_SHELL_H
#define WEIR_SHELL_H

#include <sys/types.h>

/// Runs a command by /bin/sh, in a process group of its own, which has the shell's id: with no input, with a pipe for
/// what it prints, whose end to read from is `*output`, with the caller's errors, and with no other descriptor of the
/// caller and none of its signal settings. Returns the shell's id, or the negative number of an error. Swift does not
/// see the extensions of GNU that this takes.
pid_t weir_run_shell(const char *command, int *output);

#endif
