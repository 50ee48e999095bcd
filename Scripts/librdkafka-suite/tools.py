"""Stands in for the two of Kafka's tools that the tests call, in the options that they use. Needs confluent-kafka.

    tools.py topics --bootstrap-server HOST:PORT --create|--alter|--delete --topic NAME [--partitions N] [--config KEY=VALUE …]
    tools.py acls --bootstrap-server HOST:PORT --add|--remove [--force] --allow-principal|--deny-principal WHO
                  --operation NAME [--allow-host|--deny-host HOST] --topic NAME
"""

import argparse
import os
import stat
import sys


def install(folder):
    """Makes a KAFKA_PATH of them."""
    os.makedirs(os.path.join(folder, "bin"))
    for name in ("topics", "acls"):
        path = os.path.join(folder, "bin", f"kafka-{name}.sh")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\nexec "{sys.executable}" "{os.path.abspath(__file__)}" {name} "$@"\n')
        os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)


def topics(client, options):
    from confluent_kafka.admin import NewPartitions, NewTopic
    if options.create:
        config = dict(text.split("=", 1) for text in options.config)
        return client.create_topics([NewTopic(options.topic, options.partitions or -1, config=config)])
    if options.alter:
        return client.create_partitions([NewPartitions(options.topic, options.partitions)])
    return client.delete_topics([options.topic])


def acls(client, options):
    from confluent_kafka.admin import (
        AclBinding, AclBindingFilter, AclOperation, AclPermissionType, ResourcePatternType, ResourceType)
    is_allowed = options.allow_principal is not None
    entry = (ResourceType.TOPIC, options.topic, ResourcePatternType.LITERAL,
             options.allow_principal if is_allowed else options.deny_principal,
             (options.allow_host if is_allowed else options.deny_host) or "*", AclOperation[options.operation.upper()],
             AclPermissionType.ALLOW if is_allowed else AclPermissionType.DENY)
    if options.add:
        return client.create_acls([AclBinding(*entry)])
    return client.delete_acls([AclBindingFilter(*entry)])


def main():
    from confluent_kafka.admin import AdminClient
    parser = argparse.ArgumentParser()
    parser.add_argument("tool", choices=["topics", "acls"])
    for name in ("bootstrap-server", "topic", "allow-principal", "deny-principal", "allow-host", "deny-host", "operation"):
        parser.add_argument(f"--{name}")
    for name in ("create", "alter", "delete", "add", "remove", "force"):
        parser.add_argument(f"--{name}", action="store_true")
    for name in ("partitions", "replication-factor"):
        parser.add_argument(f"--{name}", type=int)
    parser.add_argument("--config", action="append", default=[])
    options = parser.parse_args()
    client = AdminClient({"bootstrap.servers": options.bootstrap_server, "broker.address.family": "v4"})
    for future in {"topics": topics, "acls": acls}[options.tool](client, options).values():
        future.result()


if __name__ == "__main__":
    main()
