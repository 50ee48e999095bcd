// librdkafka as the other implementation, with no broker but its own mock cluster.
//
//   librdkafka_peer produce CODEC plain|idempotent|transactional FILE
//       Produces the records of Golden/README.md as one batch and writes the batch, as the mock broker
//       stored it, to FILE.
//   librdkafka_peer consume FILE
//       Gives the batch in FILE to the mock broker as a Produce request and prints the records that
//       librdkafka's consumer makes of it, one JSON array a line, as print_batch.py does.
//
// Build: cc -o librdkafka_peer librdkafka_peer.c -lrdkafka

#include <arpa/inet.h>
#include <endian.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <netdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *const topic = "golden";

static void fail(const char *what) {
    fprintf(stderr, "librdkafka_peer: %s\n", what);
    exit(1);
}

static void check(rd_kafka_error_t *error) {
    if (error) fail(rd_kafka_error_string(error));
}

static void set(rd_kafka_conf_t *conf, const char *key, const char *value) {
    char reason[512];
    if (rd_kafka_conf_set(conf, key, value, reason, sizeof reason) != RD_KAFKA_CONF_OK) fail(reason);
}

static rd_kafka_t *new_client(rd_kafka_type_t type, rd_kafka_conf_t *conf) {
    char reason[512];
    rd_kafka_t *client = rd_kafka_new(type, conf, reason, sizeof reason);
    if (!client) fail(reason);
    return client;
}

// The Kafka protocol, as far as one request and one response of one partition need it.

struct bytes {
    uint8_t data[1 << 20];
    size_t count;
};

static void put(struct bytes *out, const void *data, size_t count) {
    if (out->count + count > sizeof out->data) fail("request too large");
    memcpy(out->data + out->count, data, count);
    out->count += count;
}

static void put16(struct bytes *out, int16_t value) {
    uint16_t big = htobe16((uint16_t)value);
    put(out, &big, 2);
}

static void put32(struct bytes *out, int32_t value) {
    uint32_t big = htobe32((uint32_t)value);
    put(out, &big, 4);
}

static void put64(struct bytes *out, int64_t value) {
    uint64_t big = htobe64((uint64_t)value);
    put(out, &big, 8);
}

static void put_string(struct bytes *out, const char *string) {
    put16(out, (int16_t)strlen(string));
    put(out, string, strlen(string));
}

static void put_request_header(struct bytes *out, int16_t api_key, int16_t version) {
    put16(out, api_key);
    put16(out, version);
    put32(out, 1);
    put_string(out, "librdkafka_peer");
}

static int connect_to(const char *bootstrap_servers) {
    char host[256];
    snprintf(host, sizeof host, "%.*s", (int)strcspn(bootstrap_servers, ","), bootstrap_servers);
    char *port = strrchr(host, ':');
    *port++ = 0;
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found;
    if (getaddrinfo(host, port, &hints, &found) != 0) fail("cannot resolve the mock broker");
    int connection = socket(found->ai_family, found->ai_socktype, 0);
    if (connection < 0 || connect(connection, found->ai_addr, found->ai_addrlen) != 0) {
        fail("cannot connect to the mock broker");
    }
    freeaddrinfo(found);
    return connection;
}

static void read_fully(int connection, void *data, size_t count) {
    for (size_t done = 0; done < count;) {
        ssize_t got = read(connection, (char *)data + done, count - done);
        if (got <= 0) fail("the mock broker closed the connection");
        done += (size_t)got;
    }
}

// Sends the request and leaves in `response` what follows the correlation id.
static void exchange(int connection, const struct bytes *request, struct bytes *response) {
    uint32_t big = htobe32((uint32_t)request->count);
    if (write(connection, &big, 4) != 4) fail("write");
    if (write(connection, request->data, request->count) != (ssize_t)request->count) fail("write");
    read_fully(connection, &big, 4);
    uint32_t count = be32toh(big);
    if (count < 4 || count - 4 > sizeof response->data) fail("response of impossible size");
    read_fully(connection, &big, 4);
    response->count = count - 4;
    read_fully(connection, response->data, response->count);
}

static uint32_t read32(const struct bytes *from, size_t position) {
    uint32_t big;
    if (position + 4 > from->count) fail("response too short");
    memcpy(&big, from->data + position, 4);
    return be32toh(big);
}

