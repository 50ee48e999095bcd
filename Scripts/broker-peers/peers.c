// What a broker is held against, and what drives it: bare programs that do the same to the same bytes.
//
//   peers sendfile FILE CHUNK            answers each byte that comes with CHUNK bytes of FILE, by sendfile
//   peers receive FILE CHUNK             reads a socket, checks a CRC-32C over each CHUNK, writes it to FILE
//   peers echo SIZE                      answers each SIZE bytes with 4
//   peers pull PORT CHUNK BYTES          asks a `sendfile` for BYTES and discards them
//   peers push PORT CHUNK BYTES          sends BYTES to a `receive`
//   peers ping PORT SIZE RATE SECONDS    sends SIZE bytes to an `echo` at a rate; prints percentiles
//   peers produce PORT TOPIC SIZE RATE SECONDS  the same to a broker: a record in each request, acks=all
//   peers fetch PORT TOPIC CHUNK BYTES   fetches BYTES from a broker and discards them
//
// Servers print the port that they listen on, serve one connection, and print their CPU seconds.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "crc32c.h"

static void require(int holds, const char *what) {
    if (!holds) {
        perror(what);
        exit(1);
    }
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec * 1e-9;
}

static double cpu(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
           (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

static int accept_one(void) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof address;
    require(bind(listener, (void *)&address, length) == 0 && listen(listener, 1) == 0, "listen");
    getsockname(listener, (void *)&address, &length);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    int peer = accept(listener, NULL, NULL);
    require(peer >= 0, "accept");
    setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return peer;
}

static int connect_to(int port) {
    int peer = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    require(connect(peer, (void *)&address, sizeof address) == 0, "connect");
    setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return peer;
}

static int read_all(int file, char *buffer, size_t count) {
    for (size_t done = 0; done < count;) {
        ssize_t part = read(file, buffer + done, count - done);
        if (part <= 0) return 0;
        done += part;
    }
    return 1;
}

static void write_all(int file, const char *buffer, size_t count) {
    for (size_t done = 0; done < count;) {
        ssize_t part = write(file, buffer + done, count - done);
        require(part > 0, "write");
        done += part;
    }
}

static void serve_sendfile(const char *path, size_t chunk) {
    int file = open(path, O_RDONLY), peer = accept_one();
    struct stat status;
    require(file >= 0 && fstat(file, &status) == 0, path);
    off_t position = 0;
    char byte;
    while (read(peer, &byte, 1) == 1) {
        if (position + (off_t)chunk > status.st_size) position = 0;
        for (size_t left = chunk; left > 0;) {
            ssize_t part = sendfile(peer, file, &position, left);
            require(part > 0, "sendfile");
            left -= part;
        }
    }
    printf("cpu %.6f\n", cpu());
}

static void serve_receive(const char *path, size_t chunk) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644), peer = accept_one();
    require(file >= 0, path);
    char *buffer = aligned_alloc(4096, (chunk + 4095) & ~4095ul);
    uint32_t checked = 0;
    while (read_all(peer, buffer, chunk)) {
        checked ^= weir_crc32c(0, buffer, chunk);
        write_all(file, buffer, chunk);
    }
    printf("cpu %.6f crc %08x\n", cpu(), checked);
}

static void serve_echo(size_t size) {
    int peer = accept_one();
    char *buffer = malloc(size);
    while (read_all(peer, buffer, size)) write_all(peer, "done", 4);
}

static void pull(int port, size_t chunk, size_t bytes) {
    int peer = connect_to(port);
    char *buffer = malloc(chunk);
    double start = seconds();
    size_t done = 0;
    for (; done < bytes; done += chunk) {
        write_all(peer, "?", 1);
        require(read_all(peer, buffer, chunk), "read");
    }
    printf("%.1f MB/s, %zu bytes\n", done / (seconds() - start) / 1e6, done);
}

