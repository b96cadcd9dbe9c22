@0x8a660dd3c9e741d2;
# One batch of records at one logical time: the one thing that crosses between operators, between
# nodes, into capture files and replay logs.
#
# On the wire a batch is a message in Cap'n Proto's standard stream framing, of two segments:
# segment 0 holds the struct, segment 1 the columns. So a new header can be put on a body that is
# shared and stays where it is. Readers take any arrangement of segments.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("eagre::schema");

struct Batch {
  generation @0 :UInt64;
  # Which life of the dataflow sent it; it grows with every recovery. Older ones are dropped.

  interval @1 :UInt64;
  # The number of checkpoints the sender had taken.

  count @2 :UInt64;
  # How many records the columns hold.

  layout @3 :UInt64;
  # Fingerprint of the structure of a record: kinds and sizes of fields, not their names.

  channel @4 :UInt32;
  # The edge of the dataflow that it travels on.

  time @5 :List(UInt64);
  # Coordinates: the epoch, then one for each nested scope (a loop its round).

  columns @6 :List(Data);
  # Packed records: one column, the objects as they are in memory (little-endian, padding zero).
  # Others: one column for each leaf field, in order of declaration, where
  #   a scalar is itself;
  #   a string or vector is a UInt32 length in one column, its content in the next ones;
  #   an optional is a byte (0 or 1) in one column and, if 1, its value in the next ones.
  # Every column starts at a multiple of 8 bytes.
}
