"""Trials of recovery: a dataflow as real processes, a fault drawn from a seed, and what must come of
it: the output of a run in which nothing happened, byte for byte, exit code 0, nothing left behind.

The dataflows are `wordcount` and those of `recovery_jobs`, over files made here. What is waited for
is always an event (a checkpoint in the folder, a line of the log, the end of a process); only when a
fault strikes is a matter of time, drawn from the seed.
"""
import glob
import os
import pathlib
import random
import re
import signal
import subprocess
import tempfile
import time

JOBS = ("wordcount", "stateless", "keyed", "states", "windows", "join", "loop",
        "fan_out", "epochs", "poison")
OK, BAD_CHECKPOINT = 0, 5

# Lines of the input, and how many are read in a second: so a run takes a second and more, or, when
# it is to be interrupted for certain, as long as it takes.
BLOCKS = 5
LINES = 3 * BLOCKS * 20_000
FAST, SLOW = LINES, LINES // 20
# Lines of each file in an epoch.
EPOCH = 2000


class Failed(AssertionError):
    """A trial did not end as it must."""


def write_text(path, seed, blocks):
    """Lines of words: the same block again and again, about 1 MB each."""
    rng = random.Random(seed)
    words = ["".join(rng.choices("abcdefghijklmnop", k=rng.randint(2, 9))) for _ in range(5000)]
    block = "".join(" ".join(rng.choices(words, k=8)) + "\n" for _ in range(20000))
    with open(path, "w", encoding="ascii") as file:
        for _ in range(blocks):
            file.write(block)


def files_in(folder):
    """What the files of a folder hold, by name; nothing if it is not there."""
    return {path.name: path.read_bytes() for path in sorted(pathlib.Path(folder).glob("*"))}


def children_of(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(child) for child in file.read().split()]
    except OSError:
        return []


