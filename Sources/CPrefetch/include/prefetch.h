#ifndef WEIR_PREFETCH_H
#define WEIR_PREFETCH_H

#include <stddef.h>

/// Asks for the cache lines of `byte_count` bytes at `start`, and does not wait for them. Never faults,
/// wherever `start` points. Swift has no such instruction.
static inline void weir_prefetch(const void *start, size_t byte_count) {
    const char *line = (const char *)start;
    // Mostly one or two lines, for which the set-up of an unrolled loop costs more than it saves.
#pragma clang loop unroll(disable)
    for (size_t position = 0; position < byte_count; position += 64) {
        __builtin_prefetch(line + position);
    }
}

#endif
