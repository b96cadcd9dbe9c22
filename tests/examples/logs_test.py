#!/usr/bin/env python3
"""What `logs` says of random access logs, against the same computed from scratch: logs_test.py PROGRAM

Lines are out of order, there twice, of several time zones, and unreadable.
"""
import collections
import datetime
import pathlib
import random
import subprocess
import sys
import tempfile

EPOCH = datetime.datetime(1970, 1, 1)
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
Request = collections.namedtuple("Request", "at host page status")


def text_of(at):
    return (EPOCH + datetime.timedelta(seconds=at)).strftime("%Y-%m-%d %H:%M:%S")


def line_of(draw, request):
    east = draw.choice([0, 0, 120, -330])
    at = EPOCH + datetime.timedelta(seconds=request.at + 60 * east)
    zone = f"{'-' if east < 0 else '+'}{abs(east) // 60:02}{abs(east) % 60:02}"
    page = request.page + draw.choice(["", "?a=1", "?"])
    rest = draw.choice(["", ' "-" "an agent [x] 1.0"', ' "http://x/?q=\\"" "-"'])
    return (f"{request.host} - - [{at.day:02}/{MONTHS[at.month - 1]}/{at.year}:{at:%H:%M:%S} {zone}] "
            f'"GET {page} HTTP/1.1" {request.status} 512{rest}')


def random_lines(draw):
    """Lines, each with its request, or None if it cannot be read."""
    lines, now = [], draw.randrange(1_000_000, 2_000_000_000)
    hosts = [f"host{i}" for i in range(draw.randrange(1, 9))]
    for _ in range(draw.randrange(1500)):
        now += draw.choice([0, 0, 1, 1, 3]) + (draw.randrange(3000) if draw.random() < .01 else 0)
        request = Request(now - draw.choice([0, 1, draw.randrange(60), draw.randrange(200)]),
                          draw.choice(hosts), f"/p{draw.randrange(6)}",
                          draw.choice([200, 200, 304, 404, 500]))
        line = line_of(draw, request)
        if draw.random() < .02:
            line, request = draw.choice(["", "x", line[:40], line.replace("[", "("), line.replace(":", "-", 3),
                                         line.replace(" HTTP/1.1", "").replace("GET ", ""),
                                         line.replace("512", "").split('" ')[0] + '" 20O 1',
                                         " " + line]), None
        lines.append((line, request))
    return lines


def windows_of(requests, size, slide):
    windows = collections.defaultdict(list)
    for request in requests:
        start = request.at // slide * slide
        while start + size > request.at:
            windows[start].append(request)
            start -= slide
    return windows


def sessions_of(requests, gap):
    hosts = collections.defaultdict(list)
    for request in sorted(requests):
        hosts[request.host].append(request.at)
    for host, times in hosts.items():
        session = [times[0]]
        for at in times[1:]:
            if at - session[-1] >= gap:
                yield host, session
                session = []
            session.append(at)
        yield host, session


def expected(lines, epoch_lines, bound, errors, gap, least):
    on_time, late, newest = [], [], None
    for first in range(0, len(lines), epoch_lines):
        asked = [request for _, request in lines[first:first + epoch_lines] if request]
        for request in asked:
            (late if newest is not None and request.at < newest - bound else on_time).append(request)
        newest = max([r.at for r in asked] + ([] if newest is None else [newest]), default=None)
    minutes = [f"{text_of(start)[:16]} {len(window)}"
               for start, window in windows_of(on_time, 60, 60).items()]
    wrong = [request for request in on_time if request.status >= 400]
    bursts = [f"{text_of(start)[:16]} {len(window)}"
              for start, window in windows_of(wrong, 300, 60).items() if len(window) >= errors]
    pages = []
    for start, window in windows_of(on_time, 3600, 3600).items():
        counts = collections.Counter(request.page for request in window)
        most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:3]
        pages.append(f"{text_of(start)[:13]}h " + " ".join(f"{page} {n}" for page, n in most))
    sessions = [f"{text_of(times[0])} {host} {times[-1] - times[0]} {len(times)}"
                for host, times in sessions_of(on_time, gap) if len(times) >= least]
    return {"requests": minutes, "bursts": bursts, "pages": pages, "sessions:": sessions,
            "late,": [f"{text_of(r.at)} {r.host} {r.page}" for r in late]}


def sections(text):
    parts, lines = {}, None
    for line in text.splitlines():
        if line.startswith("# "):
            lines = parts.setdefault(line.split()[1], [])
        else:
            lines.append(line)
    return parts


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    seen = collections.Counter()
    for seed in range(15):
        draw = random.Random(seed)
        lines, epoch_lines = random_lines(draw), draw.choice([5, 50, 400])
        bound, errors, gap, least = draw.choice([0, 60, 150]), 4, draw.choice([20, 300]), 3
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "access.log"
            path.write_text("".join(line + "\n" for line, _ in lines))
            run = subprocess.run(
                [sys.argv[1], "--input", path, "--epoch-records", str(epoch_lines),
                 "--bound", str(bound), "--errors", str(errors), "--gap", str(gap), "--requests", str(least),
                 "--workers", str(1 + seed % 3)], capture_output=True, text=True, timeout=60)
        if run.returncode != 0:
            sys.exit(f"seed {seed}: exit status {run.returncode}: {run.stderr}")
        got = sections(run.stdout)
        unread = sum(request is None for _, request in lines)
        if len(got.pop("lines")) != unread:
            sys.exit(f"seed {seed}: {unread} lines cannot be read; the output says otherwise")
        for name, wanted in expected(lines, epoch_lines, bound, errors, gap, least).items():
            if sorted(got[name]) != sorted(wanted):
                odd = sorted(set(got[name]) ^ set(wanted))[:5]
                sys.exit(f"seed {seed}: section \"{name}\" differs: {odd}")
            seen[name] += len(wanted)
    if len(seen) != 5 or not all(seen.values()):
        sys.exit(f"the logs test nothing in some sections: {dict(seen)}")


if __name__ == "__main__":
    main()
