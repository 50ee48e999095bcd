"""Kafka's ACLs through confluent-kafka: what users may do that log in at Weir's broker."""

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer
from confluent_kafka.admin import (
    AclBinding, AclBindingFilter, AclOperation, AclPermissionType, AdminClient, NewTopic,
    ResourcePatternType, ResourceType,
)

from broker import DEADLINE_S
from run_case import with_settings
from with_sasl import FILE, MODULE, login

SETTINGS = with_settings(
    "listener.security.protocol.map=PLAINTEXT:SASL_PLAINTEXT",
    "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users=User:admin",
    file=[FILE[0], f'listener.name.plaintext.plain.sasl.jaas.config={MODULE} '
          'user_admin="secret" user_bob="b";'])
ANY = AclBindingFilter(
    ResourceType.ANY, None, ResourcePatternType.ANY, None, None, AclOperation.ANY,
    AclPermissionType.ANY)


def allow(operation, resource, name, pattern=ResourcePatternType.LITERAL, user="User:bob"):
    return AclBinding(
        resource, name, pattern, user, "*", operation, AclPermissionType.ALLOW)


def connection(broker, name, password):
    return {"bootstrap.servers": broker.address, "log_level": 0} | login(name, password)


def admin(broker):
    return AdminClient(connection(broker, "admin", "secret"))


def create(client, *bindings):
    for done in client.create_acls(list(bindings)).values():
        done.result(DEADLINE_S)


def produced(broker):
    """The error of a record that bob writes; None where it is written."""
    outcome = []
    producer = Producer(connection(broker, "bob", "b") | {"message.timeout.ms": 20_000})
    producer.produce("orders", b"value", on_delivery=lambda error, _: outcome.append(error))
    producer.flush(DEADLINE_S)
    [error] = outcome
    return error and error.code()


def consumed(broker):
    """A record that bob reads in a group, or the code of the error that he gets."""
    consumer = Consumer(connection(broker, "bob", "b") | {
        "group.id": "readers", "auto.offset.reset": "earliest"})
    consumer.subscribe(["orders"])
    try:
        message = consumer.poll(DEADLINE_S)
        return message.error().code() if message.error() else message.value()
    finally:
        consumer.close()


@SETTINGS
def what_is_denied_is_allowed_and_denied_again(broker):
    client = admin(broker)
    [topic] = client.create_topics([NewTopic("orders", 1, 1)]).values()
    topic.result(DEADLINE_S)
    assert produced(broker) == KafkaError.TOPIC_AUTHORIZATION_FAILED
    create(client, allow(AclOperation.WRITE, ResourceType.TOPIC, "ord",
                         ResourcePatternType.PREFIXED))
    assert produced(broker) is None
    assert consumed(broker) == KafkaError.GROUP_AUTHORIZATION_FAILED
    reading = [
        allow(AclOperation.READ, ResourceType.GROUP, "readers"),
        allow(AclOperation.READ, ResourceType.TOPIC, "orders"),
    ]
    create(client, *reading)
    assert consumed(broker) == b"value"

    # Killed, the broker has what it has answered.
    broker.kill()
    broker.start()
    client = admin(broker)
    described = client.describe_acls(ANY).result(DEADLINE_S)
    assert len(described) == 3 and all(acl in described for acl in reading), described
    deny = AclBinding(
        ResourceType.TOPIC, "*", ResourcePatternType.LITERAL, "User:*", "127.0.0.1",
        AclOperation.WRITE, AclPermissionType.DENY)
    create(client, deny)
    assert produced(broker) == KafkaError.TOPIC_AUTHORIZATION_FAILED
    [deleted] = client.delete_acls([AclBindingFilter(
        ResourceType.TOPIC, None, ResourcePatternType.ANY, None, None, AclOperation.ANY,
        AclPermissionType.DENY)]).values()
    assert deleted.result(DEADLINE_S) == [deny]
    assert produced(broker) is None
    assert "denied" in broker.errors() and "User:bob" in broker.errors()


@SETTINGS
def who_has_no_rights_learns_no_names_and_changes_nothing(broker):
    client = admin(broker)
    for topic in client.create_topics([NewTopic("orders", 1, 1), NewTopic("open", 1, 1)]).values():
        topic.result(DEADLINE_S)
    create(client, allow(AclOperation.DESCRIBE, ResourceType.TOPIC, "open", user="User:*"))
    bob = AdminClient(connection(broker, "bob", "b"))
    assert set(bob.list_topics(timeout=DEADLINE_S).topics) == {"open"}
    assert "orders" in client.list_topics(timeout=DEADLINE_S).topics
    for attempt, code in [
        (lambda: bob.create_topics([NewTopic("mine", 1, 1)]), KafkaError.TOPIC_AUTHORIZATION_FAILED),
        (lambda: bob.delete_topics(["orders"]), KafkaError.TOPIC_AUTHORIZATION_FAILED),
        (lambda: bob.create_acls([allow(AclOperation.ALL, ResourceType.TOPIC, "*")]),
         KafkaError.CLUSTER_AUTHORIZATION_FAILED),
        (lambda: bob.delete_acls([ANY]), KafkaError.CLUSTER_AUTHORIZATION_FAILED),
    ]:
        [done] = attempt().values()
        try:
            done.result(DEADLINE_S)
        except KafkaException as refused:
            assert refused.args[0].code() == code, refused
        else:
            raise AssertionError("it was allowed")
    # librdkafka does not look at the error of this answer.
    assert bob.describe_acls(ANY).result(DEADLINE_S) == []
    assert len(client.describe_acls(ANY).result(DEADLINE_S)) == 1
    assert set(client.list_topics(timeout=DEADLINE_S).topics) == {"open", "orders"}
