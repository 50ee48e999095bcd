#ifndef WEIR_CLOCK_STATE_H
#define WEIR_CLOCK_STATE_H

/// Whether the kernel holds its clock for synchronized by a time service (adjtimex(2)): 1 or 0, and -1
/// where it does not tell. Swift's Glibc module lacks the header.
int weir_clock_is_synchronized(void);

#endif