static void save_batch(const char *bootstrap_servers, const char *path) {
    static struct bytes request, response;
    put_request_header(&request, 1, 4);  // Fetch 4
    put32(&request, -1);  // replica id
    put32(&request, 1000);  // max wait, ms
    put32(&request, 1);  // min bytes
    put32(&request, 1 << 20);  // max bytes
    put(&request, "", 1);  // read uncommitted
    put32(&request, 1);  // topics
    put_string(&request, topic);
    put32(&request, 1);  // partitions
    put32(&request, 0);
    put64(&request, 0);  // offset
    put32(&request, 1 << 20);
    int connection = connect_to(bootstrap_servers);
    exchange(connection, &request, &response);
    close(connection);
    // Throttle time, topic count, name, partition count, partition, error, two offsets, then the
    // aborted transactions and the records, both with a 32-bit count.
    size_t position = 4 + 4 + 2 + strlen(topic) + 4 + 4 + 2 + 8 + 8;
    int32_t aborted = (int32_t)read32(&response, position);
    position += 4 + (aborted > 0 ? (size_t)aborted * 16 : 0);
    uint32_t count = read32(&response, position);
    position += 4;
    if (count == 0 || position + count > response.count) fail("no records in the Fetch response");
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(response.data + position, 1, count, file) != count || fclose(file) != 0) {
        fail("cannot write the file");
    }
}

static void produce(
    const char *bootstrap_servers, const char *codec, const char *kind, const char *path
) {
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", bootstrap_servers);
    set(conf, "compression.type", codec);
    // One batch: it leaves when it has the six records, and not before.
    set(conf, "linger.ms", "10000");
    set(conf, "batch.num.messages", "6");
    int transactional = strcmp(kind, "transactional") == 0;
    if (strcmp(kind, "idempotent") == 0) set(conf, "enable.idempotence", "true");
    if (transactional) set(conf, "transactional.id", "golden");
    rd_kafka_t *producer = new_client(RD_KAFKA_PRODUCER, conf);
    if (transactional) {
        check(rd_kafka_init_transactions(producer, 30000));
        check(rd_kafka_begin_transaction(producer));
    }

    char repeated[1001] = "";
    for (int i = 0; i < 100; i++) strcat(repeated, "abcdefghij");
    uint8_t key[128], value[300];
    for (int i = 0; i < 128; i++) key[i] = (uint8_t)i;
    for (int i = 0; i < 300; i++) value[i] = (uint8_t)(i * 7);
    const char *order = "{\"event\":\"OrderPlaced\",\"order\":1}";

#define SEND(...) \
    check(rd_kafka_error_or_null(rd_kafka_producev( \
        producer, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(0), \
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), __VA_ARGS__, RD_KAFKA_V_END)))
#define rd_kafka_error_or_null(code) \
    ({ rd_kafka_resp_err_t e_ = (code); e_ ? rd_kafka_error_new(e_, "produce") : NULL; })
    SEND(RD_KAFKA_V_TIMESTAMP(1700000000000), RD_KAFKA_V_KEY("order-1", 7),
         RD_KAFKA_V_VALUE((void *)order, strlen(order)),
         RD_KAFKA_V_HEADER("trace", "\x00\x01\x02\xff", 4));
    SEND(RD_KAFKA_V_TIMESTAMP(1700000000005), RD_KAFKA_V_VALUE("no key", 6));
    SEND(RD_KAFKA_V_TIMESTAMP(1700000000003), RD_KAFKA_V_KEY("order-3", 7));
    SEND(RD_KAFKA_V_TIMESTAMP(1700000000003), RD_KAFKA_V_KEY("", 0), RD_KAFKA_V_VALUE("", 0));
    SEND(RD_KAFKA_V_TIMESTAMP(1700003600000), RD_KAFKA_V_KEY("order-5", 7),
         RD_KAFKA_V_VALUE(repeated, 1000), RD_KAFKA_V_HEADER("a", "", 0),
         RD_KAFKA_V_HEADER("a", NULL, 0), RD_KAFKA_V_HEADER("größe", "1 MiB", 5));
    SEND(RD_KAFKA_V_TIMESTAMP(1699999999999), RD_KAFKA_V_KEY(key, sizeof key),
         RD_KAFKA_V_VALUE(value, sizeof value));

    // Not rd_kafka_flush, which would send what is there without lingering.
    for (int waited = 0; rd_kafka_outq_len(producer) > 0; waited++) {
        if (waited > 300) fail("the batch was not delivered within 30 s");
        rd_kafka_poll(producer, 100);
    }
    if (transactional) check(rd_kafka_commit_transaction(producer, 30000));
    save_batch(bootstrap_servers, path);
    rd_kafka_destroy(producer);
}

