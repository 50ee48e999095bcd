#ifndef WEIR_THREAD_AFFINITY_H
#define WEIR_THREAD_AFFINITY_H

/// Keeps the calling thread on the core that it runs on. Returns the core's number, or -1 where the system does not
/// allow it. Swift does not see the macros of `cpu_set_t`.
int weir_stay_on_core(void);

#endif
