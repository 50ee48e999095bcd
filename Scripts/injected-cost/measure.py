#!/usr/bin/env python3
"""Shows whether `weir compare` finds a small cost that is known, and none where there is none.

    Scripts/injected-cost/measure.py [--comparisons 20] [--repetitions 8] [--duration 3s] [--rate max]
                                     [--share 0.05] [--sample FILE] [--keep DIR] [--again DIR] [WEIR]

A library is preloaded into `weir run` (spin.c, beside this): each call of zstd takes --share more of its thread's CPU time
than it needs. Each comparison has its repetitions with that share, and twice as many without, in a drawn order. It is made
by `weir compare` of the folders: once with the cost against without (A/B), once without against without (A/A).

Prints for each comparison what is found of codec_cpu_s_per_logical_gb, its ratio and interval, how much its repetitions
vary, and how many of all metrics differ in A/A. Then the counts: the cost is to be found in 18 of 20, its ratio is to lie
in the interval in 95 of 100, and at most 5 % of the metrics of A/A are to differ. --keep keeps the runs, and --again
compares kept ones anew, without running anything.

A thread's CPU time does not contain its waiting, but a core that others use, too, does less in it: its caches are full of
theirs, and a sibling shares its units. So have nothing else run. What the machine was up to is in the verdicts, which are
printed, too. At a low rate a codec works a few per cent of the time and finds its caches cold, and on a virtual machine
its core asleep: one run then differs from the next by a tenth, and a cost of 5 % drowns. So the rate is by default max.

Needs gcc. WEIR is by default build/weir. Exit status: 0 as it is to be; 1 not.
"""

import argparse
import collections
import csv
import glob
import os
import random
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
METRIC = "codec_cpu_s_per_logical_gb"
DIFFERING = ("better", "worse", "higher", "lower")


def profile(folder, options):
    payload = f"{{kind: corpus, file: {os.path.abspath(options.sample)}}}" if options.sample else "{kind: orders}"
    path = os.path.join(folder, "injected.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(
            "topics: {name: orders, partitions: 4,\n"
            "  config: {segment.bytes: 64MiB, retention.bytes: 64MiB, file.delete.delay.ms: 0}}\n"
            f"producers: {{count: 2, rate: {options.rate},\n"
            "  config: {compression.type: zstd, compression.level: 3, batch.size: 64KiB, linger.ms: 20ms}}\n"
            f"payload: {payload}\nconsumers: [{{group: readers}}]\n"
            f"warmup: 500ms\nduration: {options.duration}\n")
    return path


def run(options, path, spin, folder, side):
    share = options.share if side == "spun" else 0
    environment = dict(os.environ, LD_PRELOAD=spin, SPIN_SHARE=str(share))
    command = [options.weir, "run", path, "--label", side, "--out", os.path.join(folder, side), "--quiet", "--no-report"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    # 97: the machine disturbed it. Its figures count if all of its side are so.
    if done.returncode not in (0, 97):
        sys.exit(f"{' '.join(command)}\nended with {done.returncode}: {done.stderr[-2000:]}")


def compare(options, folder, side, baseline):
    out = os.path.join(folder, f"compared-{side}")
    sides = [sorted(glob.glob(os.path.join(folder, name, "*/2*Z"))) for name in (side, baseline)]
    command = [options.weir, "compare", *sides[0], "--against", *sides[1], "--out", out, "--quiet", "--no-report"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = glob.glob(os.path.join(out, "compared/latest/comparison.csv"))
    if not found:
        sys.exit(f"{' '.join(command)}\nended with {done.returncode}: {done.stderr[-2000:]}")
    with open(found[0], newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    own = [row for row in rows if row["difference"] != "baseline" and row["p_adjusted"]]
    (metric,) = [row for row in own if row["metric"] == METRIC]
    return metric, sum(row["difference"] in DIFFERING for row in own), len(own)


def values(folder, side):
    """Of each run, by its verdict."""
    found = collections.defaultdict(list)
    for path in glob.glob(os.path.join(folder, side, "*/2*Z/summary.csv")):
        with open(path, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                found[row["verdict"]].append(float(row[METRIC]))
    return found


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("weir", nargs="?", default=os.path.join(ROOT, "build/weir"))
    words.add_argument("--comparisons", default=20, type=int)
    words.add_argument("--repetitions", default=8, type=int)
    words.add_argument("--duration", default="3s")
    words.add_argument("--rate", default="max")
    words.add_argument("--share", default=0.05, type=float)
    words.add_argument("--sample", help="a file of records, one a line, in place of orders")
    words.add_argument("--keep", help="a directory that does not exist yet")
    words.add_argument("--again", help="a directory of --keep")
    options = words.parse_intermixed_args()
    with tempfile.TemporaryDirectory() as temporary:
        top = options.again or options.keep or temporary
        if not options.again:
            os.makedirs(top, exist_ok=top == temporary)
            spin = os.path.join(temporary, "spin.so")
            subprocess.run(["gcc", "-O2", "-shared", "-fPIC", os.path.join(HERE, "spin.c"), "-o", spin, "-ldl"],
                           check=True)
            path = profile(temporary, options)
        chance = random.Random(1)
        found = inside = differing = metrics = 0
        names = sorted(os.listdir(top)) if options.again else [f"{n:03}" for n in range(options.comparisons)]
        for name in [name for name in names if name.isdigit()]:
            folder = os.path.join(top, name)
            for _ in range(0 if options.again else options.repetitions):
                sides = ["plain", "same", "spun"]
                chance.shuffle(sides)
                for side in sides:
                    run(options, path, spin, folder, side)
            metric, _, _ = compare(options, folder, "spun", "plain")
            same, different, count = compare(options, folder, "same", "plain")
            # Only what costs more is the cost that was injected.
            is_found = metric["difference"] == "worse"
            ends = [float(metric[f"ratio_ci_{end}"] or "nan") for end in ("low", "high")]
            is_inside = ends[0] <= 1 + options.share <= ends[1]
            found, inside = found + is_found, inside + is_inside
            differing, metrics = differing + different, metrics + count
            plain = values(folder, "plain")
            all_plain = [value for some in plain.values() for value in some]
            spread = statistics.stdev(all_plain) / statistics.mean(all_plain)
            verdicts = ", ".join(f"{len(some)} {verdict}" for verdict, some in sorted(plain.items()))
            print(f"{name}: {metric['difference']:6} {float(metric['ratio']):.3f} [{ends[0]:.3f} … {ends[1]:.3f}] "
                  f"p {float(metric['p_value']):.4f}, adjusted {float(metric['p_adjusted']):.4f}; "
                  f"{metric['repetitions']} count; varies by {spread:.1%}; A/A: ratio {float(same['ratio']):.3f}, "
                  f"{different} of {count} differ; {verdicts}", flush=True)
        count = sum(name.isdigit() for name in names)
    print(f"\nfound in {found} of {count}, its size in the interval in {inside} of {count}; "
          f"A/A: {differing} of {metrics} metrics differ ({differing / max(metrics, 1):.1%})")
    return 0 if found >= 0.9 * count and inside >= 0.9 * count and differing <= 0.05 * metrics else 1


if __name__ == "__main__":
    sys.exit(main())
