// Preloaded into `weir run`: each call of zstd takes SPIN_SHARE more of its thread's CPU time than it needs. With a share
// of 0 it only reads the clock, so that both sides of a comparison do so.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static double share;
static size_t (*compress)(void *, void *, size_t, const void *, size_t);
static size_t (*decompress)(void *, void *, size_t, const void *, size_t);

static long cpu_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * 1000000000L + time.tv_nsec;
}

__attribute__((constructor)) static void begin(void) {
    const char *text = getenv("SPIN_SHARE");
    share = text ? atof(text) : 0;
    compress = dlsym(RTLD_NEXT, "ZSTD_compress2");
    decompress = dlsym(RTLD_NEXT, "ZSTD_decompressDCtx");
}

static void spin(long start) {
    long now = cpu_ns();
    long end = now + (long)((double)(now - start) * share);
    while (now < end) now = cpu_ns();
}

size_t ZSTD_compress2(void *context, void *to, size_t room, const void *from, size_t count) {
    long start = cpu_ns();
    size_t result = compress(context, to, room, from, count);
    spin(start);
    return result;
}

size_t ZSTD_decompressDCtx(void *context, void *to, size_t room, const void *from, size_t count) {
    long start = cpu_ns();
    size_t result = decompress(context, to, room, from, count);
    spin(start);
    return result;
}
