// The least that a produced record's way to its consumer takes: bare sockets, ready batches, no client.
//
//   ping PORT TOPIC OFFSET BYTES RATE BATCHES_PER_SECOND SECONDS
//
// One connection produces: BATCHES_PER_SECOND times a second a batch of the records of BYTES that were due since the
// last one, at RATE records/s, acks=all. Another one fetches from OFFSET on, the log's end, as soon as there is a byte. Prints percentiles of the
// time from when a record was due to the arrival of its batch, and the CPU-seconds of both.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "crc32c.h"

static int port;
static const char *topic;
static uint64_t first_offset;
static size_t value_bytes, batch_records, batch_count;
static int64_t period, start;

static void require(int holds, const char *what) {
    if (holds) return;
    perror(what);
    exit(1);
}

static int64_t nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000ll + now.tv_nsec;
}

static int connect_to_broker(void) {
    int peer = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    struct sockaddr_in broker = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    require(connect(peer, (void *)&broker, sizeof broker) == 0, "connect");
    setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return peer;
}

static void write_all(int peer, const char *bytes, size_t count) {
    for (size_t done = 0; done < count;) {
        ssize_t part = write(peer, bytes + done, count - done);
        require(part > 0, "write");
        done += part;
    }
}

static size_t read_frame(int peer, char *frame, size_t capacity) {
    uint32_t length;
    require(recv(peer, &length, 4, MSG_WAITALL) == 4, "read");
    size_t count = be32toh(length);
    require(count <= capacity && recv(peer, frame, count, MSG_WAITALL) == (ssize_t)count, "read");
    return count;
}

typedef struct {
    char *bytes;
    size_t count;
} Text;

static void put(Text *to, uint64_t value, int byte_count) {
    for (int i = byte_count - 1; i >= 0; i--) to->bytes[to->count++] = value >> (8 * i);
}

static void put_string(Text *to, const char *text) {
    put(to, strlen(text), 2);
    memcpy(to->bytes + to->count, text, strlen(text));
    to->count += strlen(text);
}

static void put_varint(Text *to, int64_t value) {
    uint64_t zigzag = (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
    for (; zigzag > 127; zigzag >>= 7) put(to, (zigzag & 127) | 128, 1);
    put(to, zigzag, 1);
}

static uint64_t get(const char *place, int byte_count) {
    uint64_t value = 0;
    for (int i = 0; i < byte_count; i++) value = value << 8 | (unsigned char)place[i];
    return value;
}

static void put_records(Text *to) {
    char *body = malloc(value_bytes + 64);
    for (size_t i = 0; i < batch_records; i++) {
        Text record = {body, 0};
        put(&record, 0, 1), put_varint(&record, 0), put_varint(&record, i), put_varint(&record, -1);
        put_varint(&record, value_bytes);
        for (size_t j = 0; j < value_bytes; j++) put(&record, (i + j) * 2654435761u >> 24, 1);
        put_varint(&record, 0);
        put_varint(to, record.count);
        memcpy(to->bytes + to->count, body, record.count);
        to->count += record.count;
    }
    free(body);
}

// A Produce request of version 7 for partition 0 with one batch, whose layout is Kafka's of magic 2.
static Text make_produce(void) {
    Text records = {malloc(batch_records * (value_bytes + 64)), 0};
    put_records(&records);
    size_t batch = 61 + records.count;
    Text request = {malloc(batch + 256), 0};
    put(&request, 0, 4), put(&request, 0, 2), put(&request, 7, 2), put(&request, 7, 4);
    put_string(&request, "ping");
    put(&request, -1, 2), put(&request, -1, 2), put(&request, 30000, 4);
    put(&request, 1, 4), put_string(&request, topic);
    put(&request, 1, 4), put(&request, 0, 4), put(&request, batch, 4);
    put(&request, 0, 8), put(&request, batch - 12, 4), put(&request, -1, 4), put(&request, 2, 1);
    size_t crc = request.count;
    uint64_t timestamp = time(NULL) * 1000ull;
    put(&request, 0, 4), put(&request, 0, 2), put(&request, batch_records - 1, 4);
    put(&request, timestamp, 8), put(&request, timestamp, 8);
    put(&request, -1, 8), put(&request, -1, 2), put(&request, -1, 4), put(&request, batch_records, 4);
    memcpy(request.bytes + request.count, records.bytes, records.count);
    request.count += records.count;
    uint32_t sum = htobe32(weir_crc32c(0, request.bytes + crc + 4, request.count - crc - 4));
    memcpy(request.bytes + crc, &sum, 4);
    uint32_t length = htobe32(request.count - 4);
    memcpy(request.bytes, &length, 4);
    return request;
}

static void *take_answers(void *peer) {
    char answer[1024];
    for (size_t i = 0; i < batch_count; i++) {
        read_frame(*(int *)peer, answer, sizeof answer);
        require(get(answer + 4 + 4 + 2 + strlen(topic) + 4 + 4, 2) == 0, "an error in the answer");
    }
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

// A Fetch request of version 11 from `offset` on.
static void ask(int peer, uint64_t offset) {
    char bytes[512];
    Text request = {bytes, 0};
    put(&request, 0, 4), put(&request, 1, 2), put(&request, 11, 2), put(&request, 7, 4);
    put_string(&request, "ping");
    put(&request, -1, 4), put(&request, 500, 4), put(&request, 1, 4), put(&request, 1 << 20, 4);
    put(&request, 0, 1), put(&request, 0, 4), put(&request, -1, 4);
    put(&request, 1, 4), put_string(&request, topic), put(&request, 1, 4), put(&request, 0, 4);
    put(&request, -1, 4), put(&request, offset, 8), put(&request, -1, 8), put(&request, 1 << 20, 4);
    put(&request, 0, 4), put_string(&request, "");
    uint32_t length = htobe32(request.count - 4);
    memcpy(bytes, &length, 4);
    write_all(peer, bytes, request.count);
}

// The time of arrival of each batch.
static void fetch(int64_t *arrivals) {
    int peer = connect_to_broker();
    size_t capacity = 4 << 20;
    char *answer = malloc(capacity);
    uint64_t offset = first_offset;
    for (size_t taken = 0; taken < batch_count;) {
        ask(peer, offset);
        read_frame(peer, answer, capacity);
        int64_t now = nanos();
        // correlation id, throttle, error, session; topic; partition, error, high watermark, …
        const char *place = answer + 4 + 4 + 2 + 4 + 4;
        place += 2 + get(place, 2) + 4 + 4;
        require(get(place, 2) == 0, "an error in the answer");
        place += 2 + 8 + 8 + 8;
        int32_t aborted = get(place, 4);
        place += 4 + (aborted > 0 ? aborted * 16 : 0) + 4;
        size_t records = get(place, 4);
        place += 4;
        for (const char *batch = place; batch < place + records; batch += 12 + get(batch + 8, 4)) {
            offset = get(batch, 8) + get(batch + 23, 4) + 1;
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
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("p50 %.1f p99 %.1f us, cpu %.4f s\n", ages[record_count / 2] / 1e3,
           ages[record_count * 99 / 100] / 1e3,
           usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
               (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6);
    return 0;
}
