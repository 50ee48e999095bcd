#!/usr/bin/env python3
"""Holds what `weir advise` measures of codecs alone against `zstd -b`, and against itself on a busy machine.

    Scripts/codec-peers/measure.py [agreement] [--sample FILE] [--levels 1,3,6,9] [--seconds 5] [--turns 3]
                                   [--core 0] [--zstd PATH] [--lzbench PATH] [WEIR]
    Scripts/codec-peers/measure.py busy [--sample FILE] [--budget 30s] [WEIR]

agreement: a log of uncompressed batches of the sample (by default 1 MB of orders) is written by `weir run`. `weir advise
--log-dir` measures zstd on exactly those batches; their records, without the headers of batches, are files that `zstd -b`
compresses one by one. Both are pinned to one core, in turns. Prints bytes and MB/s of both. The bytes must be the same to
the byte, and the speeds within 3 %. `zstd -b` shows the fastest of its passes by the wall clock, and Weir a mean of CPU
time with its interval: so they agree only on a core that nothing else uses. A distribution's zstd may carry a libzstd of
its own, otherwise compiled than the shared one that Weir calls, and then faster or slower by more: `make zstd-dll` in
zstd's programs/ builds one that calls the shared one, and --zstd tells its path. lzbench, which no distribution has at this
version, is told by its path; it says no bytes of single levels of zstd, and is printed beside.

busy: the same `weir advise --codecs`, first alone and then beside a busy loop on each core. Prints both tables side by
side, with the place of each setting by the CPU time of compression. Ratios must be the same, and settings whose intervals
do not meet when it is alone must be in the same order when it is not.

Needs zstd and taskset. WEIR is by default build/weir.
Exit status: 0 as it should be; 1 not, and what is not is named.
"""

import argparse
import csv
import glob
import itertools
import os
import re
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TOLERANCE = 0.03
# So little that every codec comes to all of it, and so much that a core's branch predictor does not learn it from the passes
# of `zstd -b`, which then decompresses a quarter of it up to 1.4 times as fast.
BYTES, SECONDS = 1e6, 1
HEADER = 61


def run(command, **more):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\nended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout + done.stderr


def rows(folder, name):
    (path,) = glob.glob(os.path.join(folder, "*/latest", name))
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def setting(row):
    return row["codec"] + (f":{row['level']}" if row["level"] else "")


# The same blocks for both


def write_log(weir, folder, sample):
    payload, size = "{kind: orders}", 165
    if sample:
        payload = f"{{kind: corpus, file: {os.path.abspath(sample)}}}"
        with open(sample, "rb") as file:
            lines = file.read().splitlines()
        size = sum(map(len, lines)) / len(lines)
    # Above 8 MiB weir advise takes a part.
    rate = max(int(BYTES / SECONDS / size), 1)
    profile = os.path.join(folder, "blocks.yaml")
    with open(profile, "w", encoding="utf-8") as file:
        file.write(
            "topics: {name: blocks, partitions: 1, config: {segment.bytes: 1GiB}}\n"
            f"producers: {{count: 1, rate: {rate}/s,\n"
            "  config: {batch.size: 16KiB, linger.ms: 1s, compression.type: none}}\n"
            f"payload: {payload}\nwarmup: 0s\nduration: {SECONDS}s\n")
    log = os.path.join(folder, "log")
    run([weir, "run", profile, "--set", f"data.dir={log}", "--out", os.path.join(folder, "run"), "--quiet"])
    return log


def cut(log, folder):
    """The records of each batch in a file of their own; how many batches, and their bytes."""
    os.mkdir(folder)
    count = total = 0
    for segment in sorted(glob.glob(os.path.join(log, "blocks-0/*.log"))):
        with open(segment, "rb") as file:
            data = file.read()
        place = 0
        while place + HEADER <= len(data):
            size = int.from_bytes(data[place + 8:place + 12], "big") + 12
            if size <= HEADER:
                break
            with open(os.path.join(folder, f"{count:06}"), "wb") as file:
                file.write(data[place + HEADER:place + size])
            count, total, place = count + 1, total + size, place + size
    return count, total


