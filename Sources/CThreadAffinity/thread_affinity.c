#define _GNU_SOURCE
#include "thread_affinity.h"

#ifdef __linux__
#include <sched.h>
#include <stddef.h>
#endif

int weir_stay_on_core(void) {
#ifdef __linux__
    const int core = sched_getcpu();
    if (core < 0) return -1;
    // Allocated, since a machine may have more cores than a `cpu_set_t` has bits.
    const size_t size = CPU_ALLOC_SIZE(core + 1);
    cpu_set_t *cores = CPU_ALLOC(core + 1);
    if (cores == NULL) return -1;
    CPU_ZERO_S(size, cores);
    CPU_SET_S(core, size, cores);
    const int result = sched_setaffinity(0, size, cores);
    CPU_FREE(cores);
    return result == 0 ? core : -1;
#else
    return -1;
#endif
}
