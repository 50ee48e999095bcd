"""kcat, which is Debian's librdkafka, against Weir's broker."""

import json
import subprocess

from broker import DEADLINE_S
from records import CODECS, numbered


def kcat(broker, *arguments, given=b""):
    ended = subprocess.run(
        ["kcat", "-b", broker.address, *arguments], input=given, capture_output=True,
        timeout=DEADLINE_S)
    assert ended.returncode == 0, ended.stderr.decode()
    return ended.stdout


def lists_what_is_there(broker):
    kcat(broker, "-P", "-t", "listed", given=b"one\n")
    listed = json.loads(kcat(broker, "-L", "-J"))
    assert [topic["topic"] for topic in listed["topics"]] == ["listed"], listed
    assert listed["brokers"][0]["name"] == broker.address, listed


def every_codec(broker):
    for codec in CODECS:
        lines = b"".join(value + b"\n" for value in numbered(1000, codec * 10))
        kcat(broker, "-P", "-t", codec, "-z", codec, given=lines)
        assert kcat(broker, "-C", "-t", codec, "-o", "beginning", "-e", "-q") == lines, codec


def keys_headers_and_offsets(broker):
    kcat(broker, "-P", "-t", "keyed", "-K", ":", "-H", "a=1", given=b"k1:v1\nk2:v2\n")
    found = kcat(broker, "-C", "-t", "keyed", "-o", "beginning", "-e", "-q", "-f", "%o %k %s %h\n")
    assert found == b"0 k1 v1 a=1\n1 k2 v2 a=1\n", found
    assert kcat(broker, "-C", "-t", "keyed", "-o", "1", "-e", "-q") == b"v2\n"


def a_group_reads_once(broker):
    lines = b"".join(value + b"\n" for value in numbered(100))
    kcat(broker, "-P", "-t", "grouped", given=lines)
    group = ("-G", "kcats", "-q", "-e", "-X", "auto.offset.reset=earliest", "grouped")
    assert kcat(broker, *group) == lines
    kcat(broker, "-P", "-t", "grouped", given=b"news\n")
    assert kcat(broker, *group) == b"news\n"