def zstd(level, files, options):
    words = ["-b", f"--fast={-level}"] if level < 0 else [f"-b{level}"]
    text = run(["taskset", "-c", str(options.core), options.zstd, "-q", *words, f"-i{options.seconds}", "--single-thread",
                *files])
    found = re.findall(r"^-+\d+\s+(\d+) \(\S+\)\s+([\d.]+) MB/s\s+([\d.]+) MB/s", text, re.MULTILINE)
    size, fast, back = found[-1]
    return int(size), float(fast), float(back)


def lzbench(level, files, options):
    text = run(["taskset", "-c", str(options.core), options.lzbench, f"-ezstd,{level}", "-j", "-o4",
                f"-t{options.seconds},{options.seconds}", *files])
    line = next(line for line in text.splitlines() if line.startswith("zstd"))
    parts = line.split(",")
    return int(parts[4]), float(parts[1]), float(parts[2])


def agreement(weir, options, folder):
    log = write_log(weir, folder, options.sample)
    blocks = os.path.join(folder, "blocks")
    count, total = cut(log, blocks)
    files = sorted(glob.glob(os.path.join(blocks, "*")))
    print(f"{count} batches of {total / count:.0f} bytes; medians of {options.turns} turns, MB/s\n")
    ours, theirs, others = {}, {}, {}
    for turn in range(options.turns):
        out = os.path.join(folder, f"advice-{turn}")
        run(["taskset", "-c", str(options.core), weir, "advise", "--log-dir", log, "--budget",
             options.budget, "--quiet", "--out", out, "--no-report"])
        for row in rows(out, "codecs.csv"):
            if row["codec"] == "zstd" and row["stored_batches"] == "1":
                ours.setdefault(int(row["level"]), []).append(row)
        for level in options.levels:
            theirs.setdefault(level, []).append(zstd(level, files, options))
            if options.lzbench and level > 0:
                others.setdefault(level, []).append(lzbench(level, files, options))
    faults = []
    print(f"{'':8}{'bytes':>12}{'zstd -b':>12}{'compress':>12}{'zstd -b':>10}{'':>8}{'decompress':>12}{'zstd -b':>10}"
          + (f"{'':>8}{'lzbench':>20}" if others else ""))
    for level in options.levels:
        if level not in ours:
            faults.append(f"zstd:{level}: Weir does not measure it")
            continue
        mine, peer = ours[level], theirs[level]
        if float(mine[-1]["sample_share"]) < 1:
            faults.append(f"zstd:{level}: Weir compressed only a part of the batches; give more --budget")
        size = round(total / float(mine[-1]["compression_ratio"])) - HEADER * count
        line = f"zstd:{level:<3}{size:>12}{peer[0][0]:>12}"
        if size != peer[0][0]:
            faults.append(f"zstd:{level}: {size} bytes, zstd -b {peer[0][0]}")
        for place, name in ((1, "compress"), (2, "decompress")):
            own = statistics.median(float(row[f"{name}_rate_mb_per_s"]) for row in mine)
            other = statistics.median(result[place] for result in peer)
            # Of each turn by itself, since the core's speed changes from one to the next.
            more = statistics.median(
                float(row[f"{name}_rate_mb_per_s"]) / result[place] for row, result in zip(mine, peer)) - 1
            line += f"{own:>12.1f}{other:>10.1f}{more:>+8.1%}"
            if abs(more) > TOLERANCE:
                faults.append(f"zstd:{level}: {name} is {more:+.1%}")
        if level in others:
            line += "".join(f"{statistics.median(r[place] for r in others[level]):>10.1f}" for place in (1, 2))
        print(line)
    return faults


# Alone and beside others