static void push(int port, size_t chunk, size_t bytes) {
    int peer = connect_to(port);
    char *buffer = malloc(chunk);
    for (size_t i = 0; i < chunk; i++) buffer[i] = i * 2654435761u >> 24;
    double start = seconds();
    size_t done = 0;
    for (; done < bytes; done += chunk) write_all(peer, buffer, chunk);
    printf("%.1f MB/s, %zu bytes\n", done / (seconds() - start) / 1e6, done);
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static char request[1 << 17];
static size_t request_length;

static void put(uint64_t value, int byte_count) {
    for (int i = byte_count - 1; i >= 0; i--) request[request_length++] = value >> (8 * i);
}

static void put_string(const char *text) {
    put(strlen(text), 2);
    memcpy(request + request_length, text, strlen(text));
    request_length += strlen(text);
}

static uint64_t get(const char *place, int byte_count) {
    uint64_t value = 0;
    for (int i = 0; i < byte_count; i++) value = value << 8 | (unsigned char)place[i];
    return value;
}

// Sends `request` at a rate, whatever is unanswered, and takes the answers, which have `answer_length` bytes
// each. Times run from when a request was due; after the percentiles comes the highest of each second.
static void paced(int peer, size_t answer_length, void (*check)(const char *), double rate, double duration) {
    size_t count = rate * duration, sent = 0, answered = 0, held = 0;
    double *times = malloc(count * sizeof *times), start = seconds() + 0.01;
    char answers[1 << 16];
    while (answered < count) {
        if (sent < count && seconds() >= start + sent / rate) {
            write_all(peer, request, request_length);
            sent++;
        }
        ssize_t part = recv(peer, answers + held, sizeof answers - held, MSG_DONTWAIT);
        require(part > 0 || (part < 0 && errno == EAGAIN), "recv");
        if (part < 0) continue;
        double now = seconds();
        size_t place = 0;
        for (held += part; held - place >= answer_length; place += answer_length, answered++) {
            if (check) check(answers + place);
            times[answered] = now - (start + answered / rate);
        }
        memmove(answers, answers + place, held -= place);
    }
    double highest[3600] = {0};
    for (size_t i = 0; i < count; i++) {
        size_t second = i / rate;
        if (second < 3600 && times[i] > highest[second]) highest[second] = times[i];
    }
    qsort(times, count, sizeof *times, ascending);
    printf("p50 %.1f p99 %.1f p99.9 %.1f max %.1f us; highest of each second:", times[count / 2] * 1e6,
           times[count * 99 / 100] * 1e6, times[count * 999 / 1000] * 1e6, times[count - 1] * 1e6);
    for (size_t i = 0; i < duration && i < 3600; i++) printf(" %.0f", highest[i] * 1e6);
    printf("\n");
}

static void ping(int port, size_t size, double rate, double duration) {
    require(size <= sizeof request, "size");
    request_length = size;
    paced(connect_to(port), 4, NULL, rate, duration);
}

static void put_varint(int64_t value) {
    uint64_t zigzag = (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
    for (; zigzag > 127; zigzag >>= 7) put((zigzag & 127) | 128, 1);
    put(zigzag, 1);
}

static size_t varint_length(int64_t value) {
    size_t before = request_length;
    put_varint(value);
    size_t length = request_length - before;
    request_length = before;
    return length;
}

// A Produce request of version 7 with acks=all: one record of `size` bytes for partition 0 of `topic`.
static void make_produce(const char *topic, size_t size) {
    size_t record = 1 + 1 + 1 + 1 + varint_length(size) + size + 1;
    size_t batch = 61 + varint_length(record) + record;
    put(0, 4);
    put(0, 2), put(7, 2), put(7, 4), put_string("peers");
    put(-1, 2), put(-1, 2), put(30000, 4);
    put(1, 4), put_string(topic), put(1, 4), put(0, 4), put(batch, 4);
    put(0, 8), put(batch - 12, 4), put(-1, 4), put(2, 1);
    size_t crc = request_length;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t timestamp = now.tv_sec * 1000ull;
    put(0, 4), put(0, 2), put(0, 4), put(timestamp, 8), put(timestamp, 8);
    put(-1, 8), put(-1, 2), put(-1, 4), put(1, 4);
    put_varint(record);
    put(0, 1), put_varint(0), put_varint(0), put_varint(-1), put_varint(size);
    for (size_t i = 0; i < size; i++) put(i * 2654435761u >> 24, 1);
    put_varint(0);
    size_t end = request_length;
    request_length = crc;
    put(weir_crc32c(0, request + crc + 4, end - crc - 4), 4);
    request_length = 0;
    put(end - 4, 4);
    request_length = end;
}

static size_t error_place;

static void check_produced(const char *answer) {
    require(get(answer + error_place, 2) == 0, "an error in the answer");
}

static void produce(int port, const char *topic, size_t size, double rate, double duration) {
    require(size + 1024 <= sizeof request, "size");
    make_produce(topic, size);
    // length, correlation id; topics, name, partitions, index; then error, three offsets and times, throttle
    error_place = 4 + 4 + 4 + 2 + strlen(topic) + 4 + 4;
    paced(connect_to(port), error_place + 2 + 8 + 8 + 8 + 4, check_produced, rate, duration);
}

// A Fetch request of version 11 for one partition.
static char *offset_field;

static void make_fetch(const char *topic, size_t chunk) {
    put(0, 4);
    put(1, 2), put(11, 2), put(7, 4), put_string("peers");
    put(-1, 4), put(500, 4), put(1, 4), put(chunk, 4), put(0, 1), put(0, 4), put(-1, 4);
    put(1, 4), put_string(topic), put(1, 4), put(0, 4), put(-1, 4);
    offset_field = request + request_length;
    put(0, 8), put(-1, 8), put(chunk, 4);
    put(0, 4), put_string("");
    uint32_t length = htobe32(request_length - 4);
    memcpy(request, &length, 4);
}

static void fetch(int port, const char *topic, size_t chunk, size_t bytes) {
    int peer = connect_to(port);
    size_t capacity = 2 * chunk + (1 << 20);
    char *buffer = malloc(capacity);
    make_fetch(topic, chunk);
    double start = seconds();
    size_t done = 0, asked = 0;
    uint64_t offset = 0, end;
    while (done < bytes) {
        uint64_t field = htobe64(offset);
        memcpy(offset_field, &field, 8);
        write_all(peer, request, request_length);
        asked++;
        require(read_all(peer, buffer, 4), "read");
        size_t length = get(buffer, 4);
        require(length <= capacity && read_all(peer, buffer, length), "read");
        // correlation id, throttle, error, session; topic; partition, error, high watermark, …
        const char *place = buffer + 4 + 4 + 2 + 4 + 4;
        place += 2 + get(place, 2) + 4 + 4;
        require(get(place, 2) == 0, "an error in the answer");
        end = get(place + 2, 8);
        place += 2 + 8 + 8 + 8;
        int32_t aborted = get(place, 4);
        place += 4 + (aborted > 0 ? aborted * 16 : 0) + 4;
        size_t records = get(place, 4);
        place += 4;
        for (const char *batch = place; batch < place + records; batch += 12 + get(batch + 8, 4))
            offset = get(batch, 8) + get(batch + 23, 4) + 1;
        done += records;
        if (offset >= end) offset = 0;
    }
    printf("%.1f MB/s, %zu bytes, %zu fetches\n", done / (seconds() - start) / 1e6, done, asked);
}

int main(int count, char **words) {
    require(count > 2, "see the head of peers.c");
    const char *mode = words[1];
    if (!strcmp(mode, "sendfile")) serve_sendfile(words[2], atol(words[3]));
    else if (!strcmp(mode, "receive")) serve_receive(words[2], atol(words[3]));
    else if (!strcmp(mode, "echo")) serve_echo(atol(words[2]));
    else if (!strcmp(mode, "pull")) pull(atoi(words[2]), atol(words[3]), atol(words[4]));
    else if (!strcmp(mode, "push")) push(atoi(words[2]), atol(words[3]), atol(words[4]));
    else if (!strcmp(mode, "ping"))
        ping(atoi(words[2]), atol(words[3]), atof(words[4]), atof(words[5]));
    else if (!strcmp(mode, "produce"))
        produce(atoi(words[2]), words[3], atol(words[4]), atof(words[5]), atof(words[6]));
    else if (!strcmp(mode, "fetch"))
        fetch(atoi(words[2]), words[3], atol(words[4]), atol(words[5]));
    else require(0, mode);
}
