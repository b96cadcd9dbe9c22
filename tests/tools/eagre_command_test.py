#!/usr/bin/env python3
"""Tests of the command `eagre`: eagre_command_test.py EAGRE_PROGRAM JOBS_PROGRAM

  Certs    what is made, and that nothing is left of what fails; a cluster over TLS lets in who has
           a certificate of its authority, and nobody else
  Cluster  what a launcher passes on, how it ends, and that no node outlives it; the commands from
           other shells, and what they say to a file that is stale
The nodes of most tests are a script that stands for an eagre program. What is waited for is always
an event: a line, the end of a process.
"""
import json
import os
import pathlib
import select
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import unittest

EAGRE = JOBS = ""
NODE = f"""#!{sys.executable}
import os, signal, sys
nodes, node = sys.argv[sys.argv.index("--nodes") + 1], int(sys.argv[sys.argv.index("--node") + 1])
job = sys.argv[-1]
if job == "speak":
    print("out", node, flush=True)
    sys.stderr.write(f"first\\n\\n{{nodes}}\\nlast without an end")
elif job == "read":
    print(sys.stdin.read(), end="", flush=True)
elif job == "arguments":
    print(*sys.argv[1:], flush=True)
elif job.startswith("codes"):
    code = int(job.split(",")[node + 1])
    os.kill(os.getpid(), -code) if code < 0 else sys.exit(code)
else:
    if job == "stubborn":
        signal.signal(signal.SIGTERM, lambda *_: print("no", file=sys.stderr, flush=True))
    print("ready", file=sys.stderr, flush=True)
    while True:
        signal.pause()
"""


class CommandTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.dir = self.folder / "cluster"

    def run_eagre(self, *arguments, **options):
        """Exit code, stdout, stderr."""
        options.setdefault("stdin", subprocess.DEVNULL if "input" not in options else None)
        if options["stdin"] is None:
            del options["stdin"]
        done = subprocess.run([EAGRE, *map(str, arguments)], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=60, **options)
        return done.returncode, done.stdout, done.stderr

    def refused(self, code, what, *arguments, **options):
        got, out, err = self.run_eagre(*arguments, **options)
        self.assertEqual((code, ""), (got, out), err)
        self.assertIn(what, err)

    def program(self, name, text):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path


def flags(folder, node):
    return ["--tls-certificate", folder / f"node{node}.pem", "--tls-key", folder / f"node{node}.key",
            "--tls-ca", folder / "ca.pem"]


