#!/usr/bin/env python3
"""What tools/torture runs: torture.py --programs FOLDER [--results FILE] [--seed N] [FAULT[=TRIALS]...]

TRIALS is a number; crash=each: every crash point once.
"""
import argparse
import json
import os
import pathlib
import sys
import time

import recovery_trials

TRIALS = {"kill": 1000, "kill-again": 300, "stop": 200, "damage": 100, "rescale": 100,
          "crash": 20 * len(recovery_trials.crash_points())}


def read_results(path):
    """What earlier runs found, by fault and seed."""
    found = {}
    if path.exists():
        for line in path.read_text().splitlines():
            result = json.loads(line)
            found[result["fault"], result["seed"]] = result
    return found


def try_one(inputs, fault, seed):
    begin = time.monotonic()
    result = {"fault": fault, "seed": seed, "hits": 0, "failure": None}
    try:
        result["hits"] = recovery_trials.run_trial(inputs, fault, seed)
    except recovery_trials.Failed as failure:
        result["failure"] = str(failure)
    result["seconds"] = round(time.monotonic() - begin, 2)
    return result


def report(results):
    print(f"{'fault':<12}{'trials':>8}{'faults that hit':>18}{'failures':>10}  seeds of failures")
    for fault in recovery_trials.FAULTS:
        of_fault = [r for r in results if r["fault"] == fault]
        failed = [str(r["seed"]) for r in of_fault if r["failure"] is not None]
        if of_fault:
            print(f"{fault:<12}{len(of_fault):>8}{sum(r['hits'] for r in of_fault):>18}"
                  f"{len(failed):>10}  {' '.join(failed)}")


def main():
    parser = argparse.ArgumentParser(prog="tools/torture")
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--results", type=pathlib.Path)
    parser.add_argument("--seed", type=int)
    parser.add_argument("faults", nargs="*", default=list(TRIALS))
    options = parser.parse_args()
    inputs = recovery_trials.Inputs({name: [os.path.abspath(options.programs / name)]
                                     for name in ("wordcount", "recovery_jobs")})
    known = read_results(options.results) if options.results else {}
    results = []
    for text in options.faults:
        fault, _, trials = text.partition("=")
        if text == "crash=each":
            trials = str(len(recovery_trials.crash_points()))
        if fault not in TRIALS or (trials and not trials.isdigit()):
            parser.error(f"{text}: say FAULT or FAULT=TRIALS; the faults are {', '.join(TRIALS)}")
        count = int(trials) if trials else TRIALS[fault]
        for seed in range(count) if options.seed is None else [options.seed]:
            result = known.get((fault, seed))
            if result is None or result["failure"] is not None:
                result = try_one(inputs, fault, seed)
                if options.results:
                    with open(options.results, "a", encoding="utf-8") as file:
                        file.write(json.dumps(result) + "\n")
            results.append(result)
            if result["failure"] is not None:
                print(f"{fault} --seed {seed}: {result['failure']}", flush=True)
    inputs.close()
    report(results)
    sys.exit(1 if any(r["failure"] is not None for r in results) else 0)


if __name__ == "__main__":
    main()
