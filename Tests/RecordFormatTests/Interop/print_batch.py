"""Prints the records of a batch as kafka-python reads them: what ours are compared with.

    print_batch.py FILE

One JSON array a record: offset, timestamp, key, value, headers; bytes in hexadecimal, null where null.
"""

import json
import sys

from kafka.record.memory_records import MemoryRecords


def hexadecimal(data):
    return None if data is None else bytes(data).hex()


def main(path):
    with open(path, "rb") as file:
        records = MemoryRecords(file.read())
    batch = records.next_batch()
    if not batch.validate_crc():
        sys.exit("kafka-python: the checksum is wrong")
    for record in batch:
        headers = [[key.encode().hex(), hexadecimal(value)] for key, value in record.headers]
        print(
            json.dumps(
                [
                    record.offset,
                    record.timestamp,
                    hexadecimal(record.key),
                    hexadecimal(record.value),
                    headers,
                ]
            )
        )
    if records.has_next():
        sys.exit("kafka-python: more than one batch")


main(sys.argv[1])
