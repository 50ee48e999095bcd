// What `ping` and `bare` send and read: Kafka's protocol over bare sockets, each program with one topic.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <netinet/tcp.h>
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
static size_t value_bytes, batch_records;

static void require(int holds, const char *what) {
    if (holds) return;
    perror(what);
    exit(1);
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

// Reads the answer to a Produce request.
static void take_answer(int peer) {
    char answer[1024];
    read_frame(peer, answer, sizeof answer);
    require(get(answer + 4 + 4 + 2 + strlen(topic) + 4 + 4, 2) == 0, "an error in the answer");
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

// The batches in the answer to a Fetch request, and how many bytes they have.
static const char *batches_in(const char *answer, size_t *count) {
    // correlation id, throttle, error, session; topic; partition, error, high watermark, …
    const char *place = answer + 4 + 4 + 2 + 4 + 4;
    place += 2 + get(place, 2) + 4 + 4;
    require(get(place, 2) == 0, "an error in the answer");
    place += 2 + 8 + 8 + 8;
    int32_t aborted = get(place, 4);
    place += 4 + (aborted > 0 ? aborted * 16 : 0) + 4;
    *count = get(place, 4);
    return place + 4;
}

// Where the batch after this one begins.
static const char *after(const char *batch) { return batch + 12 + get(batch + 8, 4); }

static uint64_t offset_after(const char *batch) { return get(batch, 8) + get(batch + 23, 4) + 1; }

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
           (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}
