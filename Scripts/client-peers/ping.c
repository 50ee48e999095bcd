// The least that a produced record's way to its consumer takes: bare sockets, ready batches, no client.
//
//   ping PORT TOPIC OFFSET BYTES RATE BATCHES_PER_SECOND SECONDS
//
// One connection produces: BATCHES_PER_SECOND times a second a batch of the records of BYTES that were due since the
// last one, at RATE records/s, acks=all. Another one fetches from OFFSET on, the log's end, as soon as there is a byte.
// Prints percentiles of the time from when a record was due to the arrival of its batch, and the CPU-seconds of both.
#include <pthread.h>

#include "wire.h"

static uint64_t first_offset;
static size_t batch_count;
static int64_t period, start;

static int64_t nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000ll + now.tv_nsec;
}

static void *take_answers(void *peer) {
    for (size_t i = 0; i < batch_count; i++) take_answer(*(int *)peer);
    return NULL;
}

static void *produce(void *unused) {
    (void)unused;
    int peer = connect_to_broker();
    Text request = make_produce();
    pthread_t answers;
    pthread_create(&answers, NULL, take_answers, &peer);
    for (size_t i = 0; i < batch_count; i++) {
        int64_t due = start + (i + 1) * period;
        struct timespec until = {due / 1000000000, due % 1000000000};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
        write_all(peer, request.bytes, request.count);
    }
    pthread_join(answers, NULL);
    return NULL;
}

// The time of arrival of each batch.
static void fetch(int64_t *arrivals) {
    int peer = connect_to_broker();
    size_t capacity = 4 << 20, count;
    char *answer = malloc(capacity);
    uint64_t offset = first_offset;
    for (size_t taken = 0; taken < batch_count;) {
        ask(peer, offset);
        read_frame(peer, answer, capacity);
        int64_t now = nanos();
        const char *batch = batches_in(answer, &count);
        for (const char *end = batch + count; batch < end; batch = after(batch)) {
            offset = offset_after(batch);
            arrivals[taken++] = now;
        }
    }
}

static int ascending(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

int main(int count, char **words) {
    require(count == 8, "see the head of ping.c");
    port = atoi(words[1]), topic = words[2], first_offset = atoll(words[3]), value_bytes = atol(words[4]);
    double rate = atof(words[5]), batch_rate = atof(words[6]), duration = atof(words[7]);
    batch_records = rate / batch_rate;
    batch_count = batch_rate * duration;
    period = 1e9 / batch_rate;
    int64_t *arrivals = calloc(batch_count, sizeof *arrivals);
    start = nanos() + 10000000;
    pthread_t producer;
    pthread_create(&producer, NULL, produce, NULL);
    fetch(arrivals);
    pthread_join(producer, NULL);
    size_t record_count = batch_count * batch_records;
    int64_t *ages = malloc(record_count * sizeof *ages);
    for (size_t i = 0; i < record_count; i++)
        ages[i] = arrivals[i / batch_records] - (start + (int64_t)(i / rate * 1e9));
    qsort(ages, record_count, sizeof *ages, ascending);
    printf("p50 %.1f p99 %.1f us, cpu %.4f s\n", ages[record_count / 2] / 1e3,
           ages[record_count * 99 / 100] / 1e3, cpu_seconds());
    return 0;
}
