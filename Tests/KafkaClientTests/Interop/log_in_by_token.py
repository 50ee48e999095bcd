"""Logs in by OAUTHBEARER with the token of a file, and asks for the topics.

    log_in_by_token.py BOOTSTRAP FILE

Prints `ok` or `refused`.
"""

import sys
import time

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

TIMEOUT_S = 10


def main():
    bootstrap, path = sys.argv[1:]
    refusals = []

    def token(_config):
        with open(path, encoding="ascii") as file:
            return file.read(), time.time() + 3600

    def fail(error):
        if "invalid_token" in error.str() or "uthentication" in error.str():
            refusals.append(error)

    client = AdminClient({
        "bootstrap.servers": bootstrap, "security.protocol": "SASL_PLAINTEXT", "sasl.mechanisms": "OAUTHBEARER",
        "oauth_cb": token, "error_cb": fail, "log_level": 0})
    end = time.monotonic() + TIMEOUT_S
    while time.monotonic() < end and not refusals:
        # The callback is called from here.
        client.poll(0.1)
        try:
            client.list_topics(timeout=1)
        except KafkaException:
            continue
        print("ok")
        return
    print("refused" if refusals else "no answer")


if __name__ == "__main__":
    main()
