"""Clients written for Kafka, and openssl itself, against Weir's broker over TLS."""

import os
import subprocess
import tempfile

from confluent_kafka import Consumer, KafkaException, Producer
from confluent_kafka.admin import AdminClient, NewTopic
from kafka import KafkaConsumer, KafkaProducer

from broker import DEADLINE_S
from run_case import with_settings

DIRECTORY = tempfile.mkdtemp(prefix="weir-tls-")
CA = os.path.join(DIRECTORY, "ca.pem")


def openssl(*arguments, **options):
    return subprocess.run(
        ["openssl", *arguments], check=True, capture_output=True, timeout=DEADLINE_S, **options)


def prepare():
    """An authority, a broker's key store and a client's, in files that the settings below name."""
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    path = lambda name: os.path.join(DIRECTORY, name)
    openssl("req", "-x509", *curve, "-keyout", path("ca.key"), "-out", CA, "-subj", "/CN=CA",
            "-addext", "basicConstraints=critical,CA:TRUE", "-days", "30")
    for name, subject in [("broker", "/CN=localhost"), ("client", "/O=Weir/CN=alice")]:
        openssl("req", *curve, "-keyout", path(f"{name}.key"), "-out", path(f"{name}.csr"),
                "-subj", subject)
        with open(path("names"), "w", encoding="utf-8") as names:
            names.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        openssl("x509", "-req", "-in", path(f"{name}.csr"), "-CA", CA, "-CAkey", path("ca.key"),
                "-CAcreateserial", "-out", path(f"{name}.crt"), "-days", "30", "-extfile",
                path("names"))
    with open(path("broker.pem"), "w", encoding="utf-8") as store:
        for part in ["broker.key", "broker.crt"]:
            with open(path(part), encoding="utf-8") as file:
                store.write(file.read())


prepare()

SETTINGS = [
    "listener.security.protocol.map=PLAINTEXT:SSL",
    f"ssl.keystore.location={DIRECTORY}/broker.pem",
    f"ssl.truststore.location={CA}",
]
MUTUAL = SETTINGS + ["ssl.client.auth=required"]

CONFLUENT = {"security.protocol": "SSL", "ssl.ca.location": CA}
CONFLUENT_MUTUAL = CONFLUENT | {
    "ssl.certificate.location": f"{DIRECTORY}/client.crt",
    "ssl.key.location": f"{DIRECTORY}/client.key",
}


def confluent(broker, settings):
    common = {"bootstrap.servers": broker.address} | settings
    # Kept while the answer is waited for: without a client there is none.
    client = AdminClient(common)
    [created] = client.create_topics([NewTopic("t", 1, 1)]).values()
    created.result(DEADLINE_S)
    values = [os.urandom(1000) for _ in range(2000)]
    producer = Producer(common | {"linger.ms": 5})
    for value in values:
        producer.produce("t", value)
    assert producer.flush(DEADLINE_S) == 0
    consumer = Consumer(common | {"group.id": "g", "auto.offset.reset": "earliest"})
    consumer.subscribe(["t"])
    read = []
    while len(read) < len(values):
        message = consumer.poll(DEADLINE_S)
        assert message is not None and not message.error(), message and message.error()
        read.append(message.value())
    consumer.close()
    assert read == values


@with_settings(*SETTINGS)
def confluent_kafka_writes_and_reads(broker):
    confluent(broker, CONFLUENT)


@with_settings(*MUTUAL)
def confluent_kafka_shows_a_certificate(broker):
    confluent(broker, CONFLUENT_MUTUAL)
    try:
        AdminClient({"bootstrap.servers": broker.address} | CONFLUENT).list_topics(timeout=2)
        raise AssertionError("a client without a certificate was let in")
    except KafkaException:
        pass


@with_settings(*SETTINGS)
def kafka_python_writes_and_reads(broker):
    common = dict(bootstrap_servers=broker.address, security_protocol="SSL", ssl_cafile=CA)
    producer = KafkaProducer(**common)
    values = [os.urandom(1000) for _ in range(200)]
    for value in values:
        producer.send("t", value)
    producer.flush(DEADLINE_S)
    producer.close()
    consumer = KafkaConsumer(
        "t", auto_offset_reset="earliest", consumer_timeout_ms=DEADLINE_S * 1000, **common)
    read = []
    for message in consumer:
        read.append(message.value)
        if len(read) == len(values):
            break
    consumer.close()
    assert read == values


@with_settings(*SETTINGS)
def openssl_finds_nothing_below_1_2(broker):
    def connect(*options):
        return subprocess.run(
            ["openssl", "s_client", "-connect", broker.address, "-CAfile", CA, "-servername",
             "localhost", "-verify_return_error", "-cipher", "DEFAULT@SECLEVEL=0", *options],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE_S,
            check=False)

    for version in ["-tls1_2", "-tls1_3"]:
        said = connect(version)
        assert "Verify return code: 0 (ok)" in said.stdout, said.stdout + said.stderr
    for version in ["-tls1", "-tls1_1"]:
        said = connect(version)
        assert said.returncode != 0, said.stdout
        assert "alert" in said.stderr or "no protocols" in said.stderr, said.stderr
    weak = connect("-tls1_2", "-cipher", "AES128-SHA")
    assert weak.returncode != 0, weak.stdout
