@0x94e84d75e4d41765;
# A schema as users write them, in two versions: the newer one has more fields.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("eagre::data::testing");

struct Person {
  name @0 :Text;
  age @1 :UInt16 = 18;
  phones @2 :List(Phone);
  struct Phone {
    number @0 :Text;
    kind @1 :Kind;
  }
  enum Kind {
    home @0;
    work @1;
  }
  home :union {
    none @3 :Void;
    city @4 :Text;
    friend @5 :Person;
  }
}

struct NewerPerson {
  name @0 :Text;
  age @1 :UInt16 = 18;
  phones @2 :List(Person.Phone);
  home :union {
    none @3 :Void;
    city @4 :Text;
    friend @5 :Person;
  }
  email @6 :Text;
  score @7 :Float64;
}
