#define _GNU_SOURCE
#include "file_space.h"

#include <errno.h>
#include <fcntl.h>

int weir_reserve_space(int descriptor, int64_t position, int64_t byte_count) {
#ifdef FALLOC_FL_KEEP_SIZE
    int result;
    do {
        result = fallocate(descriptor, FALLOC_FL_KEEP_SIZE, position, byte_count);
    } while (result != 0 && errno == EINTR);
    return result == 0 ? 0 : errno;
#else
    (void)descriptor, (void)position, (void)byte_count;
    return ENOTSUP;
#endif
}
