#include "clock_state.h"

#if defined(__linux__)
#include <sys/timex.h>

int weir_clock_is_synchronized(void) {
    struct timex state = {.modes = 0};
    int status = adjtimex(&state);
    if (status < 0) return -1;
    return status != TIME_ERROR;
}
#else
int weir_clock_is_synchronized(void) { return -1; }
#endif