class Certs(CommandTest):
    def make(self, name, nodes=2):
        code, out, err = self.run_eagre("certs", self.folder / name, "--nodes", nodes)
        self.assertEqual((0, ""), (code, err))
        return self.folder / name, out

    def left(self):
        return sorted(path.name for path in self.folder.iterdir())

    def with_openssl(self, text):
        """An environment in which openssl is this script."""
        self.program("bin/openssl", "#!/bin/sh\n" + text)
        return {**os.environ, "PATH": f"{self.folder}/bin:{os.environ['PATH']}"}

    def test_an_authority_and_a_pair_of_files_a_node_are_made(self):
        folder, out = self.make("certs")
        self.assertEqual(["ca.key", "ca.pem", "node0.key", "node0.pem", "node1.key", "node1.pem"],
                         sorted(path.name for path in folder.iterdir()))
        for key in folder.glob("*.key"):
            self.assertEqual(0o600, stat.S_IMODE(key.stat().st_mode), key)
        for node in (0, 1):
            subprocess.run(["openssl", "verify", "-x509_strict", "-CAfile", folder / "ca.pem",
                            folder / f"node{node}.pem"], check=True, stdout=subprocess.DEVNULL)
            self.assertIn(" ".join(map(str, flags(folder, node))), out)
        self.assertEqual(["certs"], self.left())

    def test_nothing_is_overwritten(self):
        folder, _ = self.make("certs")
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        self.refused(2, str(folder / "ca.pem"), "certs", folder)
        self.assertEqual(before, {path.name: path.read_bytes() for path in folder.iterdir()})
        self.program("other/file", "")
        self.refused(2, str(self.folder / "other/file"), "certs", self.folder / "other")
        self.refused(2, "is no folder", "certs", self.folder / "other/file")

    def test_an_empty_folder_is_used(self):
        (self.folder / "certs").mkdir()
        folder, _ = self.make("certs/")
        self.assertTrue((folder / "node1.key").exists())

    def test_without_openssl_nothing_is_made(self):
        self.refused(1, 'no program "openssl"', "certs", self.folder / "certs",
                     env={"PATH": str(self.folder)})
        self.assertEqual([], self.left())

    def test_a_failure_on_the_way_leaves_nothing(self):
        env = self.with_openssl('case "$*" in *node1*) echo no luck; exit 3;; esac\n'
                                f'PATH={os.environ["PATH"]} exec openssl "$@"\n')
        self.refused(1, "no luck", "certs", self.folder / "certs", env=env)
        self.assertEqual(["bin"], self.left())

    def test_an_interruption_leaves_nothing(self):
        env = self.with_openssl(f'kill -TERM $PPID\nPATH={os.environ["PATH"]} exec openssl "$@"\n')
        code, out, _ = self.run_eagre("certs", self.folder / "certs", env=env)
        self.assertEqual((-signal.SIGTERM, ""), (code, out))
        self.assertEqual(["bin"], self.left())

    def run_nodes(self, *tls):
        sockets = [socket.create_server(("127.0.0.1", 0)) for _ in tls]
        nodes = ",".join(f"127.0.0.1:{s.getsockname()[1]}" for s in sockets)
        for s in sockets:
            s.close()
        running = [subprocess.Popen(
            [JOBS, "crossing", "--records", "30000", "--nodes", nodes, "--node", str(node),
             "--workers", "1", "--join-timeout", "3s", *map(str, files)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for node, files in enumerate(tls)]
        return [(*node.communicate(timeout=60), node.returncode) for node in running]

    def test_nodes_with_certificates_of_one_authority_form_a_cluster(self):
        folder, _ = self.make("certs")
        first, second = self.run_nodes(flags(folder, 0), flags(folder, 1))
        self.assertEqual((0, 0), (first[2], second[2]), first[1] + second[1])
        alone = subprocess.run([JOBS, "crossing", "--records", "30000", "--workers", "2"],
                               stdout=subprocess.PIPE, text=True, check=True)
        self.assertEqual(alone.stdout, first[0])

    def test_a_certificate_of_another_authority_does_not_let_in(self):
        folder, _ = self.make("certs")
        other, _ = self.make("other")
        stranger = ["--tls-certificate", other / "node1.pem", "--tls-key", other / "node1.key",
                    "--tls-ca", folder / "ca.pem"]
        first, second = self.run_nodes(flags(folder, 0), stranger)
        self.assertEqual((4, "", ""), (first[2], first[0], second[0]), first[1] + second[1])
        self.assertNotEqual(0, second[2])


class Cluster(CommandTest):
    def setUp(self):
        super().setUp()
        self.node = self.program("node", NODE)

    def up(self, job, nodes=3, **options):
        up = subprocess.Popen(
            [EAGRE, "cluster", "up", "--dir", str(self.dir), "--nodes", str(nodes), "--",
             str(self.node), job], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, **options)
        self.addCleanup(up.stdout.close)
        self.addCleanup(up.stderr.close)
        self.addCleanup(up.wait)
        self.addCleanup(up.kill)
        return up

    def up_and_ready(self, job="wait", nodes=3, **options):
        """The launcher, and the nodes' process ids; all nodes are running."""
        up = self.up(job, nodes, **options)
        waited_for = {f"node {i}| ready\n" for i in range(nodes)} | {
            f"eagre| {nodes} nodes started, see {self.dir}/cluster.json\n"}
        for line in up.stderr:
            waited_for.discard(line)
            if not waited_for:
                return up, [node["pid"] for node in self.roster()["nodes"]]
        raise AssertionError(f"the launcher ended before {waited_for}")

    def roster(self):
        return json.loads((self.dir / "cluster.json").read_text())

    def command(self, *arguments):
        return self.run_eagre("cluster", arguments[0], "--dir", self.dir, *arguments[1:])

    def states(self):
        code, out, err = self.command("status")
        self.assertEqual((0, ""), (code, err))
        return [line.split()[-1] for line in out.splitlines()]

    def ended(self, pid):
        with self.assertRaises(ProcessLookupError):
            os.kill(pid, 0)

    def test_what_nodes_write_is_one_stream_and_node_0_has_stdout(self):
        code, out, err = self.run_eagre("cluster", "up", "--dir", self.dir, "--nodes", 2, "--",
                                        self.node, "speak")
        self.assertEqual((0, "out 0\n"), (code, out), err)
        lines = err.splitlines()
        of = [[line for line in lines if line.startswith(f"node {i}| ")] for i in (0, 1)]
        addresses = of[0][2].split("| ")[1]
        self.assertEqual(2, len(set(addresses.split(","))))
        for i in (0, 1):
            said = [f"node {i}| {text}" for text in
                    (["out 1"] if i else []) + ["first", "", addresses, "last without an end"]]
            self.assertEqual(said, of[i])
        self.assertEqual(len(lines), len(of[0]) + len(of[1]) + 1)
        self.assertEqual([], list(self.dir.iterdir()))

    def test_node_0_reads_stdin(self):
        code, out, err = self.run_eagre("cluster", "up", "--dir", self.dir, "--", self.node, "read",
                                        input="some words\n")
        self.assertEqual((0, "some words\n"), (code, out), err)

    def test_nodes_share_the_cores_unless_told(self):
        for given, count in (([], 1), (["--workers", "3"], 1), (["--workers=3"], 0)):
            code, out, err = self.run_eagre("cluster", "up", "--dir", self.dir, "--nodes", 4, "--",
                                            self.node, *given, "arguments")
            self.assertEqual(0, code, err)
            self.assertEqual(count, out.split().count("--workers"), out)
            self.assertTrue(out.strip().endswith(" ".join([*given, "arguments"])))

    def test_the_exit_code_is_that_of_node_0_or_of_the_one_that_failed(self):
        for codes, expected in (("0,0", 0), ("5,0", 5), ("0,7", 7), ("-9,4", 4), ("-9,0", 137)):
            with self.subTest(codes=codes):
                code, _, err = self.run_eagre("cluster", "up", "--dir", self.dir, "--nodes", 2, "--",
                                              self.node, f"codes,{codes}")
                self.assertEqual(expected, code, err)
                self.assertEqual("-9" in codes, "was ended by signal 9 (Killed)" in err)

    def test_a_signal_ends_all_nodes(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(signal=number):
                up, pids = self.up_and_ready()
                up.send_signal(number)
                self.assertEqual(128 + signal.SIGTERM, up.wait(60))
                for pid in pids:
                    self.ended(pid)
                self.assertEqual([], list(self.dir.iterdir()))

    def test_a_second_signal_kills_what_does_not_end(self):
        up, pids = self.up_and_ready("stubborn", nodes=1)
        up.send_signal(signal.SIGINT)
        self.assertEqual("node 0| no\n", up.stderr.readline())
        up.send_signal(signal.SIGINT)
        self.assertEqual("eagre| node 0 was ended by signal 9 (Killed)\n", up.stderr.readline())
        self.assertEqual(128 + signal.SIGKILL, up.wait(60))
        self.ended(pids[0])

    def test_no_node_outlives_a_launcher_that_is_killed(self):
        up, pids = self.up_and_ready("stubborn")
        held = [os.pidfd_open(pid) for pid in pids]
        up.kill()
        for process in held:
            self.assertTrue(select.select([process], [], [], 60)[0])
            os.close(process)

    def test_what_is_left_of_a_killed_launcher_is_noticed(self):
        up, pids = self.up_and_ready()
        held = [os.pidfd_open(pid) for pid in pids]
        up.kill()
        up.wait()
        for process in held:
            select.select([process], [], [])
            os.close(process)
        for command in (["status"], ["down"], ["kill", "0"]):
            code, out, err = self.command(*command)
            self.assertEqual((2, ""), (code, out))
            self.assertIn("left from one that is gone", err)
            self.assertIn('"eagre cluster up -- PROGRAM', err)
        up, _ = self.up_and_ready()
        self.assertEqual(0, self.command("down")[0])

    def test_a_process_id_that_was_given_again_is_no_node(self):
        up, pids = self.up_and_ready()
        roster = self.roster()
        roster["nodes"][1]["start"] += 1
        (self.dir / "cluster.json").write_text(json.dumps(roster))
        self.assertEqual(["running", "gone", "running"], self.states())
        code, _, err = self.command("kill", 1)
        self.assertEqual(1, code)
        self.assertIn(f"node 1 (pid {pids[1]}) has ended already", err)
        os.kill(pids[1], 0)
        up.terminate()

    def test_nodes_are_paused_resumed_and_killed(self):
        up, pids = self.up_and_ready()
        code, out, _ = self.command("status")
        self.assertEqual([f"node {i}  pid {pids[i]}  {node['address']}  running"
                          for i, node in enumerate(self.roster()["nodes"])], out.splitlines())
        self.assertEqual((0, "", ""), self.command("pause", 1))
        self.assertEqual(["running", "paused", "running"], self.states())
        self.assertEqual((0, "", ""), self.command("resume", 1))
        self.assertEqual(["running"] * 3, self.states())
        self.assertEqual((0, "", ""), self.command("kill", 2))
        self.assertEqual("eagre| node 2 was ended by signal 9 (Killed)\n", up.stderr.readline())
        self.assertEqual(["running", "running", "gone"], self.states())
        self.assertEqual(1, self.command("pause", 2)[0])

    def test_down_ends_all_even_one_that_is_paused(self):
        up, pids = self.up_and_ready()
        self.command("pause", 0)
        self.assertEqual((0, "3 nodes have ended\n", ""), self.command("down"))
        for pid in pids:
            self.ended(pid)
        self.assertEqual(143, up.wait(60))
        self.assertEqual(2, self.command("down")[0])

    def test_a_folder_has_one_cluster(self):
        self.up_and_ready()
        self.refused(2, '"eagre cluster down" ends it', "cluster", "up", "--dir", self.dir, "--",
                     self.node, "speak")
        self.assertEqual(["running"] * 3, self.states())

    def test_a_folder_that_others_can_write_to_is_not_the_users_own(self):
        own = self.folder / f"eagre-{os.geteuid()}"
        own.mkdir()
        own.chmod(0o777)
        self.refused(1, "only you can write to", "cluster", "status",
                     env={**os.environ, "XDG_RUNTIME_DIR": str(self.folder)})

    def test_what_is_not_there_is_refused(self):
        for command in (["status"], ["down"], ["kill", "0"], ["pause", "0"], ["resume", "0"]):
            code, out, err = self.command(*command)
            self.assertEqual((2, ""), (code, out))
            self.assertIn(f"no cluster runs in {self.dir}: start one with", err)
        self.refused(2, "-- PROGRAM", "cluster", "up", "--dir", self.dir)
        self.refused(2, "/no/program could not be started: No such file", "cluster", "up", "--dir",
                     self.dir, "--", "/no/program")
        self.refused(2, "takes no program", "cluster", "status", "--", "program")
        self.refused(2, "--nodes", "cluster", "up", "--nodes", "0", "--", self.node)
        self.refused(2, "--help", "cluster")
        self.up_and_ready()
        for node in ("3", "-1", "x"):
            code, _, err = self.command("kill", node)
            self.assertEqual(2, code, err)
        self.assertIn('no node "x": this cluster has 3 nodes, from 0 on', err)


if __name__ == "__main__":
    EAGRE, JOBS = (os.path.abspath(program) for program in sys.argv[1:3])
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