static void print_bytes(const void *data, size_t count) {
    if (!data) {
        printf("null");
        return;
    }
    putchar('"');
    for (size_t i = 0; i < count; i++) printf("%02x", ((const uint8_t *)data)[i]);
    putchar('"');
}

static void print_message(const rd_kafka_message_t *message) {
    rd_kafka_timestamp_type_t type;
    printf("[%lld, %lld, ", (long long)message->offset,
           (long long)rd_kafka_message_timestamp(message, &type));
    print_bytes(message->key, message->key_len);
    printf(", ");
    print_bytes(message->payload, message->len);
    printf(", [");
    rd_kafka_headers_t *headers;
    if (rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        const char *name;
        const void *value;
        size_t count;
        for (size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &count) == 0; i++) {
            printf(i ? ", [" : "[");
            print_bytes(name, strlen(name));
            printf(", ");
            print_bytes(value, count);
            printf("]");
        }
    }
    printf("]]\n");
}

static void consume(const char *bootstrap_servers, const char *path) {
    static struct bytes batch, request, response;
    FILE *file = fopen(path, "rb");
    if (!file) fail("cannot open the file");
    batch.count = fread(batch.data, 1, sizeof batch.data, file);
    fclose(file);
    put_request_header(&request, 0, 7);  // Produce 7
    put16(&request, -1);  // transactional id
    put16(&request, -1);  // acks
    put32(&request, 10000);
    put32(&request, 1);  // topics
    put_string(&request, topic);
    put32(&request, 1);  // partitions
    put32(&request, 0);
    put32(&request, (int32_t)batch.count);
    put(&request, batch.data, batch.count);
    int connection = connect_to(bootstrap_servers);
    exchange(connection, &request, &response);
    close(connection);
    // Topic count, name, partition count, partition, then the error.
    size_t position = 4 + 2 + strlen(topic) + 4 + 4;
    if (read32(&response, position) >> 16 != 0) fail("the mock broker refused the batch");

    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", bootstrap_servers);
    set(conf, "group.id", "golden");
    set(conf, "check.crcs", "true");
    set(conf, "auto.offset.reset", "earliest");
    set(conf, "enable.partition.eof", "true");
    rd_kafka_t *consumer = new_client(RD_KAFKA_CONSUMER, conf);
    rd_kafka_topic_partition_list_t *assignment = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(assignment, topic, 0)->offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(consumer, assignment);
    rd_kafka_topic_partition_list_destroy(assignment);
    for (int idle = 0; idle < 30;) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer, 1000);
        if (!message) {
            idle++;
            continue;
        }
        rd_kafka_resp_err_t error = message->err;
        if (!error) print_message(message);
        rd_kafka_message_destroy(message);
        if (error == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            rd_kafka_consumer_close(consumer);
            rd_kafka_destroy(consumer);
            return;
        }
        if (error) fail(rd_kafka_err2str(error));
    }
    fail("no end of the partition within 30 s");
}

int main(int argc, char **argv) {
    int producing = argc == 5 && strcmp(argv[1], "produce") == 0;
    if (!producing && !(argc == 3 && strcmp(argv[1], "consume") == 0)) fail("see the source for usage");
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "log_level", "3");  // else a warning that it has no bootstrap servers
    rd_kafka_t *mock_owner = new_client(RD_KAFKA_PRODUCER, conf);
    rd_kafka_mock_cluster_t *cluster = rd_kafka_mock_cluster_new(mock_owner, 1);
    rd_kafka_mock_topic_create(cluster, topic, 1, 1);
    const char *bootstrap_servers = rd_kafka_mock_cluster_bootstraps(cluster);
    if (producing) {
        produce(bootstrap_servers, argv[2], argv[3], argv[4]);
    } else {
        consume(bootstrap_servers, argv[2]);
    }
    rd_kafka_mock_cluster_destroy(cluster);
    rd_kafka_destroy(mock_owner);
    return 0;
}
