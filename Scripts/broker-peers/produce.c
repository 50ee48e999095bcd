// Loads a broker through librdkafka, as fast as the client can, and says what it took.
//
//   produce ADDRESS TOPIC RECORD_BYTES COUNT [values=FILE] [key=value …]
//
// FILE holds values of RECORD_BYTES one after the other, which are sent round and round; without it they are
// bytes that no codec makes smaller.
#define _GNU_SOURCE
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static size_t acknowledged, failed;

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec * 1e-9;
}

static void delivered(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque) {
    (void)client, (void)opaque;
    if (message->err) failed++;
    else acknowledged++;
}

int main(int argc, char **argv) {
    if (argc < 5) return fprintf(stderr, "see the head of produce.c\n"), 64;
    size_t size = atol(argv[3]), count = atol(argv[4]);
    char reason[512];
    const char *values = NULL;
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", argv[1], reason, sizeof reason);
    for (int i = 5; i < argc; i++) {
        char *mark = strchr(argv[i], '=');
        if (!mark) return fprintf(stderr, "see the head of produce.c\n"), 64;
        *mark = 0;
        if (!strcmp(argv[i], "values")) {
            values = mark + 1;
            continue;
        }
        if (rd_kafka_conf_set(conf, argv[i], mark + 1, reason, sizeof reason) != RD_KAFKA_CONF_OK)
            return fprintf(stderr, "%s\n", reason), 64;
    }
    rd_kafka_conf_set_dr_msg_cb(conf, delivered);
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof reason);
    if (!client) return fprintf(stderr, "%s\n", reason), 1;
    rd_kafka_topic_t *topic = rd_kafka_topic_new(client, argv[2], NULL);
    const struct rd_kafka_metadata *metadata;
    if (rd_kafka_metadata(client, 0, topic, &metadata, 10000)) return 1;
    size_t step = 61, places = 65536;
    char *pool;
    if (values) {
        FILE *file = fopen(values, "rb");
        if (!file) return perror(values), 66;
        fseek(file, 0, SEEK_END);
        step = size, places = ftell(file) / size;
        rewind(file);
        pool = malloc(places * size);
        if (!places || fread(pool, size, places, file) != places)
            return fprintf(stderr, "%s holds no value\n", values), 65;
        fclose(file);
    } else {
        pool = malloc(size + places);
        unsigned state = 1;
        for (size_t i = 0; i < size + places; i++) pool[i] = (state = state * 1664525 + 1013904223) >> 24;
    }

    double start = seconds();
    for (size_t i = 0; i < count; i++) {
        char *value = pool + (values ? i % places * step : i * step % places);
        while (rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
                                value, size, NULL, 0, NULL) == -1)
            rd_kafka_poll(client, 1);
        if ((i & 1023) == 0) rd_kafka_poll(client, 0);
    }
    rd_kafka_flush(client, 60000);
    double took = seconds() - start;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
                 (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
    printf("%zu acknowledged, %zu failed, %.0f records/s, %.1f MB/s, client %.2f CPU s/GB\n",
           acknowledged, failed, acknowledged / took, acknowledged * size / took / 1e6,
           cpu / (acknowledged * size / 1e9));
    return failed > 0;
}
