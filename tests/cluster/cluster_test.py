#!/usr/bin/env python3
"""Tests of clusters as processes on this machine: cluster_test.py JOBS_PROGRAM EAGRE [TEST...]

Nodes are started one by one with --nodes, or all at once with --processes.
"""
import itertools
import os
import re
import signal
import subprocess
import time
from random import Random

from nodes import ClusterTest, free_ports, main, nodes_of


class Results(ClusterTest):
    def test_every_node_does_its_part(self):
        logs = self.ends_with(self.cluster(3, "keyed", "--records", 300000), 0,
                              self.expected("keyed", "--records", 300000))
        shares = [int(re.search(r"node \d: (\d+) records in", log).group(1)) for log in logs]
        for share in shares:
            self.assertGreaterEqual(share, sum(shares) / 5, shares)

    def test_a_pipeline_that_crosses_its_links_often_does_not_deadlock(self):
        for inbox, records in ((512, 3000), (8192, 30000), (4 << 20, 30000)):
            out = self.expected("crossing", "--records", records)
            nodes = self.cluster(2, "crossing", "--records", records, "--inbox-bytes", inbox)
            self.ends_with(nodes, 0, out)

    def test_nodes_join_in_any_order(self):
        out = self.expected("crossing", "--records", 2000)
        orders = list(itertools.permutations(range(3)))
        for order in orders:
            with self.subTest(order=order):
                self.ends_with(self.cluster(3, "crossing", "--records", 2000, order=order), 0, out)

    def test_nodes_join_with_any_delays(self):
        out = self.expected("crossing", "--records", 2000)
        for seed in range(50):
            with self.subTest(seed=seed):
                random = Random(seed)
                order = list(range(random.randint(2, 4)))
                random.shuffle(order)
                # Some start while the ones before them connect, some later.
                delays = [random.choice((0, random.uniform(0, 0.05))) for _ in order]
                nodes = self.cluster(len(order), "crossing", "--records", 2000, order=order,
                                     delays=delays)
                self.ends_with(nodes, 0, out)

    def test_more_processes_than_cores_finish(self):
        out = self.expected("keyed", "--records", 50000)
        node = self.start("keyed", "--records", 50000, "--processes", 8, "--workers", 1)
        self.ends_with([node], 0, out)


class Failures(ClusterTest):
    def test_a_killed_node_ends_all_others_within_a_second(self):
        for victim in range(3):
            with self.subTest(victim=victim):
                nodes = self.cluster(3, "endless")
                for node in nodes:
                    self.wait_until_running(node)
                nodes[victim].kill()
                killed = time.monotonic()
                others = nodes[:victim] + nodes[victim + 1:]
                for err in self.ends_with(others, 4, None):
                    self.assertRegex(err, rf"node {victim} \(127.0.0.1:\d+\) was lost")
                self.in_time(killed, 1)

    def test_a_stopped_node_ends_all_others_within_the_timeout_and_a_second(self):
        nodes = self.cluster(3, "endless", "--heartbeat", "200ms", "--heartbeat-timeout", "1s")
        for node in nodes:
            self.wait_until_running(node)
        nodes[1].kill(signal.SIGSTOP)
        stopped = time.monotonic()
        for err in self.ends_with([nodes[0], nodes[2]], 4):
            self.assertIn("node 1", err)
        self.in_time(stopped, 2)
        nodes[1].kill(signal.SIGCONT)
        self.ends_with([nodes[1]], 4)

    def test_a_node_that_computes_for_long_is_not_taken_for_lost(self):
        nodes = self.cluster(2, "busy", "--records", 7000, "--heartbeat", "100ms",
                             "--heartbeat-timeout", "500ms")
        results = [node.end() for node in nodes]
        self.assertEqual([code for code, _, _ in results], [0, 0], results)
        self.assertEqual(sorted(results[0][1].split("\n")),
                         sorted([f"{key} 1000" for key in range(7)] + [""]))

    def test_a_failing_operator_ends_all_nodes_and_is_named_by_all(self):
        nodes = self.cluster(3, "failing", "--records", 5000)
        for err in self.ends_with(nodes, 1, ""):
            self.assertRegex(err, r'operator "map" on worker \d failed at time \(\d+\): '
                                  "the last number")

    def test_sigterm_ends_all_nodes_in_order(self):
        for victim in range(2):
            nodes = self.cluster(2, "endless")
            for node in nodes:
                self.wait_until_running(node)
            nodes[victim].kill(signal.SIGTERM)
            for err in self.ends_with(nodes, 143, ""):
                self.assertIn(f"node {victim} was asked to end by SIGTERM", err)

    def test_sigterm_while_others_are_waited_for(self):
        nodes = [self.start("keyed", "--nodes", nodes_of(free_ports(2)), "--node", 0,
                            "--workers", 1, "--log-level", "info")]
        self.wait_for_line(nodes[0], "waiting for node 1")
        nodes[0].kill(signal.SIGTERM)
        self.ends_with(nodes, 143, "")


