#include "AllocationCounter.h"

#include <stddef.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif

#if defined(__GLIBC__) && !defined(HAS_SANITIZER)

static __thread uint64_t count;
static __thread uint64_t byte_count;

// glibc's own entries, which its free knows as well as those that they are called through here.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t elements, size_t size);
extern void *__libc_realloc(void *old, size_t size);

void *malloc(size_t size) {
    count += 1;
    byte_count += size;
    return __libc_malloc(size);
}

void *calloc(size_t elements, size_t size) {
    count += 1;
    byte_count += elements * size;
    return __libc_calloc(elements, size);
}

void *realloc(void *old, size_t size) {
    count += 1;
    byte_count += size;
    return __libc_realloc(old, size);
}

bool allocations_are_counted(void) { return true; }
uint64_t allocation_count(void) { return count; }
uint64_t allocated_byte_count(void) { return byte_count; }

#else

bool allocations_are_counted(void) { return false; }
uint64_t allocation_count(void) { return 0; }
uint64_t allocated_byte_count(void) { return 0; }

#endif
