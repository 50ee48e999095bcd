// The least that any client spends on its records: ready requests out of one buffer, and answers of which only the
// heads of the batches are read. No record is made, looked at or checked.
//
//   bare produce PORT TOPIC BYTES COUNT     batches of 64 KiB, five requests in flight, acks=all
//   bare consume PORT TOPIC COUNT           1 MiB at a time, from offset 0 on
//
// Prints the CPU-seconds.
#include "wire.h"

enum { BATCH = 65536, IN_FLIGHT = 5 };

static void produce(int peer, size_t record_count) {
    batch_records = BATCH / (value_bytes + 10);
    Text request = make_produce();
    size_t batch_count = (record_count + batch_records - 1) / batch_records;
    for (size_t sent = 0, answered = 0; answered < batch_count;) {
        if (sent < batch_count && sent - answered < IN_FLIGHT) {
            write_all(peer, request.bytes, request.count);
            sent++;
        } else {
            take_answer(peer);
            answered++;
        }
    }
}

static void consume(int peer, uint64_t record_count) {
    size_t capacity = 4 << 20, count;
    char *answer = malloc(capacity);
    for (uint64_t offset = 0; offset < record_count;) {
        ask(peer, offset);
        read_frame(peer, answer, capacity);
        const char *batch = batches_in(answer, &count);
        for (const char *end = batch + count; batch < end; batch = after(batch)) offset = offset_after(batch);
    }
}

int main(int count, char **words) {
    require(count >= 5, "see the head of bare.c");
    port = atoi(words[2]), topic = words[3];
    int peer = connect_to_broker();
    if (strcmp(words[1], "produce") == 0) {
        require(count == 6, "see the head of bare.c");
        value_bytes = atol(words[4]);
        produce(peer, atoll(words[5]));
    } else {
        consume(peer, atoll(words[4]));
    }
    printf("cpu %.4f s\n", cpu_seconds());
    return 0;
}
