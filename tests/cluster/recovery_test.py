#!/usr/bin/env python3
"""Recovery of real processes: recovery_test.py WORDCOUNT RECOVERY_JOBS CLUSTER_JOBS EAGRE [TEST]

What is refused, and what one cannot leave to chance. What is left to it (who is killed, and when) is
tried by tools/src/torture.py.
"""
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools/src"))
from recovery_trials import (BAD_CHECKPOINT, BLOCKS, EPOCH, FAST, LINES, SLOW, Inputs, Run, Trial,
                             write_text)

WORDCOUNT = ""
RECOVERY_JOBS = ""
CLUSTER_JOBS = ""
EAGRE = ""

FAILED, USAGE, BAD_INPUT, LOST = 1, 2, 3, 4


class RecoveryTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.inputs = Inputs({"wordcount": [WORDCOUNT], "recovery_jobs": [RECOVERY_JOBS]})
        cls.addClassCleanup(cls.inputs.close)
        cls.files = cls.inputs.files

    def setUp(self):
        self.trial = self.trial_of("wordcount")
        self.folder = self.trial.folder
        self.checkpoints = self.trial.checkpoints
        self.manifests = self.trial.manifests
        self.start = self.trial.start

    def trial_of(self, job):
        trial = Trial(self.inputs, job)
        self.addCleanup(trial.close)
        return trial

    def assert_refused(self, run, code, *parts):
        self.assertEqual(run.end(), code, run.log())
        for part in parts:
            self.assertIn(part, run.log())


