#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

// Counts what the calling thread takes from the heap, by standing in front of the C library's malloc in
// the executable that this is linked into. A sanitizer has that place for itself: then nothing is counted.

bool allocations_are_counted(void);

// How often this thread has called malloc, calloc or realloc, and for how many bytes in all.
uint64_t allocation_count(void);
uint64_t allocated_byte_count(void);

#endif
