#!/usr/bin/env python3
"""A node that joins and then breaks the protocol: hostile_test.py JOBS_PROGRAM EAGRE [TEST...]

Whatever it sends, the others end in order, say which node it was, and none of them aborts.
"""
import os
import subprocess

import nodes
from nodes import ClusterTest, free_ports, main, nodes_of


class Hostile(ClusterTest):
    def test_a_node_that_breaks_the_protocol_ends_the_dataflow_by_its_name(self):
        hostile = os.path.join(os.path.dirname(nodes.PROGRAM), "hostile_peer")
        attacks = subprocess.run([hostile], check=True, capture_output=True, text=True).stdout
        self.assertGreater(len(attacks.splitlines()), 5)
        for line in attacks.splitlines():
            name, victim = line.split()
            with self.subTest(attack=name):
                self.attacked(hostile, name, int(victim))

    def attacked(self, hostile, name, victim):
        ports = free_ports(3)
        peer = subprocess.Popen([hostile, name, *map(str, ports)])
        self.addCleanup(peer.wait)
        self.addCleanup(peer.kill)
        others = {node: self.start("endless", "--nodes", nodes_of(ports), "--node", node,
                                   "--workers", 1, "--log-level", "warn") for node in (0, 2)}
        for node, (code, out, err) in {i: n.end(30) for i, n in others.items()}.items():
            self.assertEqual((4, ""), (code, out), f"node {node}: {err}")
            self.assertRegex(err, r"node 1 (or node 2 )?sent (makes no sense|something as node \d)")
            if node == victim:
                self.assertNotIn("dropped", err)
        peer.kill()


if __name__ == "__main__":
    main()