class Survives(RecoveryTest):
    def test_nothing_happens(self):
        self.trial.check(self.start("--processes", 2, "--workers", 1))

    def test_an_operator_with_named_states(self):
        self.survives_on_other_workers("states")

    def test_windows_of_event_time(self):
        self.survives_on_other_workers("windows")

    def survives_on_other_workers(self, job):
        trial = self.trial_of(job)
        run = trial.start("--processes", 2, "--workers", 1)
        self.assertTrue(run.wait_until(trial.manifests))
        os.kill(max(run.children()), signal.SIGKILL)
        self.assertTrue(run.wait_until(run.recovered))
        run.kill()
        # Other workers take back what is theirs.
        trial.check(trial.start("--processes", 1, "--workers", 3))

    def test_no_more_is_replayed_than_was_read_after_the_checkpoint(self):
        rate = FAST // 6
        run = self.start("--processes", 3, "--workers", 1, interval="200ms", rate=rate)
        begun = time.monotonic()
        before = set()
        for victim in range(3):
            self.assertTrue(run.wait_until(lambda: set(self.manifests()) - before))
            before = set(self.manifests())
            os.kill(run.children()[victim], signal.SIGKILL)
            self.assertTrue(run.wait_until(lambda victim=victim: run.recovered() == victim + 1))
        # At most, by all lives together.
        read = (time.monotonic() - begun) * rate
        self.trial.check(run)
        recoveries = run.recoveries()
        self.assertEqual(len(recoveries), 3)
        for recovery in recoveries:
            self.assertGreater(recovery["checkpoint"], 0)
            # What is in a checkpoint is not read again.
            records = len(self.files) * EPOCH * (recovery["epoch"] + 1)
            self.assertLessEqual(records + recovery["replayed"], min(LINES, read))
        # Each life's checkpoints are of later epochs than the one it went on from.
        self.assertLess(recoveries[0]["epoch"], recoveries[1]["epoch"])
        self.assertLess(recoveries[1]["epoch"], recoveries[2]["epoch"])

    def test_without_a_checkpoint_it_begins_again(self):
        run = self.start("--processes", 2, "--workers", 1, interval="600s")
        self.assertTrue(run.wait_until(lambda: len(run.children()) == 2))
        time.sleep(0.3)  # long enough to have read something
        os.kill(run.children()[1], signal.SIGKILL)
        self.trial.check(run)
        [recovery] = run.recoveries()
        self.assertEqual((recovery["checkpoint"], recovery["epoch"]), (0, 0))
        self.assertGreater(recovery["replayed"], 0)

    def test_a_stopped_process_is_replaced(self):
        run = self.start("--processes", 2, "--workers", 1, "--heartbeat", "50ms",
                         "--heartbeat-timeout", "300ms", rate=FAST // 3)
        self.assertTrue(run.wait_until(self.manifests))
        os.kill(max(run.children()), signal.SIGSTOP)
        self.assertTrue(run.wait_until(run.recovered))
        self.trial.check(run)

    def test_a_process_that_is_asked_to_end_is_not_started_again(self):
        run = self.start("--processes", 2, "--workers", 1, rate=SLOW)
        self.assertTrue(run.wait_until(self.manifests))
        run.process.terminate()
        self.assertEqual(run.end(), 143, run.log())
        again = self.start("--processes", 2, "--workers", 1)
        self.trial.check(again)
        self.assertEqual(again.recovered(), 1)

    def test_a_full_disk_costs_checkpoints_and_nothing_else(self):
        os.mkdir(self.checkpoints)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none",
                                  self.checkpoints], capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            self.skipTest(f"no file system of its own can be mounted: {mounted.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", self.checkpoints], check=True)
        run = self.start("--processes", 2, "--workers", 1, rate=FAST // 2)
        self.assertTrue(run.wait_until(lambda: "was given up, the 2. so far" in run.log()))
        # What could not be saved whole is gone.
        self.trial.check(run)
        self.assertIn("No space left on device", run.log())

    def test_too_many_losses(self):
        run = self.start("--processes", 2, "--workers", 1, "--restarts", 0, rate=SLOW)
        self.assertTrue(run.wait_until(self.manifests))
        os.kill(max(run.children()), signal.SIGKILL)
        self.assert_refused(run, LOST, "wordcount: given up without a restart: "
                            "node 1 was ended by signal 9 (Killed)\n")
        self.trial.check(self.start("--processes", 2, "--workers", 1))


class Fails(RecoveryTest):
    """An operator that throws, at a time of the test's choice."""

    def setUp(self):
        super().setUp()
        self.trial = self.trial_of("faulty")
        self.fault = self.inputs.files[0] + ".fault"
        self.options = ("--fault", self.fault, "--processes", 2, "--workers", 1)

    def start_with_fault(self, *options):
        """A run that fails after its first checkpoint."""
        run = self.trial.start(*self.options, *options, rate=FAST // 2)
        self.assertTrue(run.wait_until(self.trial.manifests), run.log())
        with open(self.fault, "w", encoding="ascii"):
            pass
        self.addCleanup(pathlib.Path(self.fault).unlink, missing_ok=True)
        return run

    def failures(self, run):
        return re.findall(r'^recovery_jobs: operator "map" on worker \d failed at time \(\d+\): '
                          r"no \d+ today$", run.log(), re.MULTILINE)

    def test_what_passes_is_survived(self):
        run = self.start_with_fault("--on-failure", "restart")
        self.assertTrue(run.wait_until(lambda: self.failures(run)), run.log())
        os.unlink(self.fault)
        self.trial.check(run)
        self.assertEqual(run.recovered(), len(self.failures(run)))
        self.assertGreater(run.recoveries()[0]["checkpoint"], 0)

    def test_a_storm_of_restarts_ends(self):
        run = self.start_with_fault("--on-failure", "restart", "--restarts", 3)
        self.assertEqual(run.end(), FAILED, run.log())
        self.assertEqual((run.recovered(), len(self.failures(run))), (3, 4), run.log())
        self.assertRegex(run.log(), r"recovery_jobs: given up after 3 restarts.* within \d+m?s: "
                         r'operator "map" on worker \d failed at time \(\d+\): no \d+ today\n'
                         r"The same command goes on from the last checkpoint")
        # When what was wrong is mended, the same command goes on.
        os.unlink(self.fault)
        again = self.trial.start(*self.options)
        self.trial.check(again)
        self.assertGreater(again.recoveries()[0]["checkpoint"], 0)

    def test_poison_is_left_out(self):
        trial = self.trial_of("poison")
        run = trial.start("--processes", 3, "--workers", 1)
        self.assertTrue(run.wait_until(trial.manifests), run.log())
        os.kill(run.children()[1], signal.SIGKILL)
        trial.check(run)
        letters = pathlib.Path(trial.epochs, "letters").read_text(encoding="utf-8").splitlines()
        self.assertIn(f"{len(letters)} records were left out: see {trial.epochs}/letters",
                      run.log())
        left_out = [json.loads(letter) for letter in letters]
        self.assertEqual({letter["operator"] for letter in left_out}, {"map", "filter", "flat_map"})
        for letter in left_out:
            divisor = int(letter["error"].removeprefix("divided by "))
            self.assertEqual(int(letter["record"]) % divisor, 0)

    def test_without_the_policy_it_fails(self):
        run = self.start_with_fault()
        self.assertEqual(run.end(), FAILED, run.log())
        self.assertEqual((run.recovered(), len(self.failures(run))), (0, 1), run.log())


def write_graph(path):
    """60,000 edges between 6,000 nodes."""
    rng = random.Random(1)
    with open(path, "w", encoding="ascii") as file:
        for _ in range(60_000):
            file.write(f"{rng.randrange(6000)} {rng.randrange(6000)}\n")


def write_index(path):
    """15,000 packages, four lines each."""
    rng = random.Random(2)
    with open(path, "w", encoding="ascii") as file:
        for i in range(15_000):
            depends = ", ".join(f"lib{rng.randrange(15_000)} (>= 1)" for _ in range(3))
            words = " ".join(rng.choices(["fast", "small", "library", "tool", "data"], k=4))
            file.write(f"Package: lib{i}\nDepends: {depends}\nDescription: {words}\n\n")


class Examples(unittest.TestCase):
    """Programs over a whole input: what they have read of it is what checkpoints keep."""

    def recovers(self, write, job, *arguments, epoch_records=1000):
        program = os.path.join(os.path.dirname(WORDCOUNT), job)
        inputs = Inputs({job: [program, *arguments]}, write)
        self.addCleanup(inputs.close)
        trial = Trial(inputs, job)
        self.addCleanup(trial.close)
        run = trial.start("--processes", 3, "--workers", 1, epoch_records=epoch_records,
                          rate=30_000)
        self.assertTrue(run.wait_until(lambda: len(trial.manifests()) > 1), run.log())
        os.kill(run.children()[1], signal.SIGKILL)
        self.assertTrue(run.wait_until(lambda: run.recovered() == 1), run.log())
        # Other workers go on with the rest of the input.
        run.kill()
        last = trial.start("--processes", 2, "--workers", 2, epoch_records=epoch_records)
        trial.check(last)
        [recovery] = last.recoveries()
        self.assertGreater(recovery["epoch"], 0)

    def test_components(self):
        self.recovers(write_graph, "components")

    def test_bfs(self):
        self.recovers(write_graph, "bfs", "--source", "1")

    def test_pagerank(self):
        self.recovers(write_graph, "pagerank")

    def test_packages(self):
        self.recovers(write_index, "packages", epoch_records=100)

    def test_epochs_of_another_length_are_another_run(self):
        inputs = Inputs({"components": [os.path.join(os.path.dirname(WORDCOUNT), "components")]},
                        write_graph)
        self.addCleanup(inputs.close)
        trial = Trial(inputs, "components")
        self.addCleanup(trial.close)
        trial.run_until_checkpoint()
        other = trial.start(epoch_records=EPOCH + 1)
        self.assertEqual(other.end(), BAD_CHECKPOINT, other.log())
        self.assertIn("a run with other arguments", other.log())
        none = trial.start(epoch_records=0)
        self.assertEqual(none.end(), USAGE, none.log())


class Refuses(RecoveryTest):
    def test_other_runs(self):
        self.trial.run_until_checkpoint("--processes", 2, "--workers", 1)
        self.assert_refused(
            self.start("--processes", 2, "--workers", 1, files=self.files[:2]), BAD_CHECKPOINT,
            "a run with other arguments")
        self.trial.check(self.start("--processes", 2, "--workers", 1))

    def test_a_state_that_belongs_to_workers(self):
        trial = self.trial_of("local")
        trial.run_until_checkpoint("--processes", 2, "--workers", 1)
        self.assert_refused(
            trial.start("--processes", 1, "--workers", 3), BAD_CHECKPOINT,
            'taken with 2 workers in all, and operator "epochs" cannot be restored with 3')
        # As many in all will do.
        run = trial.start("--processes", 1, "--workers", 2)
        trial.check(run, "--workers", "2")
        self.assertEqual(run.recovered(), 1)

    def test_two_runs_at_once(self):
        first = self.start("--processes", 2, "--workers", 1, rate=FAST // 3)
        self.assertTrue(first.wait_until(self.manifests))
        with tempfile.TemporaryDirectory() as elsewhere:
            second = Run(elsewhere, WORDCOUNT, "--checkpoint-dir", self.checkpoints, *self.files)
            self.assert_refused(second, USAGE, "is in use by another run")
        self.trial.check(first)

    def eagre_checkpoint(self, *arguments):
        return subprocess.run([EAGRE, "checkpoint", *arguments], capture_output=True, text=True,
                              check=False)

    def test_damaged_checkpoints(self):
        self.trial.run_until_checkpoint("--processes", 2, "--workers", 1)
        listed = self.eagre_checkpoint("ls", self.checkpoints).stdout.splitlines()
        self.assertEqual(len(listed), 1 + len(self.manifests()))
        self.assertTrue(listed[1].endswith("wordcount"), listed)
        shown = self.eagre_checkpoint("show", self.checkpoints)
        epoch, records = re.search(r"epoch (\d+), (\d+) input records", shown.stdout).groups()
        self.assertEqual(int(records), len(self.files) * EPOCH * (int(epoch) + 1))
        self.assertIn("2 processes with 1 workers each\n", shown.stdout)
        self.assertIn("  instance 1: ", shown.stdout)
        self.assertEqual(self.eagre_checkpoint("verify", self.checkpoints).returncode, 0)
        names = [line.split()[0] for line in listed[1:]]
        same = self.eagre_checkpoint("diff", self.checkpoints, names[-1], names[-1]).stdout
        self.assertIn("instance 1: the same\n", same)
        # The newest is damaged; an older one is used if there is one.
        newest = max(self.manifests(), key=lambda name: int(name.rsplit("-", 1)[1]))
        with open(newest, "r+b") as file:
            file.seek(20)
            byte = file.read(1)
            file.seek(20)
            file.write(bytes([byte[0] ^ 1]))
        for older in self.manifests():
            if older != newest:
                os.truncate(older, 9)
        verified = self.eagre_checkpoint("verify", self.checkpoints)
        self.assertEqual(verified.returncode, 1)
        self.assertIn("is damaged", verified.stderr)
        self.assertEqual(self.eagre_checkpoint("show", self.checkpoints, "9-9").returncode, 2)
        self.assertEqual(self.eagre_checkpoint("ls", "/nowhere").returncode, 2)
        self.assert_refused(self.start("--processes", 2, "--workers", 1), BAD_CHECKPOINT,
                            "no checkpoint in", "is damaged")

    def test_checkpoints_are_compared_and_removed(self):
        run = self.start("--processes", 2, "--workers", 1, rate=SLOW)
        self.assertTrue(run.wait_until(lambda: len(self.manifests()) > 1))
        refused = self.eagre_checkpoint("rm", self.checkpoints, "--all")
        self.assertEqual(refused.returncode, USAGE)
        self.assertIn("is in use by another run", refused.stderr)
        run.kill()
        older, newer = [line.split()[0] for line in
                        self.eagre_checkpoint("ls", self.checkpoints).stdout.splitlines()][-2:]
        diff = self.eagre_checkpoint("diff", self.checkpoints, older, newer).stdout
        epochs = re.match(r"epoch (\d+) to (\d+), (\d+) to (\d+) input records\n", diff)
        before, after, read_before, read_after = map(int, epochs.groups())
        self.assertEqual(read_after - read_before,
                         len(self.files) * EPOCH * (after - before))
        self.assertRegex(diff, r"instance \d+: \d+ to \d+ records, \d+ to \d+ bytes in memory\n")
        self.assertEqual(self.eagre_checkpoint("diff", self.checkpoints, older, "9-9").returncode,
                         USAGE)
        # Without the newest one the one before is gone on from.
        self.assertEqual(self.eagre_checkpoint("rm", self.checkpoints).returncode, USAGE)
        self.assertEqual(self.eagre_checkpoint("rm", self.checkpoints, newer).returncode, 0)
        self.assertFalse([name for name in os.listdir(self.checkpoints) if newer in name])
        run = self.start("--processes", 2, "--workers", 1)
        self.assertTrue(run.wait_until(run.recovered))
        self.assertEqual(run.recoveries()[0]["epoch"], before)
        run.kill()
        self.assertEqual(self.eagre_checkpoint("rm", self.checkpoints, "--all").returncode, 0)
        self.assertEqual(os.listdir(self.checkpoints), ["lock"])

    def test_a_file_that_shrank(self):
        elsewhere = tempfile.TemporaryDirectory()
        self.addCleanup(elsewhere.cleanup)
        files = [os.path.join(elsewhere.name, "shrinks.txt"), self.files[1]]
        write_text(files[0], 7, BLOCKS)
        run = self.start("--workers", 1, files=files, rate=SLOW)
        self.assertTrue(run.wait_until(self.manifests))
        run.kill()
        os.truncate(files[0], 10)
        self.assert_refused(self.start("--workers", 1, files=files), BAD_INPUT,
                            "it is not the same file any more")

    def test_folders(self):
        for path, code in (("/nowhere/at/all", USAGE), ("/dev/null", USAGE), ("", USAGE)):
            run = Run(self.folder, WORDCOUNT, "--checkpoint-dir", path, *self.files)
            self.assertEqual(run.end(), code, run.log())

    def test_options(self):
        for options, what in (
                (["--checkpoint-interval", "1s"], "says nothing without --checkpoint-dir"),
                (["--on-failure", "restart"], "give --checkpoint-dir"),
                (["--on-failure", "dead-letter"], "go together"),
                (["--dead-letters", "letters"], "go together"),
                (["--on-failure", "dead-letter", "--dead-letters", "same", "--out", "same"],
                 "name the same file"),
                (["--on-failure", "dead-letter", "--dead-letters", "/nowhere/letters"],
                 "--dead-letters /nowhere/letters: cannot write to its folder"),
                (["--checkpoint-dir", self.checkpoints, "--restart-window", "0s"],
                 "--restart-window: 0 is no time"),
                (["--checkpoint-dir", self.checkpoints, "--checkpoint-interval", "0s"],
                 "--checkpoint-interval: 0 is no time"),
                (["--checkpoint-dir", self.checkpoints, "--nodes", "127.0.0.1:1,127.0.0.1:2",
                  "--node", "0"], "cannot be restarted yet"),
                (["--checkpoint-dir", self.checkpoints, "--scheduler", "caf"],
                 "needs the pinned scheduler")):
            run = Run(self.folder, WORDCOUNT, *options, *self.files)
            self.assert_refused(run, USAGE, what)

    def test_sources_that_cannot_be_read_again(self):
        pipe = os.path.join(self.folder, "pipe")
        os.mkfifo(pipe)
        for path in ("-", pipe):
            run = Run(self.folder, WORDCOUNT, "--checkpoint-dir", self.checkpoints, path)
            self.assert_refused(run, USAGE, 'source "words" cannot read again what it has read')

        run = Run(self.folder, CLUSTER_JOBS, "--checkpoint-dir", self.checkpoints, "busy")
        self.assert_refused(run, USAGE, 'source "numbers" cannot read again what it has read')
        self.assert_refused(self.trial_of("fed").start(), USAGE,
                            'what the program feeds to input "fed" could not be fed again')

    def test_operators_that_cannot_be_restored(self):
        self.assert_refused(self.trial_of("opaque").start(), USAGE,
                            'no checkpoints can be taken: operator "opaque" keeps its state')


if __name__ == "__main__":
    WORDCOUNT, RECOVERY_JOBS, CLUSTER_JOBS, EAGRE = sys.argv[1:5]
    del sys.argv[1:5]
    unittest.main(verbosity=2)
