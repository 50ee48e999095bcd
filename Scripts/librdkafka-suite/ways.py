"""The ways in which the suite runs, what is left out of it, and why what fails does."""

import os
import subprocess
import sys

import certificates
import issuer
import relay

HERE = os.path.dirname(os.path.abspath(__file__))

LEFT_OUT = {
    "0028": "a known issue of librdkafka", "0047": "a known issue of librdkafka", "8000": "by hand", "8001": "by hand",
    "0098": "a producer in Java", "0101": "three brokers", "0190": "a plug-in of Kafka's for metrics",
}
# Why a test fails, by its name, or by a way and its name.
REASONS = {
    ("consumer", "0045_resubscribe_with_regex"):
        "Kafka looks for the topics of an expression after its answer, Weir before: they come with those that are named",
    "0127_fetch_queue_backoff": "times its client to 10 ms, which a busy machine exceeds; passes on a quiet one",
    "0172_share_consumer_acknowledge":
        "its last part: in Kafka a new group is assigned nothing before its members' second heartbeats, so both are there; here "
        "the first member is assigned all at once, and may take all records",
    "0179_share_consumer_destroy":
        "expects the records of two partitions in two answers, as of two brokers; one broker has both and answers once",
}

# What the suite's own cluster has, and Kafka's defaults where Weir's are others.
SETTINGS = [
    "num.partitions=4", "auto.create.topics.enable=true", "group.initial.rebalance.delay.ms=3000",
    "weir.accept.any.replication.factor=true", "group.share.min.record.lock.duration.ms=1000",
    "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "allow.everyone.if.no.acl.found=true", "super.users=User:administrator",
]
SASL = ["connections.max.reauth.ms=10000"]
QUOTAS = {"producer_byte_rate": 20_000_000, "consumer_byte_rate": 20_000_000, "request_percentage": 50}


class Way:
    """What one way needs beside `SETTINGS`; `prepare` may make more of it before the broker starts."""

    def __init__(self, *tests, without=(), scenario="default", has_faults=False):
        self.tests = tests
        self.without = without
        self.has_faults = has_faults
        self.settings = []
        self.client = {}
        self.environment = {"TEST_SCENARIO": scenario}

    def prepare(self, weir, folder, data):
        pass

    def started(self, port):
        """Returns the port for the clients."""
        return port


class Consumer(Way):
    def prepare(self, weir, folder, data):
        self.environment["TEST_CONSUMER_GROUP_PROTOCOL"] = "consumer"


class WithoutAutoCreation(Way):
    def prepare(self, weir, folder, data):
        self.settings = ["auto.create.topics.enable=false"]


class Scram(Way):
    def prepare(self, weir, folder, data):
        subprocess.run(
            [weir, "users", "add", "testuser", "--data-dir", data], input="testpass\n", text=True, check=True,
            stdout=subprocess.DEVNULL)
        self.settings = [
            "listener.security.protocol.map=PLAINTEXT:SASL_PLAINTEXT", "sasl.enabled.mechanisms=SCRAM-SHA-512", *SASL]
        self.client = {
            "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "SCRAM-SHA-512", "sasl.username": "testuser",
            "sasl.password": "testpass"}


class Certificates(Way):
    def prepare(self, weir, folder, data):
        settings, client, environment = certificates.make(os.path.join(folder, "certificates"))
        self.settings = ["listener.security.protocol.map=PLAINTEXT:SSL", *settings]
        self.client = {"security.protocol": "SSL", **client}
        self.environment.update(environment)


class OldCertificates(Certificates):
    """TLS 1.2, as the suite's own cluster has it: in 1.3 what the broker says of a client's certificate comes when the
    client takes the handshake for done, and is a fault of the transport to it."""

    def prepare(self, weir, folder, data):
        super().prepare(weir, folder, data)
        self.relay = relay.Relay()
        self.settings += [
            "ssl.enabled.protocols=TLSv1.2", f"advertised.listeners=PLAINTEXT://127.0.0.1:{self.relay.port}"]

    def started(self, port):
        self.relay.start(port)
        return self.relay.port


class Tokens(Way):
    def prepare(self, weir, folder, data):
        tokens = issuer.Issuer(os.path.join(folder, "issuer"))
        self.settings = [
            "listener.security.protocol.map=PLAINTEXT:SASL_PLAINTEXT", "sasl.enabled.mechanisms=OAUTHBEARER", *SASL,
            *tokens.settings()]
        self.client = {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "OAUTHBEARER", **tokens.client()}
        self.environment.update(tokens.environment())


class Quotas(Way):
    def started(self, port):
        sys.path.insert(0, os.path.join(os.path.dirname(HERE), "aggressive-clients"))
        import wire
        with wire.connect(port) as connection:
            wire.ask(connection, wire.quotas([({"client-id": None}, QUOTAS)]))
        return port


WAYS = {
    "classic": Way(),
    "consumer": Consumer(),
    "faults": Way(has_faults=True),
    "noautocreate": WithoutAutoCreation(scenario="noautocreate"),
    "scram": Scram(),
    "ssl": Certificates(without=["0097"]),
    "ssl12": OldCertificates("0001", "0012", "0097"),
    "oidc": Tokens("0001", "0012", "0018", "0081", "0103", "0126", "0142", "0171", "0172"),
    "quotas": Quotas("0001", "0003", "0008", "0011", "0012", "0017", "0018", "0022", "0029", "0030", "0036", "0038",
                     "0081", "0082", "0090", "0103", "0110", "0130", "0171", "0172"),
}
