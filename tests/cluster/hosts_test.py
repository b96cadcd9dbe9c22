#!/usr/bin/env python3
"""Clusters of several hosts: hosts_test.py JOBS_PROGRAM EAGRE [TEST...]

Three network namespaces stand for hosts, nodes have mutual TLS. Links lose packets, are slow, or are
cut: the results are the same, or every node ends in time and says whom it lost. Where namespaces
cannot be made the tests are skipped, with the reason.
"""
import signal
import time

from hosts import PORT, Hosts
from nodes import ClusterTest, main

TIMEOUT = 2  # of heartbeats, unless told otherwise


class Separate(ClusterTest):
    def setUp(self):
        self.hosts = Hosts(3)
        self.addCleanup(self.hosts.remove)
        self.flags = self.certificates(3)

    def node(self, index, *arguments):
        nodes = ",".join(f"{address}:{PORT}" for address in self.hosts.addresses)
        return self.start(*arguments, "--nodes", nodes, "--node", index, "--workers", 1,
                          "--log-level", "info", *self.flags[index],
                          prefix=self.hosts.prefix(index))

    def nodes(self, *arguments):
        return [self.node(i, *arguments) for i in range(3)]

    def running(self, *arguments):
        nodes = self.nodes("endless", *arguments)
        for node in nodes:
            self.wait_until_running(node)
        return nodes

    def lost(self, nodes, seconds):
        """All end within that time, and each names one that it lost, and why; returns their logs."""
        began = time.monotonic()
        logs = self.ends_with(nodes, 4, "")
        self.in_time(began, seconds)
        for log in logs:
            self.assertRegex(log, rf"node \d \(10\.77\.0\.\d:{PORT}\) was lost: its process ended, "
                                  "or nothing came from it any more")
        return logs


class Links(Separate):
    def same(self, job, *arguments):
        self.ends_with(self.nodes(*job, *arguments), 0, self.expected(*job))

    def test_hosts_form_a_cluster(self):
        self.same(["keyed", "--records", 300000])

    def test_one_packet_of_a_hundred_is_lost(self):
        self.hosts.lose(0.01)
        self.same(["crossing", "--records", 200000])
        self.assertGreater(self.hosts.lost_packets(), 0)

    def test_one_packet_of_ten_is_lost(self):
        self.hosts.lose(0.1)
        # The same packet may be lost several times in a row.
        self.same(["crossing", "--records", 50000], "--heartbeat-timeout", "15s")
        self.assertGreater(self.hosts.lost_packets(), 0)

    def test_links_are_slow(self):
        self.hosts.slow_down("1mbit")
        self.same(["crossing", "--records", 20000])
        self.assertGreater(self.hosts.held_back(), 0)


class Cuts(Separate):
    def test_a_host_without_a_cable_is_lost_to_all_and_all_to_it(self):
        nodes = self.running()
        self.hosts.unplug(2)
        logs = self.lost(nodes, TIMEOUT + 1)
        for log in logs[:2]:
            self.assertIn("node 2 (10.77.0.3", log)
        self.assertNotIn("node 2 (10.77.0.3", logs[2])

    def test_both_sides_of_a_partition_end(self):
        nodes = self.running()
        self.hosts.separate([0], [1, 2])
        logs = self.lost(nodes, TIMEOUT + 1)
        self.assertNotIn("node 0 (10.77.0.1", logs[0])
        for log in logs[1:]:
            self.assertIn("node 0 (10.77.0.1", log)

    def test_a_cut_that_one_of_three_does_not_see_ends_all(self):
        nodes = self.running()
        self.hosts.separate([0], [2])
        self.lost(nodes, TIMEOUT + 1)

    def test_a_link_that_works_one_way_only_ends_all(self):
        nodes = self.running()
        self.hosts.drop(0, 1)
        self.lost(nodes, TIMEOUT + 1)

    def test_a_connection_that_is_reset_ends_all_before_a_heartbeat_is_missed(self):
        nodes = self.running()
        self.hosts.reject(0, 1)
        self.lost(nodes, TIMEOUT)

    def test_options_say_how_long_silence_is_borne(self):
        nodes = self.running("--heartbeat", "100ms", "--heartbeat-timeout", "500ms")
        self.hosts.unplug(1)
        self.lost(nodes, 0.5 + 1)

    def test_a_host_that_does_not_answer_is_waited_for_no_longer_than_told(self):
        self.hosts.separate([0], [1, 2])
        began = time.monotonic()
        for log in self.ends_with(self.nodes("endless", "--join-timeout", "1s"), 4, ""):
            self.assertRegex(log, rf"node \d waited 1s for node \d \(10\.77\.0\.\d:{PORT}\)")
        self.in_time(began, 1 + 1)

    def test_a_node_that_waits_for_a_host_that_does_not_answer_can_be_asked_to_end(self):
        self.hosts.separate([0], [1])
        node = self.node(1, "endless")
        self.wait_for_line(node, "waiting for node 0")
        node.kill(signal.SIGTERM)
        began = time.monotonic()
        self.ends_with([node], 143, "")
        self.in_time(began, 1)


if __name__ == "__main__":
    main()