def table(weir, options, folder, name):
    out = os.path.join(folder, name)
    sample = options.sample or options.orders
    run([weir, "advise", sample, "--codecs", "--batch-records", "100", "--budget", options.budget, "--quiet", "--out",
         out, "--no-report"])
    found = [row for row in rows(out, "codecs.csv") if row["codec"] != "none"]
    found.sort(key=lambda row: float(row["compress_ns_per_byte"]))
    return {setting(row): (place + 1, row) for place, row in enumerate(found)}


def interval(row):
    return tuple(float(row[f"compress_{end}_ns_per_byte"] or row["compress_ns_per_byte"]) for end in ("low", "high"))


def busy(weir, options, folder):
    options.orders = os.path.join(folder, "orders")
    if not options.sample:
        sys.path.insert(0, os.path.join(ROOT, "Scripts/broker-peers"))
        from broker import write_orders
        write_orders(options.orders + ".values", 200, 20_000)
        with open(options.orders + ".values", "rb") as file:
            values = file.read()
        with open(options.orders, "wb") as file:
            for place in range(0, len(values), 200):
                file.write(values[place:place + 200].replace(b"\n", b" ") + b"\n")
    alone = table(weir, options, folder, "alone")
    loops = [subprocess.Popen(["taskset", "-c", str(core), sys.executable, "-c", "while True: pass"])
             for core in sorted(os.sched_getaffinity(0))]
    try:
        beside = table(weir, options, folder, "busy")
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()
    faults = []
    print(f"{'':12}{'ratio':>8}{'busy':>8}{'ns/byte':>26}{'busy':>26}{'place':>7}{'busy':>6}")
    for name, (place, row) in alone.items():
        other_place, other = beside[name]
        times = [f"{float(r['compress_ns_per_byte']):8.2f} [{interval(r)[0]:6.2f} … {interval(r)[1]:6.2f}]"
                 for r in (row, other)]
        ratios = [float(r["compression_ratio"]) for r in (row, other)]
        print(f"{name:12}{ratios[0]:>8.3f}{ratios[1]:>8.3f}{times[0]:>26}{times[1]:>26}{place:>7}{other_place:>6}")
        ends = [(float(r["compression_ratio_low"] or ratio), float(r["compression_ratio_high"] or ratio))
                for r, ratio in zip((row, other), ratios)]
        if ends[0][1] < ends[1][0] or ends[1][1] < ends[0][0]:
            faults.append(f"{name}: a ratio of {ratios[0]}, and of {ratios[1]} on the busy machine")
    for first, second in itertools.combinations(alone, 2):
        if interval(alone[first][1])[1] < interval(alone[second][1])[0] and beside[first][0] > beside[second][0]:
            faults.append(f"{first} costs less than {second} alone, and more on the busy machine")
    return faults


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("what", nargs="?", default="agreement", choices=["agreement", "busy"])
    words.add_argument("weir", nargs="?", default=os.path.join(ROOT, "build/weir"))
    words.add_argument("--sample", help="a file of records, one a line")
    words.add_argument("--levels", default="-5,1,3,6,9", type=lambda text: [int(word) for word in text.split(",")])
    words.add_argument("--seconds", default=5, type=int, help="of zstd -b, for each level and turn")
    words.add_argument("--turns", default=3, type=int)
    words.add_argument("--budget", default="30s", help="of weir advise")
    words.add_argument("--core", default=0, type=int)
    words.add_argument("--zstd", default="zstd", help="that one which has the library that weir has")
    words.add_argument("--lzbench", help="a program built from github.com/inikep/lzbench")
    options = words.parse_intermixed_args()
    with tempfile.TemporaryDirectory() as folder:
        faults = {"agreement": agreement, "busy": busy}[options.what](options.weir, options, folder)
    print()
    for fault in faults:
        print(f"- {fault}")
    print("As it should be." if not faults else f"{len(faults)} not as it should be.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
