#!/usr/bin/env python3
"""What `sensors` says of random rows, against the same computed from scratch: sensors_test.py PROGRAM

Rows are out of order, twice there, before 1970, at the same hour with other values, and unreadable.
"""
import datetime
import math
import pathlib
import random
import subprocess
import sys
import tempfile
from fractions import Fraction

HEADER = "year,month,day,hour,PM2.5,PM10,station"
EPOCH = datetime.datetime(1970, 1, 1)


def hour_text(hour):
    return (EPOCH + datetime.timedelta(hours=hour)).strftime("%Y-%m-%d %Hh")


def day_text(hour):
    return hour_text(hour)[:10]


def random_rows(draw):
    """Rows, each with what it says: (station, hour, dust or None), or None if it cannot be read."""
    rows, now = [(HEADER, None)], draw.randrange(-2000, 400000)
    for _ in range(draw.randrange(1500)):
        now += draw.choice([0, 0, 0, 1, 1, 2]) + (draw.randrange(60) if draw.random() < .02 else 0)
        hour = now - draw.choice([0, 0, 1, 2, draw.randrange(40)])
        at = EPOCH + datetime.timedelta(hours=hour)
        station = draw.choice(["Aoti", "B", "station-3"])
        dust = draw.choice([None, round(draw.gauss(40, 9), 1), 40.0, 900.5 if draw.random() < .1 else 4.0])
        row = f"{at.year},{at.month},{at.day},{at.hour},{'NA' if dust is None else dust},7,{station}"
        said = (station, hour, dust)
        if draw.random() < .02:
            row, said = draw.choice(["", "x", f"{at.year},13,1,0,4,7,B", row.replace(",7,", ",7", 1)[:9],
                                     f"{at.year},2,30,0,4,7,B", f"{at.year},1,1,24,4,7,B",
                                     f"{at.year},1,1,3,4z,7,B", f"{at.year},1,1,3,1e300,7,B"]), None
        rows.append((row, said))
    return rows


def by_window(readings, hours):
    windows = {}
    for station, hour, dust in readings:
        windows.setdefault((hour // hours, station), []).append((hour, dust))
    return windows


def expected(rows, epoch_rows, bound):
    on_time, late, newest = [], [], None
    for first in range(0, len(rows), epoch_rows):
        said = [s for _, s in rows[first:first + epoch_rows] if s]
        for reading in said:
            (late if newest is not None and reading[1] < newest - bound else on_time).append(reading)
        newest = max([r[1] for r in said] + ([] if newest is None else [newest]), default=None)
    means, gaps, outliers = [], [], []
    for (day, station), readings in by_window(on_time, 24).items():
        measured = [dust for _, dust in readings if dust is not None]
        if measured:
            mean = float(sum(map(Fraction, measured))) / len(measured)
            means.append(f"{day_text(day * 24)} {station} {mean:.2f}")
        missing = set(range(24)) - {hour % 24 for hour, dust in readings if dust is not None}
        if missing:
            gaps.append(f"{day_text(day * 24)} {station} {' '.join(map(str, sorted(missing)))}")
    for (_, station), readings in by_window(on_time, 168).items():
        measured = sorted(r for r in readings if r[1] is not None)
        mean = variance = 0.0
        for _, dust in measured:
            mean += dust / len(measured)
        for _, dust in measured:
            variance += (dust - mean) * (dust - mean) / len(measured)
        for hour, dust in measured:
            score = (dust - mean) / math.sqrt(variance) if variance else math.nan
            if abs(score) > 4:
                outliers.append(f"{hour_text(hour)} {station} {dust:.1f} {score:+.1f}")
    silences = []
    for station in {reading[0] for reading in on_time}:
        hours = sorted({hour for of, hour, _ in on_time if of == station})
        silences += [f"{hour_text(hour)} {station}" for hour, following in
                     zip(hours, [*hours[1:], math.inf]) if following > hour + 6]
    return {"mean": means, "gaps": gaps, "outliers": outliers, "silent": silences,
            "late,": [f"{hour_text(hour)} {station}" for station, hour, _ in late]}


def sections(text):
    parts, lines = {}, None
    for line in text.splitlines():
        if line.startswith("# "):
            lines = parts.setdefault(line.split()[1].rstrip(":"), [])
        else:
            lines.append(line)
    return parts


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    outliers = late = 0
    for seed in range(12):
        draw = random.Random(seed)
        rows, epoch_rows, bound = random_rows(draw), draw.choice([5, 50, 400]), draw.choice([0, 3, 20])
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "rows.csv"
            path.write_text("".join(row + "\n" for row, _ in rows))
            run = subprocess.run(
                [sys.argv[1], "--input", path, "--epoch-records", str(epoch_rows), "--bound", str(bound),
                 "--workers", str(1 + seed % 3)], capture_output=True, text=True, timeout=60)
        if run.returncode != 0:
            sys.exit(f"seed {seed}: exit status {run.returncode}: {run.stderr}")
        got = sections(run.stdout)
        unread = [row for row, said in rows[1:] if said is None]
        if len(got.pop("rows")) != len(unread):
            sys.exit(f"seed {seed}: {len(unread)} rows cannot be read; the output says otherwise")
        wanted = expected(rows, epoch_rows, bound)
        for name, lines in wanted.items():
            if sorted(got[name]) != sorted(lines):
                odd = sorted(set(got[name]) ^ set(lines))[:5]
                sys.exit(f"seed {seed}: section \"{name}\" differs: {odd}")
        outliers += len(wanted["outliers"])
        late += len(wanted["late,"])
    if not outliers or not late:
        sys.exit("the rows had no outliers, or none was late: they test nothing")


if __name__ == "__main__":
    main()
