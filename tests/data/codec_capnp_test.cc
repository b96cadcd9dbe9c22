// Laws of records of Cap'n Proto types on random structs (RapidCheck), damage included.
// Catches: structs that come back different, damaged words that are read without bounds, versions
// of a schema that no longer understand each other, equal structs that are not one key.

#include "runtime/data/codec_capnp.h"

#include <algorithm>
#include <string>

#include "runtime/data/key.h"
#include "tests/data/arbitrary_records.h"
#include "tests/data/batches.h"
#include "tests/data/person.capnp.h"

namespace eagre::data {
namespace {

using namespace eagre::data::testing;
using eagre::testing::check;
using PersonMessage = Message<Person>;

void fill(Person::Builder person, int depth) {
  const auto text = [] { return *rc::gen::container<std::string>(rc::gen::inRange('a', 'd')); };
  if (*rc::gen::arbitrary<bool>()) {
    person.setName(text());
  }
  if (*rc::gen::arbitrary<bool>()) {
    person.setAge(*rc::gen::inRange<std::uint16_t>(17, 20));
  }
  const auto phones = *rc::gen::inRange(0u, 3u);
  if (phones != 0) {
    auto list = person.initPhones(phones);
    for (auto phone : list) {
      phone.setNumber(text());
    }
  }
  const int home = *rc::gen::inRange(0, depth > 0 ? 3 : 2);
  if (home == 1) {
    person.getHome().setCity(text());
  }
  if (home == 2) {
    fill(person.getHome().initFriend(), depth - 1);
  }
}

PersonMessage draw_person() {
  return PersonMessage::build([](Person::Builder person) { fill(person, 3); });
}

std::vector<PersonMessage> draw_people() {
  std::vector<PersonMessage> people(*rc::gen::inRange<std::size_t>(0, 6));
  for (PersonMessage& person : people) {
    person = draw_person();
  }
  return people;
}

std::string printed(const PersonMessage& person) {
  return kj::str(person.reader()).cStr();
}

TEST_CASE("structs of a schema come back as they went in") {
  static_assert(Record<PersonMessage>);
  check("round trip", [] {
    const std::vector<PersonMessage> people = draw_people();
    const Batch batch = Batch::from_wire(wire_of(batch_of(people))).value();
    const std::vector<PersonMessage> back = records_of<PersonMessage>(batch);
    RC_ASSERT(back.size() == people.size());
    for (std::size_t i = 0; i < people.size(); ++i) {
      RC_ASSERT((back[i] == people[i]));
      RC_ASSERT(printed(back[i]) == printed(people[i]));
    }
  });
}

TEST_CASE("structs of a schema can be parts of records") {
  struct Visit {
    std::uint64_t at;
    std::vector<PersonMessage> people;
  };
  const PersonMessage ada = PersonMessage::build([](Person::Builder p) { p.setName("Ada"); });
  const Batch batch = batch_of(std::vector<Visit>{{1, {ada, PersonMessage()}}, {2, {}}});
  const std::vector<Visit> visits = records_of<Visit>(batch);
  REQUIRE(visits.size() == 2);
  CHECK(visits[0].people[0].reader().getName() == "Ada");
  CHECK(visits[0].people[1].reader().getAge() == 18);
  CHECK(visits[1].people.empty());
}

TEST_CASE("damaged structs are found before they are read") {
  check("flipped bytes", 1000, 50, [] {
    std::vector<PersonMessage> people = draw_people();
    people.push_back(draw_person());
    const Batch batch = batch_of(people);
    std::vector<std::byte> bytes = wire_of(batch);
    // In the words of the structs, which are the last column.
    const std::size_t size = batch.column(1).size();
    const auto flips = *rc::gen::inRange(1, 4);
    for (int i = 0; i < flips && size != 0; ++i) {
      bytes[bytes.size() - size + *rc::gen::inRange<std::size_t>(0, size)] ^=
          static_cast<std::byte>(*rc::gen::inRange(1, 256));
    }
    const base::Result<Batch> read = Batch::from_wire(bytes);
    RC_ASSERT(read.ok());
    if (!verify<PersonMessage>(*read).ok()) {
      return;
    }
    for (const PersonMessage& person : records_of<PersonMessage>(*read)) {
      (void)printed(person);
    }
  });
}

TEST_CASE("another version of the schema reads what it knows") {
  const auto newer = Message<NewerPerson>::build([](NewerPerson::Builder person) {
    person.setName("Ada");
    person.setEmail("ada@example.org");
    person.setScore(1.5);
  });
  // As if the sender's program had the newer version under the same name.
  std::array<Column, 2> columns;
  Codec<Message<NewerPerson>>::encode(newer, columns.data());
  const Batch batch =
      Batch::from_wire(wire_of(Batch::make(
                           Header{.count = 1, .layout = Codec<PersonMessage>::kLayout}, columns)))
          .value();
  const std::vector<PersonMessage> people = records_of<PersonMessage>(batch);
  REQUIRE(people.size() == 1);
  CHECK(people[0].reader().getName() == "Ada");
  // What it does not know stays in it.
  CHECK(Codec<PersonMessage>::encoded_size(people[0]) ==
        Codec<Message<NewerPerson>>::encoded_size(newer));
}

TEST_CASE("structs of equal content are one key, however they were built") {
  const auto reset = PersonMessage::build([](Person::Builder person) {
    person.setName("Ada");
    person.initPhones(2);
    person.disownPhones();
  });
  const auto plain = PersonMessage::build([](Person::Builder person) { person.setName("Ada"); });
  CHECK(reset == plain);
  CHECK(key_hash(reset) == key_hash(plain));
  const auto newer =
      Message<NewerPerson>::build([](NewerPerson::Builder person) { person.setName("Ada"); });
  CHECK(key_hash(newer) == key_hash(plain));
  CHECK(key_hash(PersonMessage()) == key_hash(PersonMessage::build([](Person::Builder) {})));
  check("order", 200, 50, [] {
    const PersonMessage a = draw_person();
    const PersonMessage b = draw_person();
    std::vector<std::byte> x;
    std::vector<std::byte> y;
    canonical_encode(a, x);
    canonical_encode(b, y);
    RC_ASSERT(CanonicalLess<PersonMessage>()(a, b) == std::ranges::lexicographical_compare(x, y));
    RC_ASSERT((a == b) == (x == y));
  });
}

}  // namespace
}  // namespace eagre::data