class Rest(ClusterTest):
    def test_nodes_that_wait_for_input_take_less_than_a_hundredth_of_a_processor(self):
        nodes = self.cluster(2, "resting")
        for node in nodes:
            self.wait_until_running(node)
        time.sleep(0.5)  # what was sent is worked off
        before = [node.processor_seconds() for node in nodes]
        time.sleep(3)
        for node, seconds in zip(nodes, before):
            self.assertLessEqual(node.processor_seconds() - seconds, 0.03)
        counts = []
        for node in nodes:
            code, out, err = node.end()
            self.assertEqual(code, 0, err)
            counts += out.splitlines()
        self.assertEqual(sorted(counts), sorted([f"{key} {1000 // 7 + (key < 6)}"
                                                 for key in range(7)] * 2))


class Memory(ClusterTest):
    def test_a_stopped_node_bounds_the_memory_of_the_others(self):
        inbox = 1 << 20
        nodes = self.cluster(2, "crossing", "--records", 10**12, "--inbox-bytes", inbox,
                             "--heartbeat-timeout", "60s")
        for node in nodes:
            self.wait_until_running(node)
        time.sleep(1)  # at full rate, until all is warm
        before = nodes[0].resident_bytes()
        nodes[1].kill(signal.SIGSTOP)
        peak = before
        for _ in range(100):
            time.sleep(0.03)
            peak = max(peak, nodes[0].resident_bytes())
        grown = peak - before
        # Six inboxes of this node, and what is on its way to those of the other one.
        self.assertLess(grown, 2 * 6 * inbox * 1.1)
        nodes[1].kill(signal.SIGCONT)
        nodes[0].kill(signal.SIGTERM)
        self.ends_with(nodes, 143)


class Joining(ClusterTest):
    def pair(self, first, second):
        """Two nodes that do not fit: the second one is refused, and the first one says why too."""
        addresses = nodes_of(free_ports(2))
        standing = self.start(*first, "--nodes", addresses, "--node", 0, "--workers", 1,
                              "--log-level", "info")
        self.wait_for_line(standing, "waiting for node 1")
        began = time.monotonic()
        joining = self.start(*(second if "--nodes" in second else
                               [*second, "--nodes", addresses, "--node", 1, "--workers", 1]))
        code, _, err = joining.end()
        took = time.monotonic() - began
        self.assertEqual(1, code, err)
        self.assertLess(took, 1)
        standing.kill(signal.SIGTERM)
        standing_code, _, standing_err = standing.end()
        self.assertEqual(143, standing_code)
        reason = re.search(r"not let into the cluster: (.*)", err).group(1)
        self.assertIn(reason, standing_err)
        return reason

    def test_other_dataflows_are_refused(self):
        self.assertIn("fingerprint", self.pair(["keyed"], ["crossing"]))

    def test_other_clusters_are_refused(self):
        self.assertIn('cluster "b"', self.pair(["keyed", "--cluster-id", "a"],
                                               ["keyed", "--cluster-id", "b"]))

    def test_other_options_are_refused(self):
        self.assertIn("--inbox-bytes", self.pair(["keyed"], ["keyed", "--inbox-bytes", "1MiB"]))

    def test_a_node_that_does_not_come_is_named(self):
        node = self.start("keyed", "--nodes", nodes_of(free_ports(2)), "--node", 0, "--workers", 1,
                          "--join-timeout", "300ms")
        code, _, err = node.end()
        self.assertEqual(4, code)
        self.assertRegex(err, r"node 0 waited 300ms for node 1 \(127.0.0.1:\d+\): start what is "
                              "missing, or allow more time with --join-timeout")

    def test_a_place_is_taken_once_and_a_running_dataflow_is_left_alone(self):
        addresses = nodes_of(free_ports(2))
        nodes = [self.start("endless", "--nodes", addresses, "--node", i, "--workers", 1,
                            "--log-level", "info") for i in range(2)]
        for node in nodes:
            self.wait_until_running(node)
        late = self.start("endless", "--nodes", addresses.replace(addresses.split(":")[-1],
                                                                  str(free_ports(1)[0])),
                          "--node", 1, "--workers", 1)
        code, _, err = late.end()
        self.assertEqual(1, code)
        self.assertIn("there is a node 1 already", err)
        nodes[0].kill(signal.SIGTERM)
        self.ends_with(nodes, 143)


class Started(ClusterTest):
    def test_one_command_starts_all_and_its_end_is_the_end_of_all(self):
        launcher = self.start("endless", "--processes", 3, "--workers", 1, "--log-level", "info")
        for _ in range(3):
            self.wait_until_running(launcher)
        children = subprocess.run(["pgrep", "-P", str(launcher.process.pid)], capture_output=True,
                                  text=True).stdout.split()
        self.assertEqual(3, len(children))
        launcher.kill()
        launcher.process.wait()
        for child in children:
            while os.path.exists(f"/proc/{child}"):
                with open(f"/proc/{child}/stat") as stat:
                    if stat.read().split()[2] == "Z":
                        break

    def test_a_failure_is_told_once(self):
        code, out, err = self.start("failing", "--processes", 3, "--workers", 1).end()
        self.assertEqual((1, ""), (code, out))
        self.assertEqual(1, err.count("the last number"))

    def test_misuse_is_told_once(self):
        code, _, err = self.start("nothing", "--processes", 3).end()
        self.assertEqual((2, 'cluster_jobs: there is no job "nothing"\n'), (code, err))


if __name__ == "__main__":
    main()
