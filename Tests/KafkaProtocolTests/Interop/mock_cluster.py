"""Runs librdkafka's mock cluster, of one broker, until the end of standard input; prints its port.

    mock_cluster.py LIBRDKAFKA_SO
"""

import ctypes
import sys

PRODUCER = 0
REASON_SIZE = 512

library = ctypes.CDLL(sys.argv[1])
for name in ("rd_kafka_conf_new", "rd_kafka_new", "rd_kafka_handle_mock_cluster"):
    getattr(library, name).restype = ctypes.c_void_p
library.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p

reason = ctypes.create_string_buffer(REASON_SIZE)
conf = ctypes.c_void_p(library.rd_kafka_conf_new())
if library.rd_kafka_conf_set(conf, b"test.mock.num.brokers", b"1", reason, REASON_SIZE) != 0:
    sys.exit(reason.value.decode())
client = library.rd_kafka_new(PRODUCER, conf, reason, REASON_SIZE)
if not client:
    sys.exit(reason.value.decode())
cluster = ctypes.c_void_p(library.rd_kafka_handle_mock_cluster(ctypes.c_void_p(client)))
print(library.rd_kafka_mock_cluster_bootstraps(cluster).decode().rsplit(":", 1)[1], flush=True)
sys.stdin.read()
