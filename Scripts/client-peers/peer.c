// The load of a Weir profile by librdkafka, with what it takes: records/s, and CPU-seconds of the client.
//
//   peer produce ADDRESS TOPIC VALUES BYTES COUNT [key=value …]
//   peer consume ADDRESS TOPIC COUNT [key=value …]     by rd_kafka_consumer_poll, as applications do
//   peer consume-batches ADDRESS TOPIC COUNT [key=value …]     by rd_kafka_consume_batch, a thousand at once
//   peer pair ADDRESS TOPIC VALUES BYTES COUNT RATE [key=value …]
//
// VALUES is a file of values of BYTES, one after the other, which are sent round and round. `consume` reads
// partition 0 from its beginning and looks at a byte of each value. `pair` does both at once; RATE is in records/s,
// 0 as fast as possible. Each of its values begins with the time at which it was due, and the consumer prints
// percentiles of the time since then; with a RATE without those of the first two seconds, in which it still connects.
#define _GNU_SOURCE
#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 1000, WARMUP_SECONDS = 2 };

static const char *address, *topic_name;
static char **settings;
static int setting_count;
static char *values;
static size_t value_bytes, place_count, record_count, acknowledged, failed;
static double rate;
static int is_stamped;

static int64_t nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000ll + now.tv_nsec;
}

static double cpu(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
           (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

static void require(int holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "%s\n", what);
    exit(1);
}

static void delivered(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque) {
    (void)client, (void)opaque;
    if (message->err) failed++;
    else acknowledged++;
}

// Settings that only the other kind of client has are left out by librdkafka, with a line in its log.
static rd_kafka_t *make_client(rd_kafka_type_t type) {
    char reason[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", address, reason, sizeof reason);
    rd_kafka_conf_set(conf, "log_level", "3", reason, sizeof reason);
    if (type == RD_KAFKA_CONSUMER) rd_kafka_conf_set(conf, "group.id", "peer", reason, sizeof reason);
    for (int i = 0; i < setting_count; i++) {
        char *copy = strdup(settings[i]), *mark = strchr(copy, '=');
        require(mark != NULL, "a setting is key=value");
        *mark = 0;
        require(rd_kafka_conf_set(conf, copy, mark + 1, reason, sizeof reason) == RD_KAFKA_CONF_OK, reason);
        free(copy);
    }
    if (type == RD_KAFKA_PRODUCER) rd_kafka_conf_set_dr_msg_cb(conf, delivered);
    rd_kafka_t *client = rd_kafka_new(type, conf, reason, sizeof reason);
    require(client != NULL, reason);
    return client;
}

static void read_values(const char *path) {
    FILE *file = fopen(path, "rb");
    require(file != NULL, path);
    fseek(file, 0, SEEK_END);
    place_count = ftell(file) / value_bytes;
    rewind(file);
    values = malloc(place_count * value_bytes);
    require(place_count && fread(values, value_bytes, place_count, file) == place_count, "no value");
    fclose(file);
}

static void *produce(void *opaque) {
    rd_kafka_t *client = opaque;
    rd_kafka_topic_t *topic = rd_kafka_topic_new(client, topic_name, NULL);
    const struct rd_kafka_metadata *metadata;
    require(!rd_kafka_metadata(client, 0, topic, &metadata, 10000), "no metadata");
    int64_t start = nanos();
    for (size_t i = 0; i < record_count; i++) {
        int64_t due = rate > 0 ? start + (int64_t)(i / rate * 1e9) : nanos();
        while (rate > 0 && nanos() < due) {
            rd_kafka_poll(client, 0);
            usleep(50);
        }
        char *value = values + i % place_count * value_bytes;
        if (is_stamped) memcpy(value, &due, sizeof due);
        while (rd_kafka_produce(topic, 0, RD_KAFKA_MSG_F_COPY, value, value_bytes, NULL, 0, NULL) == -1)
            rd_kafka_poll(client, 1);
        if ((i & 1023) == 0) rd_kafka_poll(client, 0);
    }
    rd_kafka_flush(client, 60000);
    require(acknowledged == record_count && failed == 0, "records failed");
    return NULL;
}

static int ascending(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static unsigned char looked_at;
static int64_t *ages;

// How many of it count.
static size_t look_at(rd_kafka_message_t *message, size_t taken) {
    int counts = !message->err && taken < record_count;
    if (counts) {
        looked_at ^= *(unsigned char *)message->payload;
        if (ages) {
            int64_t due;
            memcpy(&due, message->payload, sizeof due);
            ages[taken] = nanos() - due;
        }
    }
    rd_kafka_message_destroy(message);
    return counts;
}

static void consume_batches(rd_kafka_t *client) {
    rd_kafka_topic_t *topic = rd_kafka_topic_new(client, topic_name, NULL);
    require(rd_kafka_consume_start(topic, 0, RD_KAFKA_OFFSET_BEGINNING) == 0, "no start");
    for (size_t taken = 0; taken < record_count;) {
        rd_kafka_message_t *messages[CHUNK];
        ssize_t count = rd_kafka_consume_batch(topic, 0, 10000, messages, CHUNK);
        require(count > 0, "nothing came for ten seconds");
        for (ssize_t i = 0; i < count; i++) taken += look_at(messages[i], taken);
    }
    rd_kafka_consume_stop(topic, 0);
}

static void consume(rd_kafka_t *client) {
    rd_kafka_topic_partition_list_t *all = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(all, topic_name, 0)->offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_poll_set_consumer(client);
    require(!rd_kafka_assign(client, all), "no assignment");
    ages = is_stamped ? malloc(record_count * sizeof *ages) : NULL;
    for (size_t taken = 0; taken < record_count;) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(client, 10000);
        require(message != NULL, "nothing came for ten seconds");
        taken += look_at(message, taken);
    }
    if (!ages) return;
    size_t first = rate > 0 ? (size_t)(WARMUP_SECONDS * rate) : 0, measured = record_count - first;
    require(first < record_count, "all records belong to the warm-up");
    qsort(ages + first, measured, sizeof *ages, ascending);
    printf("p50 %.1f p99 %.1f us, ", ages[first + measured / 2] / 1e3, ages[first + measured * 99 / 100] / 1e3);
}

int main(int count, char **words) {
    require(count > 4, "see the head of peer.c");
    const char *mode = words[1];
    int own = !strncmp(mode, "consume", 7) ? 5 : !strcmp(mode, "pair") ? 8 : 7;
    require(count >= own, "see the head of peer.c");
    address = words[2], topic_name = words[3];
    settings = words + own, setting_count = count - own;
    record_count = atoll(words[own == 5 ? 4 : 6]);
    if (own > 5) {
        value_bytes = atoll(words[5]);
        read_values(words[4]);
    }
    if (own == 8) rate = atof(words[7]), is_stamped = 1;
    rd_kafka_t *producer = own > 5 ? make_client(RD_KAFKA_PRODUCER) : NULL;
    rd_kafka_t *consumer = own != 7 ? make_client(RD_KAFKA_CONSUMER) : NULL;
    double before = cpu();
    int64_t start = nanos();
    if (own == 8) {
        pthread_t thread;
        pthread_create(&thread, NULL, produce, producer);
        consume(consumer);
        pthread_join(thread, NULL);
    } else if (own == 5) {
        (strcmp(mode, "consume") ? consume_batches : consume)(consumer);
    } else {
        produce(producer);
    }
    double took = (nanos() - start) / 1e9, used = cpu() - before;
    printf("%.0f records/s, %.0f records per CPU-second, cpu %.4f s of %.4f s\n", record_count / took,
           record_count / used, used, took);
    return 0;
}
