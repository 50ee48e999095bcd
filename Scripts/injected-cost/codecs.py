#!/usr/bin/env python3
"""Shows whether the table of `weir advise --codecs` finds a small cost of one codec that is known, and none where there is none.

    Scripts/injected-cost/codecs.py [--comparisons 20] [--repetitions 8] [--budget 1s] [--share 0.05] SAMPLE [WEIR]

As measure.py, but without an engine: spin.c is preloaded into `weir advise SAMPLE --codecs`, so that zstd takes --share more
CPU time than it needs. All codecs are measured in turn within milliseconds, so what the machine does to one it does to the
others: the figure is the time of zstd in parts of the others' time, each as the geometric mean of its settings. Of its
logarithm, the difference of means with Welch's interval of 95 % says what is shown.

Exit status: 0 if the cost is found in 18 of 20 and lies in the interval in 18 of 20, and A/A differs in 1 of 20; 1 if not.
"""

import argparse
import csv
import glob
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
ZSTD = [("zstd", level) for level in ("1", "3", "6", "9")]
OTHERS = [("lz4", "9"), ("snappy", ""), ("gzip", "1"), ("gzip", "6")]
# Student's t for 97.5 %, by degrees of freedom.
T = {7: 2.365, 8: 2.306, 9: 2.262, 10: 2.228, 11: 2.201, 12: 2.179, 13: 2.160, 14: 2.145}


def figure(options, spin, share, folder):
    command = [options.weir, "advise", options.sample, "--codecs", "--batch-records", "100", "--budget", options.budget,
               "--out", folder, "--no-report"]
    environment = dict(os.environ, LD_PRELOAD=spin, SPIN_SHARE=str(share))
    subprocess.run(command, env=environment, capture_output=True, check=True)
    (path,) = glob.glob(os.path.join(folder, "*/latest/codecs.csv"))
    with open(path, newline="", encoding="utf-8") as file:
        times = {(row["codec"], row["level"]): float(row["compress_ns_per_byte"] or "nan") for row in csv.DictReader(file)}
    mean = [statistics.mean(math.log(times[name]) for name in names) for names in (ZSTD, OTHERS)]
    return mean[0] - mean[1]


def interval(one, other):
    """Of one ÷ other."""
    parts = [statistics.variance(side) / len(side) for side in (one, other)]
    freedom = sum(parts) ** 2 / sum(part ** 2 / (len(side) - 1) for part, side in zip(parts, (one, other)))
    reach = T[min(max(int(freedom), 7), 14)] * math.sqrt(sum(parts))
    middle = statistics.mean(one) - statistics.mean(other)
    return [math.exp(middle + part) for part in (0, -reach, reach)]


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("sample")
    words.add_argument("weir", nargs="?", default=os.path.join(ROOT, "build/weir"))
    words.add_argument("--comparisons", default=20, type=int)
    words.add_argument("--repetitions", default=8, type=int)
    words.add_argument("--budget", default="1s")
    words.add_argument("--share", default=0.05, type=float)
    options = words.parse_intermixed_args()
    chance = random.Random(1)
    found = inside = differing = 0
    with tempfile.TemporaryDirectory() as folder:
        spin = os.path.join(folder, "spin.so")
        subprocess.run(["gcc", "-O2", "-shared", "-fPIC", os.path.join(HERE, "spin.c"), "-o", spin, "-ldl"], check=True)
        for number in range(options.comparisons):
            logs = {"plain": [], "same": [], "spun": []}
            for repetition in range(options.repetitions):
                sides = list(logs)
                chance.shuffle(sides)
                for side in sides:
                    place = os.path.join(folder, f"{number}-{repetition}-{side}")
                    logs[side].append(figure(options, spin, options.share if side == "spun" else 0, place))
            ratio, low, high = interval(logs["spun"], logs["plain"])
            same, same_low, same_high = interval(logs["same"], logs["plain"])
            found += low > 1
            inside += low <= 1 + options.share <= high
            differing += not same_low <= 1 <= same_high
            print(f"{number:03}: {ratio:.3f} [{low:.3f} … {high:.3f}]; A/A {same:.3f} [{same_low:.3f} … {same_high:.3f}]; "
                  f"varies by {statistics.stdev(logs['plain']):.1%}", flush=True)
    count = options.comparisons
    print(f"\nfound in {found} of {count}, its size in the interval in {inside} of {count}; A/A differs in {differing}")
    return 0 if found >= 0.9 * count and inside >= 0.9 * count and differing <= 0.05 * count else 1


if __name__ == "__main__":
    sys.exit(main())
