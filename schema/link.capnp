@0xe02da15cc9929b04;
# What crosses between two processes ("nodes") of one dataflow: the protocol's specification.
#
# Each pair of nodes has one ordered, lossless link. A message on it is a *packet*: entries one
# behind the other and nothing else, at most 512 MiB. A sender fills a packet up to about 64 KiB, or
# until it has nothing more to do. Data comes before the progress that accounts for it.
#
# An entry is a header of 24 bytes and a body. All of it is little-endian; every entry starts at a
# multiple of 8 bytes:
#
#   bytes  what
#   0-3    kind: 1 deliver, 2 control
#   4-7    length of the body in bytes, a multiple of 8
#   8-11   deliver: the sending worker        control: 0
#   12-15  deliver: the receiving worker      control: 0
#   16-23  deliver: the credit it takes, in   control: 0
#          bytes, not 0
#   24-    body: one message in Cap'n Proto's standard stream framing;
#          deliver: a Batch (batch.capnp), control: a Control
#
# Workers have numbers over the whole cluster. Every message names the generation that it belongs
# to; receivers drop older ones.
#
# Of all versions of the protocol this stays as it is, so that nodes of different versions can
# refuse each other with a reason: the entry header, the first two members of Control's union,
# Hello.protocol, Problem.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("eagre::schema");

struct Control {
  generation @0 :UInt64;
  # Which life of the dataflow it belongs to; as in Batch.

  union {
    hello @1 :Hello;
    # The first message of both ends of a link: the answer of a node that lets the other one in.
    refused @2 :Problem;
    # Not let in, and why. The link ends.

    progress @3 :ProgressSum;
    frontiers @4 :FrontierDelta;
    credit @5 :Credit;

    ask @6 :Ask;
    answer @7 :Answer;

    failed @8 :Failed;
    # The dataflow fails, everywhere.
    complete @9 :Void;
    # From the leader: nothing is held or in flight any more. Finish what is left to do.
    left @10 :UInt32;
    # This node has done so.
    goodbye @11 :Void;
    # From the leader: all have. A link that ends after this is no failure.

    checkpoint @12 :Checkpoint;
  }
}

struct Hello {
  protocol @0 :UInt32;
  node @1 :UInt32;
  nodes @2 :UInt32;
  workers @3 :UInt32;
  # Per node.
  inboxBytes @4 :UInt64;
  plan @5 :UInt64;
  # Fingerprint of the dataflow's plan.
  options @6 :UInt64;
  # Fingerprint of all other options that must agree.
  cluster @7 :Text;
  program @8 :Text;
}

struct ProgressSum {
  # What happened on one node: pointstamp counts that changed. Applied whole or not at all.
  sequence @0 :UInt64;
  # Contiguous for each node and generation.
  node @1 :UInt32;
  changes @2 :List(Change);
  coordinates @3 :List(UInt64);
  # Of all times, one time behind the other.

  struct Change {
    diff @0 :Int64;
    # Not 0.
    location @1 :UInt32;
    coordinates @2 :UInt32;
    # How many of them are this change's time.
  }
}

struct FrontierDelta {
  # From the leader: the whole new frontier of each location where it moved.
  version @0 :UInt64;
  moves @1 :List(Move);
  coordinates @2 :List(UInt64);
  # Of all times of all moves, one behind the other.

  struct Move {
    location @0 :UInt32;
    times @1 :UInt32;
    # How many times the frontier has; 0: nothing will come any more.
    coordinates @2 :UInt32;
    # How many each of them has.
  }
}

struct Credit {
  # The receiver has processed so many bytes of what came on an edge: room for more.
  bytes @0 :UInt64;
  channel @1 :UInt32;
  from @2 :UInt32;
  # The worker that gives it, the receiver of batches.
  to @3 :UInt32;
  # The worker that gets it.
}

struct Checkpoint {
  # A step of a checkpoint (docs/checkpoints.md).
  interval @0 :UInt64;
  # Its number.
  step @1 :Step;
  epoch @2 :UInt64;
  # sourceAt: the last epoch in which a source of the sender may have sent something;
  # boundary: the boundary.
  bytes @3 :UInt64;
  hash @4 :UInt64;
  # saved: the length of the sender's file, and xxh3 of it.
  records @5 :UInt64;
  # saved: input records that the sender has read in this generation, up to the boundary.

  enum Step {
    ask @0;
    # From the leader, before boundary and abort: every source stays in its epoch and says which.
    sourceAt @1;
    # To the leader, one for each source.
    boundary @2;
    # From the leader, before any frontier beyond it.
    saved @3;
    # To the leader: what all instances of the sender keep is in a file, and durable.
    notSaved @4;
    # To the leader: that failed.
    abort @5;
    # From the leader: the checkpoint is not to be.
  }
}

struct Ask {
  # A request to an instance of an operator.
  id @0 :UInt64;
  # The asking node's number for it; the answer has the same.
  node @1 :UInt32;
  # The operator, as in the plan.
  worker @2 :UInt32;
  request @3 :Data;
  # A Batch in stream framing.
}

struct Answer {
  id @0 :UInt64;
  union {
    batch @1 :Data;
    # A Batch in stream framing.
    problem @2 :Problem;
  }
}

struct Failed {
  node @0 :UInt32;
  # Where it failed first.
  problem @1 :Problem;
}

struct Problem {
  code @0 :Code;
  message @1 :Text;
  # At most 64 KiB.

  enum Code {
    failed @0;
    usage @1;
    input @2;
    refused @3;
    cancelled @4;
    lost @5;
    terminated @6;
    checkpoint @7;
  }
}
