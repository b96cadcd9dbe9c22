@0xd6b4f0c1a25e7a93;
# What a checkpoint folder holds (docs/checkpoints.md):
#
#   generation-G     a Claim: generation G has begun, and from where
#   manifest-G-K     a Manifest: checkpoint K, taken in generation G, is complete
#   state-G-K-N      what the instances of node N kept at that checkpoint
#   read-G           how many input records generation G has read, in 64-byte slots that begin with a
#                    UInt64: slot 0, up to the checkpoint that it goes on from; slot 1 + N, since then
#                    by process N, which counts there while it runs
#
# Claims and manifests are one message in Cap'n Proto's standard stream framing, followed by xxh3
# (64 bits, little-endian) of it. A state file is a run of entries: the instance (UInt32), 0
# (UInt32), the length of what follows (UInt64), and a Batch (batch.capnp) in stream framing.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("eagre::schema");

struct Claim {
  restored @0 :Bool;
  # It goes on from a checkpoint: this one. Else it begins at the beginning.
  generation @1 :UInt64;
  interval @2 :UInt64;
}

struct Manifest {
  version @0 :UInt32;
  # Of this format: 1.
  generation @1 :UInt64;
  interval @2 :UInt64;
  # The checkpoint's number.
  epoch @3 :UInt64;
  # Its boundary: all of this epoch and before is in it, nothing else.
  program @4 :Text;
  plan @5 :UInt64;
  # Fingerprint of the dataflow's plan.
  options @6 :UInt64;
  # Fingerprint of the program's own options and arguments.
  processes @7 :UInt32;
  workers @8 :UInt32;
  # Of each process.
  files @9 :List(File);
  # By node.
  records @10 :UInt64;
  # Input records up to the boundary, since the beginning.

  struct File {
    bytes @0 :UInt64;
    hash @1 :UInt64;
    # xxh3 of it.
  }
}
