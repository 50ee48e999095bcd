// What a broker is held against, and what drives it: bare programs that do the same to the same bytes.
//
//   peers sendfile FILE CHUNK            answers each byte that comes with CHUNK bytes of FILE, by sendfile
//   peers receive FILE CHUNK             reads a socket, checks a CRC-32C over each CHUNK, writes it to FILE
//   peers echo SIZE                      answers each SIZE bytes with 4
//   peers pull PORT CHUNK BYTES          asks a `sendfile` for BYTES and discards them
//   peers push PORT CHUNK BYTES          sends BYTES to a `receive`
//   peers ping PORT SIZE RATE SECONDS    sends SIZE bytes to an `echo` at a rate; prints percentiles
//   peers fetch PORT TOPIC CHUNK BYTES   fetches BYTES from a broker and discards them
//
// Servers print the port that they listen on, serve one connection, and print their CPU seconds.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
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

static void ping(int port, size_t size, double rate, double duration) {
    int peer = connect_to(port);
    char *buffer = calloc(1, size), answer[4];
    size_t count = rate * duration;
    double *times = malloc(count * sizeof *times), start = seconds();
    for (size_t i = 0; i < count; i++) {
        double due = start + i / rate;
        while (seconds() < due) {}
        write_all(peer, buffer, size);
        require(read_all(peer, answer, 4), "read");
        times[i] = seconds() - due;
    }
    qsort(times, count, sizeof *times, ascending);
    printf("p50 %.1f p99 %.1f p99.9 %.1f us\n", times[count / 2] * 1e6, times[count * 99 / 100] * 1e6,
           times[count * 999 / 1000] * 1e6);
}

// A Fetch request of version 11 for one partition.
static char request[256];
static size_t request_length;
static char *offset_field;

static void put(uint64_t value, int byte_count) {
    for (int i = byte_count - 1; i >= 0; i--) request[request_length++] = value >> (8 * i);
}

static void put_string(const char *text) {
    put(strlen(text), 2);
    memcpy(request + request_length, text, strlen(text));
    request_length += strlen(text);
}

static void make_request(const char *topic, size_t chunk) {
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

static uint64_t get(const char *place, int byte_count) {
    uint64_t value = 0;
    for (int i = 0; i < byte_count; i++) value = value << 8 | (unsigned char)place[i];
    return value;
}

static void fetch(int port, const char *topic, size_t chunk, size_t bytes) {
    int peer = connect_to(port);
    size_t capacity = 2 * chunk + (1 << 20);
    char *buffer = malloc(capacity);
    make_request(topic, chunk);
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
    else if (!strcmp(mode, "fetch"))
        fetch(atoi(words[2]), words[3], atol(words[4]), atol(words[5]));
    else require(0, mode);
}