def has_ended(pid):
    """Whether a process is gone, or only waits for being noticed."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[0] in "ZX"
    except OSError:
        return True


def processes_with(text):
    """Processes that have `text` in their arguments."""
    found = []
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        pid = int(path.split("/")[2])
        try:
            if text in pathlib.Path(path).read_bytes().decode(errors="replace"):
                found.append(pid)
        except OSError:
            pass
    return [pid for pid in found if not has_ended(pid)]


class Run:
    """One command, its log in a file so that it can be read while it runs."""

    def __init__(self, folder, program, *arguments, environment=None):
        self.log_path = os.path.join(folder, "log")
        with open(self.log_path, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen([program, *map(str, arguments)], stderr=log,
                                            stdout=log, stdin=subprocess.DEVNULL,
                                            env=os.environ | (environment or {}))

    def log(self):
        with open(self.log_path, encoding="utf-8") as file:
            return file.read()

    def recovered(self):
        return len(self.recoveries())

    def recoveries(self):
        """What the log says of each recovery: generation, checkpoint, epoch and replayed."""
        found = []
        for line in re.findall(r"^recovered (generation=\d+ checkpoint=\d+ epoch=\d+ "
                               r"replayed=\d+) seconds=\d+\.\d+$", self.log(), re.MULTILINE):
            found.append({name: int(number) for name, number in
                          (part.split("=") for part in line.split())})
        return found

    def is_running(self):
        return self.process.poll() is None

    def children(self):
        return children_of(self.process.pid)

    def wait_until(self, condition, seconds=60):
        """Whether it came true before the command ended."""
        end = time.monotonic() + seconds
        while self.is_running():
            if condition():
                return True
            if time.monotonic() > end:
                raise Failed(f"waited {seconds} s in vain:\n{self.log()}")
            time.sleep(0.002)
        return False

    def end(self, seconds=120):
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Failed(f"did not end in {seconds} s:\n{self.log()}") from None
        return self.process.returncode

    def kill(self):
        """Kills the command; its processes do not outlive it."""
        children = self.children()
        self.process.kill()
        self.process.wait()
        for child in children:
            while not has_ended(child):
                time.sleep(0.002)


class Inputs:
    """Files, and what the dataflows make of them. `programs`: by name, the path and first arguments
    of each; `write`, if given, writes the one file that all read."""

    def __init__(self, programs, write=None):
        self.programs = programs
        self._folder = tempfile.TemporaryDirectory()
        self.files = []
        for seed in range(1 if write else 3):
            self.files.append(os.path.join(self._folder.name, f"{seed}.txt"))
            if write:
                write(self.files[-1])
            else:
                write_text(self.files[-1], seed, BLOCKS)
        self._expected = {}

    def close(self):
        self._folder.cleanup()

    def command(self, job, epochs):
        """The program of a dataflow, and its first arguments. `epochs`: where the job of that name
        writes its files, and poison its dead letters."""
        if job in self.programs:
            return self.programs[job][0], self.programs[job][1:]
        options = {"epochs": ("--epochs", epochs),
                   "poison": ("--on-failure", "dead-letter",
                              "--dead-letters", os.path.join(epochs, "letters"))}
        return self.programs["recovery_jobs"][0], (*options.get(job, ()), job)

    def expected(self, job, *options):
        """The result, and the files of epochs or dead letters."""
        if (job, options) not in self._expected:
            with tempfile.TemporaryDirectory() as epochs:
                program, arguments = self.command(job, epochs)
                result = subprocess.run([program, *options, *arguments, *self.files], check=True,
                                        capture_output=True).stdout
                self._expected[job, options] = result, files_in(epochs)
        return self._expected[job, options]


class Trial:
    """One dataflow and its folders; everything that is left to chance comes from the seed."""

    def __init__(self, inputs, job=None, seed=0):
        self.number = 0
        self.rng = random.Random(seed)
        self.inputs = inputs
        self.job = job or self.rng.choice(JOBS)
        self._folder = tempfile.TemporaryDirectory()
        self.folder = self._folder.name
        self.checkpoints = os.path.join(self.folder, "checkpoints")
        self.out = os.path.join(self.folder, "out")
        self.epochs = os.path.join(self.folder, "epochs")
        self._runs = []

    def close(self):
        for run in self._runs:
            if run.is_running():
                run.kill()
        self._folder.cleanup()

    def shape(self, least_processes=1):
        shapes = [(1, 1), (1, 2), (2, 1), (3, 1), (3, 2), (4, 1)]
        processes, workers = self.rng.choice([s for s in shapes if s[0] >= least_processes])
        return "--processes", processes, "--workers", workers

    def start(self, *options, rate=FAST, interval="50ms", files=None, environment=None,
              epoch_records=EPOCH):
        program, arguments = self.inputs.command(self.job, self.epochs)
        if self.job == "poison":
            os.makedirs(self.epochs, exist_ok=True)
        run = Run(self.folder, program, "--checkpoint-dir", self.checkpoints,
                  "--checkpoint-interval", interval, "--epoch-records", epoch_records,
                  "--rate", rate, "--out", self.out, *options, *arguments,
                  *(self.inputs.files if files is None else files), environment=environment)
        self._runs.append(run)
        return run

    def manifests(self):
        return sorted(glob.glob(os.path.join(self.checkpoints, "manifest-*[0-9]")))

    def run_until_checkpoint(self, *options):
        """A run that is killed as a whole after a new checkpoint: the folder stays."""
        before = set(self.manifests())
        run = self.start(*options, rate=SLOW)
        if not run.wait_until(lambda: set(self.manifests()) - before):
            raise Failed(f"ended before its first checkpoint:\n{run.log()}")
        run.kill()

    def check(self, run, *alone):
        """The run ended well, and left the right result and nothing else. `alone`: options with which
        the dataflow gives that result without a failure."""
        code = run.end()
        if code != OK:
            raise Failed(f"exit code {code}:\n{run.log()}")
        with open(self.out, "rb") as file:
            result, epochs = self.inputs.expected(self.job, *alone)
            if (file.read(), files_in(self.epochs)) != (result, epochs):
                raise Failed(f"another result than without a failure:\n{run.log()}")
        left = sorted(os.listdir(self.folder)), os.listdir(self.checkpoints)
        right = sorted(["checkpoints", "log", "out"] + (["epochs"] if epochs else []))
        if left != (right, ["lock"]):
            raise Failed(f"left behind: {left}")
        if orphans := processes_with(self.folder):
            raise Failed(f"processes left behind: {orphans}")


# ---- the faults; each returns how many of them struck


def kill(trial):
    """kill -9 of a random process (the leader included), one to three times, at random moments."""
    run = trial.start(*trial.shape())
    hits = 0
    for _ in range(trial.rng.randint(1, 3)):
        before = run.recovered()
        time.sleep(trial.rng.random() * 0.3)
        if not run.wait_until(lambda: trial.manifests() and run.children()):
            break
        victims = run.children()
        if not victims:
            continue
        os.kill(trial.rng.choice(victims), signal.SIGKILL)
        hits += 1
        # With a checkpoint there, nothing starts from the beginning again.
        run.wait_until(lambda before=before: run.recovered() > before)
    trial.check(run)
    return hits


def kill_again(trial):
    """A second kill during recovery; two of three; all at once; the launcher too."""
    way = trial.rng.choice(["during recovery", "two", "all", "launcher"])
    shape = trial.shape(least_processes=3)
    if way == "launcher":
        for _ in range(trial.rng.randint(1, 3)):
            trial.run_until_checkpoint(*shape)
        run = trial.start(*shape)
        trial.check(run)
        if run.recovered() != 1:
            raise Failed(f"started from the beginning again:\n{run.log()}")
        return 1
    run = trial.start(*shape, rate=FAST // 3)
    if not run.wait_until(trial.manifests):
        raise Failed(f"ended before its first checkpoint:\n{run.log()}")
    victims = run.children()
    trial.rng.shuffle(victims)
    for victim in victims[:{"during recovery": 1, "two": 2}.get(way)]:
        os.kill(victim, signal.SIGKILL)
    hits = 1 if victims else 0
    if way == "during recovery" and run.wait_until(lambda: set(run.children()) - set(victims)):
        time.sleep(trial.rng.random() * 0.1)
        for victim in run.children()[:1]:
            os.kill(victim, signal.SIGKILL)
            hits += 1
    trial.check(run)
    return hits


def stop(trial):
    """SIGSTOP, shorter or longer than the timeout of 300 ms, then SIGCONT: zombies write nothing."""
    run = trial.start(*trial.shape(least_processes=2), "--heartbeat", "50ms",
                      "--heartbeat-timeout", "300ms", rate=FAST // 3)
    if not run.wait_until(trial.manifests):
        raise Failed(f"ended before its first checkpoint:\n{run.log()}")
    victims = run.children()
    if not victims:
        return 0
    victim = trial.rng.choice(victims)
    os.kill(victim, signal.SIGSTOP)
    time.sleep(trial.rng.choice([0.1, 0.6]))
    try:
        os.kill(victim, signal.SIGCONT)
    except ProcessLookupError:
        pass  # it was replaced already
    trial.check(run)
    return 1


def damage(trial):
    """A flipped bit or a cut in files of the newest checkpoint: an older one is used, or exit code 5
    says which file it is."""
    shape = trial.shape()
    trial.run_until_checkpoint(*shape)
    newest = max(trial.manifests(), key=lambda name: int(name.rsplit("-", 1)[1]))
    key = newest.rsplit("manifest-", 1)[1]
    files = [newest, *glob.glob(os.path.join(trial.checkpoints, f"state-{key}-*"))]
    for path in trial.rng.sample(files, trial.rng.randint(1, len(files))):
        size = os.path.getsize(path)
        if trial.rng.random() < 0.5:
            os.truncate(path, trial.rng.randrange(size))
            continue
        with open(path, "r+b") as file:
            at = trial.rng.randrange(size)
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ 1 << trial.rng.randrange(8)]))
    run = trial.start(*shape)
    if run.end() == BAD_CHECKPOINT:
        if "no checkpoint in" not in run.log() or "is damaged" not in run.log():
            raise Failed(f"refused without the reason:\n{run.log()}")
    else:
        trial.check(run)
        if "an older checkpoint is used" not in run.log():
            raise Failed(f"the damage was not noticed:\n{run.log()}")
    return 1


def rescale(trial):
    """Killed as a whole and gone on from with other numbers of processes and workers."""
    lives = [("--processes", trial.rng.randint(1, 4), "--workers", trial.rng.randint(1, 3))
             for _ in range(trial.rng.randint(2, 4))]
    for life in lives[:-1]:
        trial.run_until_checkpoint(*life)
    run = trial.start(*lives[-1])
    trial.check(run)
    if run.recovered() != 1:
        raise Failed(f"started from the beginning again:\n{run.log()}")
    return len(lives) - 1


def crash_points():
    """Every point at which a process can be killed: EAGRE_CRASH_POINT in the sources."""
    root = pathlib.Path(__file__).resolve().parents[2]
    points = []
    for folder in ("runtime", "actors"):
        for path in sorted((root / folder).rglob("*.cc")):
            points += re.findall(r'EAGRE_CRASH_POINT\("([^"]+)"\)', path.read_text(encoding="utf-8"))
    return points


def crash(trial):
    """A process, or the launcher, is killed between two steps of what must survive that. The seed's
    number says at which of the crash points, and when it comes there for which time."""
    points = crash_points()
    point = points[trial.number % len(points)]
    shape = trial.shape(least_processes=2)
    # So that there is something to restore, and something to write over.
    trial.run_until_checkpoint(*shape)
    with open(trial.out, "w", encoding="ascii") as file:
        file.write("what was there before\n")
    armed = os.path.join(trial.checkpoints, "armed")
    with open(armed, "w", encoding="ascii"):
        pass
    hit = 1 + trial.number // len(points) % 3
    run = trial.start(*shape, environment={"EAGRE_CRASH": f"{armed}:{hit}:{point}"})
    if run.end() == -signal.SIGKILL:  # the launcher: somebody starts it again
        run.kill()
        run = trial.start(*shape)
    struck = not os.path.exists(armed)
    if not struck:
        os.unlink(armed)
        if hit == 1:
            raise Failed(f"nothing came to the crash point \"{point}\"")
    trial.check(run)
    return int(struck)


FAULTS = {"kill": kill, "kill-again": kill_again, "stop": stop, "damage": damage,
          "rescale": rescale, "crash": crash}


def run_trial(inputs, fault, seed):
    """Returns how many faults struck; raises Failed."""
    trial = Trial(inputs, seed=f"{fault} {seed}")
    trial.number = seed
    try:
        return FAULTS[fault](trial)
    finally:
        trial.close()
