#!/usr/bin/env python3
"""Runs librdkafka's own tests against `weir serve`, and tells of each that fails why it says it does.

    Scripts/librdkafka-suite/suite.py SOURCE [--way WAY …] [--tests NUMBER …] [--parallel 4] [--data DIR] [--weir WEIR]

SOURCE is a folder with librdkafka's source, in which `./configure && make && make -C tests test-runner` was run. Of its
tests those are run that need a broker and are not in `LEFT_OUT`. Where it was built with libcurl there are tests of
tokens (0126), with RapidJSON those of statistics (0053, 0110). The ways are

    classic         PLAINTEXT, the group protocol of before
    consumer        PLAINTEXT, that of KIP-848
    faults          PLAINTEXT, the tests whose sockets fail and lag, one after another: they close others' sockets, too
    noautocreate    PLAINTEXT, the tests that want a broker which makes no topic by itself
    scram           SASL_PLAINTEXT by SCRAM-SHA-512
    ssl             SSL, with certificates on both sides
    ssl12           the same with TLS 1.2, for 0097, which looks at what librdkafka says of certificates
    oidc            SASL_PLAINTEXT by OAUTHBEARER, with tokens of four seconds: tests of logins, and some of each kind
    quotas          PLAINTEXT, where every client has quotas of bytes and of time: tests that produce and consume

In each there is an authorizer; what no ACL is about is allowed. Needs openssl and a Python with the packages that the
tests of this project have (`Scripts/make-test-python`). Ends with 1 where a test fails for no reason that `REASONS` has.
WEIR is by default build/weir. By hand; a whole way takes half an hour.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile

import tools
from ways import LEFT_OUT, REASONS, SETTINGS, WAYS

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def names(source, way):
    """The tests of a way that need a broker."""
    with open(os.path.join(source, "tests/test.c"), encoding="utf-8") as file:
        table = re.search(r"^struct test tests\[\] = \{(.*?)^\};", file.read(), re.MULTILINE | re.DOTALL).group(1)
    entries = re.findall(r"_TEST\((\w+),\s*([\w |]+)((?:[^()]|\([^()]*\))*)\)", table)
    return [
        name for name, flags, rest in entries
        if "TEST_F_LOCAL" not in flags and name[:4] not in LEFT_OUT and ("TEST_F_SOCKEM" in flags) == way.has_faults
        and way.environment["TEST_SCENARIO"] in (
            re.search(r'\.scenario = "([^"]*)"', rest) or [0, "default"])[1].split(",")
    ]


def start(weir, folder, way):
    data = os.path.join(folder, "data")
    os.mkdir(data)
    way.prepare(weir, folder, data)
    log = open(os.path.join(folder, "broker.log"), "w", encoding="utf-8")
    process = subprocess.Popen(
        [weir, "serve", "--data-dir", data, "--listen", "127.0.0.1:0",
         *[f"--set={text}" for text in SETTINGS + way.settings]],
        stdout=subprocess.PIPE, stderr=log, text=True)
    port = int(re.search(r"listening on 127\.0\.0\.1:(\d+)", process.stdout.readline()).group(1))
    return process, port


def run(options, way, tests):
    folder = tempfile.mkdtemp(dir=options.data)
    process, port = start(options.weir, folder, way)
    try:
        run_tests(options, way, tests, folder, way.started(port))
    finally:
        is_alive = process.poll() is None
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    return folder, is_alive


def run_tests(options, way, tests, folder, port):
    conf = os.path.join(folder, "test.conf")
    with open(conf, "w", encoding="utf-8") as file:
        lines = {
            "bootstrap.servers": f"127.0.0.1:{port}", "broker.address.family": "v4", "test.timeout.multiplier": 2,
            **way.client}
        file.writelines(f"{key}={value}\n" for key, value in lines.items())
    tools.install(folder)
    environment = dict(
        os.environ, RDKAFKA_TEST_CONF=conf, TESTS=",".join(sorted({name[:4] for name in tests})),
        TEST_REPORT=os.path.join(folder, "report.json"), TEST_KAFKA_VERSION="4.2.0", TEST_LEVEL="2", KAFKA_PATH=folder,
        BROKERS=f"127.0.0.1:{port}", LD_LIBRARY_PATH=f"{options.source}/src:{options.source}/src-cpp", **way.environment)
    with open(os.path.join(folder, "tests.log"), "w", encoding="utf-8") as log:
        subprocess.run(
            ["./test-runner", "-L", *(["-p1"] if way.has_faults else [f"-p{options.parallel}", "-E"])],
            cwd=os.path.join(options.source, "tests"), env=environment, stdout=log, stderr=subprocess.STDOUT, timeout=3600,
            check=False)


def tell(way, folder, is_alive, tests):
    """By what the tests say as they end; the table at the end is not there where a test that failed leaves threads. One that leaves
    a part of itself out counts as left out."""
    with open(os.path.join(folder, "tests.log"), encoding="utf-8", errors="replace") as file:
        text = re.sub(r"\x1b\[[0-9;]*m", "", file.read())
    failed = {}
    for name, place, reason in re.findall(r'^### Test "(\w+)[^"]*" failed at (\S+?)\(\) at .*?: ###\n(.*)$', text, re.MULTILINE):
        failed.setdefault(name, f"{place}: {reason}")
    ended = re.findall(r"=== Test (\w+) (?:PASSED|FAILED) ===", text)
    skipped = {name: reason for name, reason in re.findall(r"^\[(\w+)\s*/.*?SKIPPING TEST: (.*)$", text, re.MULTILINE)
               if name in tests}
    passed = set(ended) & set(tests) - failed.keys() - skipped.keys()
    missing = set(tests) - passed - failed.keys() - skipped.keys()
    failed.update((name, "did not end") for name in missing)
    print(f"{way}: {len(passed)} passed, {len(failed)} failed, {len(skipped)} left out by themselves, some in part"
          + ("" if is_alive else "; THE BROKER ENDED") + f"; logs in {folder}", flush=True)
    is_good = is_alive
    for name, says in sorted(failed.items()):
        reason = REASONS.get((way, name), REASONS.get(name))
        is_good = is_good and reason is not None
        print(f"    {name} failed: {says}\n        {reason or 'NO REASON IS KNOWN'}", flush=True)
    for name, reason in sorted(skipped.items()):
        print(f"    {name} left out: {reason}", flush=True)
    return is_good


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source")
    parser.add_argument("--way", nargs="*", default=list(WAYS), choices=list(WAYS))
    parser.add_argument("--tests", nargs="*", default=None, help="their numbers")
    parser.add_argument("--parallel", type=int, default=4)
    parser.add_argument("--data", default=None)
    parser.add_argument("--weir", default=os.path.join(ROOT, "build/weir"))
    options = parser.parse_args()
    options.source = os.path.abspath(options.source)
    options.weir = os.path.abspath(options.weir)
    results = []
    for name in options.way:
        way = WAYS[name]
        wanted = options.tests or way.tests
        tests = [test for test in names(options.source, way)
                 if (test[:4] in wanted if wanted else test[:4] not in way.without)]
        results.append(tell(name, *run(options, way, tests), tests))
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
