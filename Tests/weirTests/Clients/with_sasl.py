"""Clients written for Kafka that log in at Weir's broker."""

import subprocess
import time

from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import (
    AdminClient, ScramCredentialInfo, ScramMechanism, UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)
from kafka import KafkaProducer

from broker import DEADLINE_S
from run_case import with_settings
from with_tls import CA, SETTINGS, confluent

# In a file, since a password is no argument.
MODULE = "org.apache.kafka.common.security.plain.PlainLoginModule required"
FILE = [
    "sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
    f'listener.name.plaintext.plain.sasl.jaas.config={MODULE} user_admin="secret";',
]
PLAINTEXT = with_settings("listener.security.protocol.map=PLAINTEXT:SASL_PLAINTEXT", file=FILE)
ENCRYPTED = with_settings(
    "listener.security.protocol.map=PLAINTEXT:SASL_SSL", *SETTINGS[1:], file=FILE)


def login(name="admin", password="secret", mechanism="PLAIN", protocol="SASL_PLAINTEXT"):
    return {
        "security.protocol": protocol, "sasl.mechanisms": mechanism, "sasl.username": name,
        "sasl.password": password,
    }


def add(broker, name, password, mechanism=ScramMechanism.SCRAM_SHA_512):
    """As an administrator adds users while the broker runs."""
    client = AdminClient({"bootstrap.servers": broker.address} | login())
    upsertion = UserScramCredentialUpsertion(
        name, ScramCredentialInfo(mechanism, 8192), password.encode())
    [done] = client.alter_user_scram_credentials([upsertion]).values()
    done.result(DEADLINE_S)
    return client


def is_let_in(broker, settings):
    try:
        client = AdminClient(
            {"bootstrap.servers": broker.address, "log_level": 0} | settings)
        client.list_topics(timeout=3)
        return True
    except KafkaException:
        return False


@PLAINTEXT
def confluent_kafka_by_plain(broker):
    confluent(broker, login())
    assert not is_let_in(broker, login(password="wrong"))
    assert not is_let_in(broker, {})


@PLAINTEXT
def confluent_kafka_by_scram(broker):
    client = add(broker, "älice", "pä,ss=")
    confluent(broker, login("älice", "pä,ss=", "SCRAM-SHA-512"))
    assert not is_let_in(broker, login("älice", "other", "SCRAM-SHA-512"))
    assert not is_let_in(broker, login("älice", "pä,ss=", "SCRAM-SHA-256"))
    [described] = client.describe_user_scram_credentials(["älice"]).values()
    [info] = described.result(DEADLINE_S).scram_credential_infos
    assert (info.mechanism, info.iterations) == (ScramMechanism.SCRAM_SHA_512, 8192)
    [removed] = client.alter_user_scram_credentials(
        [UserScramCredentialDeletion("älice", ScramMechanism.SCRAM_SHA_512)]).values()
    removed.result(DEADLINE_S)
    assert not is_let_in(broker, login("älice", "pä,ss=", "SCRAM-SHA-512"))


@ENCRYPTED
def confluent_kafka_over_tls(broker):
    confluent(broker, login(protocol="SASL_SSL") | {"ssl.ca.location": CA})


@PLAINTEXT
def users_added_while_the_broker_is_down(broker):
    assert broker.stop() == 0
    for mechanism in ["SCRAM-SHA-256", "SCRAM-SHA-512"]:
        subprocess.run(
            [broker.weir, "users", "add", "bob", "--data-dir", broker.directory + "/data",
             "--mechanism", mechanism],
            input="hunter2\n", text=True, check=True, timeout=DEADLINE_S)
    broker.start()
    for mechanism in ["SCRAM-SHA-256", "SCRAM-SHA-512"]:
        assert is_let_in(broker, login("bob", "hunter2", mechanism))
    in_use = subprocess.run(
        [broker.weir, "users", "add", "eve", "--data-dir", broker.directory + "/data"],
        input="x\n", text=True, capture_output=True, check=False, timeout=DEADLINE_S)
    assert in_use.returncode == 69, in_use
    listed = subprocess.run(
        [broker.weir, "users", "list", "--data-dir", broker.directory + "/data"],
        capture_output=True, text=True, check=True, timeout=DEADLINE_S).stdout
    assert listed.split()[:2] == ["bob", "SCRAM-SHA-256"] and "hunter2" not in listed, listed


@PLAINTEXT
def kafka_python_by_plain_and_scram(broker):
    add(broker, "carol", "s3cret", ScramMechanism.SCRAM_SHA_256)
    for name, password, mechanism in [
        ("admin", "secret", "PLAIN"), ("carol", "s3cret", "SCRAM-SHA-256"),
    ]:
        producer = KafkaProducer(
            bootstrap_servers=broker.address, security_protocol="SASL_PLAINTEXT",
            sasl_mechanism=mechanism, sasl_plain_username=name, sasl_plain_password=password)
        producer.send("t", b"value").get(DEADLINE_S)
        producer.close()


@with_settings(
    "listener.security.protocol.map=PLAINTEXT:SASL_PLAINTEXT", "connections.max.reauth.ms=1000",
    file=FILE)
def confluent_kafka_logs_in_again(broker):
    lost = []
    producer = Producer(
        {"bootstrap.servers": broker.address, "error_cb": lost.append} | login())
    end = time.monotonic() + 2.5
    while time.monotonic() < end:
        producer.produce("t", b"value")
        assert producer.flush(DEADLINE_S) == 0
        time.sleep(0.05)
    assert not lost, lost
