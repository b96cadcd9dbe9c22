// Control messages through Cap'n Proto: writing the seldom ones, reading all of them.
#include "runtime/control/control_wire.h"

#include <capnp/any.h>
#include <capnp/message.h>
#include <capnp/serialize.h>
#include <fmt/core.h>
#include <kj/exception.h>

#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/data/aligned_words.h"
#include "runtime/data/wire_words.h"
#include "schema/link.capnp.h"

namespace eagre::control {

namespace {

using progress::Generation;
using progress::Location;
using progress::Time;

base::Status malformed(std::string what) {
  return base::Status(base::Code::input, "malformed control message: " + std::move(what));
}

// ---- writing

capnp::Text::Reader cut(std::string_view text, std::string& storage) {
  storage = text.substr(0, kMaxTextBytes);
  return {storage.c_str(), storage.size()};
}

schema::Problem::Code to_schema(base::Code code) {
  switch (code) {
    case base::Code::usage:
      return schema::Problem::Code::USAGE;
    case base::Code::input:
      return schema::Problem::Code::INPUT;
    case base::Code::refused:
      return schema::Problem::Code::REFUSED;
    case base::Code::cancelled:
      return schema::Problem::Code::CANCELLED;
    case base::Code::lost:
      return schema::Problem::Code::LOST;
    case base::Code::terminated:
      return schema::Problem::Code::TERMINATED;
    case base::Code::checkpoint:
      return schema::Problem::Code::CHECKPOINT;
    case base::Code::ok:
    case base::Code::failed:
      break;
  }
  return schema::Problem::Code::FAILED;
}

void write(const base::Status& status, schema::Problem::Builder out) {
  EAGRE_CHECK(!status.ok(), "success is sent to another node as a problem");
  std::string storage;
  out.setCode(to_schema(status.code()));
  out.setMessage(cut(status.message(), storage));
}

// Writes the bytes of a batch to where `init(size)` says.
template <class Init>
void write(const data::Batch& batch, std::string_view what, Init init) {
  EAGRE_CHECK(batch, "{} without a batch is sent to another node", what);
  std::vector<std::byte> wire;
  batch.append_wire(wire);
  capnp::Data::Builder to = init(static_cast<capnp::uint>(wire.size()));
  std::memcpy(to.begin(), wire.data(), wire.size());
}

struct Writer {
  schema::Control::Builder out;

  void operator()(const Hello& hello) {
    std::string storage;
    schema::Hello::Builder to = out.initHello();
    to.setProtocol(hello.protocol);
    to.setNode(hello.node);
    to.setNodes(hello.nodes);
    to.setWorkers(hello.workers);
    to.setInboxBytes(hello.inbox_bytes);
    to.setPlan(hello.plan);
    to.setOptions(hello.options);
    to.setCluster(cut(hello.cluster, storage));
    to.setProgram(cut(hello.program, storage));
  }
  void operator()(const Refused& refused) { write(refused.reason, out.initRefused()); }
  void operator()(const Ask& ask) {
    schema::Ask::Builder to = out.initAsk();
    to.setId(ask.id);
    to.setNode(ask.node);
    to.setWorker(ask.worker);
    write(ask.request, "a request", [&to](capnp::uint size) { return to.initRequest(size); });
  }
  void operator()(const Answer& answer) {
    schema::Answer::Builder to = out.initAnswer();
    to.setId(answer.id);
    if (answer.status.ok()) {
      write(answer.batch, "an answer", [&to](capnp::uint size) { return to.initBatch(size); });
    } else {
      write(answer.status, to.initProblem());
    }
  }
  void operator()(const Failed& failed) {
    schema::Failed::Builder to = out.initFailed();
    to.setNode(failed.node);
    write(failed.reason, to.initProblem());
  }
  void operator()(const Complete&) { out.setComplete(); }
  void operator()(const Left& left) { out.setLeft(left.node); }
  void operator()(const Goodbye&) { out.setGoodbye(); }
  void operator()(const Checkpoint& checkpoint) {
    schema::Checkpoint::Builder to = out.initCheckpoint();
    to.setInterval(checkpoint.interval);
    // The numbers of the steps are the same.
    to.setStep(static_cast<schema::Checkpoint::Step>(checkpoint.step));
    to.setEpoch(checkpoint.epoch);
    to.setBytes(checkpoint.bytes);
    to.setHash(checkpoint.hash);
    to.setRecords(checkpoint.records);
  }
};

void append_by_capnp(const auto& message, std::vector<std::byte>& out) {
  capnp::MallocMessageBuilder builder;
  auto root = builder.initRoot<schema::Control>();
  root.setGeneration(generation_of(message).value());
  Writer{root}(message);
  const kj::Array<capnp::word> flat = capnp::messageToFlatArray(builder);
  const kj::ArrayPtr<const kj::byte> bytes = flat.asBytes();
  const auto* const begin = reinterpret_cast<const std::byte*>(bytes.begin());
  out.insert(out.end(), begin, begin + bytes.size());
}

// ---- reading

// What is wrong with a message that Cap'n Proto can read.
struct Malformed {
  std::string what;
};

std::string text_of(capnp::Text::Reader text, std::string_view name) {
  if (text.size() > kMaxTextBytes) {
    throw Malformed{
        fmt::format("its {} has {} bytes, {} are the limit", name, text.size(), kMaxTextBytes)};
  }
  return {text.cStr(), text.size()};
}

base::Status status_of(schema::Problem::Reader problem) {
  const auto code = [&] {
    switch (problem.getCode()) {
      case schema::Problem::Code::FAILED:
        return base::Code::failed;
      case schema::Problem::Code::USAGE:
        return base::Code::usage;
      case schema::Problem::Code::INPUT:
        return base::Code::input;
      case schema::Problem::Code::REFUSED:
        return base::Code::refused;
      case schema::Problem::Code::CANCELLED:
        return base::Code::cancelled;
      case schema::Problem::Code::LOST:
        return base::Code::lost;
      case schema::Problem::Code::TERMINATED:
        return base::Code::terminated;
      case schema::Problem::Code::CHECKPOINT:
        return base::Code::checkpoint;
    }
    throw Malformed{
        fmt::format("{} is no code of a problem", static_cast<unsigned>(problem.getCode()))};
  }();
  return {code, text_of(problem.getMessage(), "message")};
}

data::Batch batch_of(capnp::Data::Reader bytes) {
  auto batch = data::Batch::from_wire(std::as_bytes(std::span(bytes.begin(), bytes.size())));
  if (!batch.ok()) {
    throw Malformed{batch.status().message()};
  }
  return *std::move(batch);
}

// A list where it lies, each of its elements `each` words without pointers, as it is written.
std::span<const std::uint64_t> words_of(capnp::AnyList::Reader list, std::size_t each) {
  const kj::ArrayPtr<const kj::byte> bytes = list.getRawBytes();
  const std::size_t words = list.size() * each;
  if (bytes.size() != words * sizeof(std::uint64_t)) {
    throw Malformed{fmt::format("a list of {} elements in {} bytes, each has {} words", list.size(),
                                bytes.size(), each)};
  }
  return {reinterpret_cast<const std::uint64_t*>(bytes.begin()), words};
}

std::uint32_t low(std::uint64_t word) {
  return static_cast<std::uint32_t>(word);
}
std::uint32_t high(std::uint64_t word) {
  return static_cast<std::uint32_t>(word >> 32);
}

// Takes the times of a message out of its list of coordinates, one after another.
class Times {
 public:
  explicit Times(capnp::List<std::uint64_t>::Reader all) : rest_(words_of(all, 1)) {}

  // `n` times of `coordinates` each are to come.
  void expect(std::uint64_t n, std::uint64_t coordinates) const {
    if (coordinates > data::Batch::kMaxCoordinates) {
      throw Malformed{fmt::format("a time of {} coordinates, {} are the limit", coordinates,
                                  data::Batch::kMaxCoordinates)};
    }
    if (n * coordinates > rest_.size()) {
      throw Malformed{fmt::format("{} times of {} coordinates, {} coordinates are left", n,
                                  coordinates, rest_.size())};
    }
  }
  Time next(std::size_t coordinates) {
    Time time(rest_.first(coordinates));
    rest_ = rest_.subspan(coordinates);
    return time;
  }
  void end() const {
    if (!rest_.empty()) {
      throw Malformed{fmt::format("its times leave {} coordinates", rest_.size())};
    }
  }

 private:
  std::span<const std::uint64_t> rest_;
};

ProgressSum read_progress(Generation generation, schema::ProgressSum::Reader reader) {
  ProgressSum sum{.generation = generation,
                  .process = progress::ProcessId(reader.getNode()),
                  .sequence = reader.getSequence(),
                  .changes = {}};
  const std::span<const std::uint64_t> changes = words_of(reader.getChanges(), 2);
  sum.changes.reserve(changes.size() / 2);
  Times times(reader.getCoordinates());
  for (std::size_t i = 0; i < changes.size(); i += 2) {
    const auto diff = static_cast<std::int64_t>(changes[i]);
    const std::uint32_t coordinates = high(changes[i + 1]);
    if (diff == 0) {
      throw Malformed{fmt::format("change {} is by 0", i / 2)};
    }
    times.expect(1, coordinates);
    sum.changes.push_back(
        {.at = Location(low(changes[i + 1])), .time = times.next(coordinates), .diff = diff});
  }
  times.end();
  return sum;
}

FrontierDelta read_frontiers(Generation generation, schema::FrontierDelta::Reader reader) {
  FrontierDelta delta{.generation = generation, .version = reader.getVersion(), .moves = {}};
  const std::span<const std::uint64_t> moves = words_of(reader.getMoves(), 2);
  delta.moves.reserve(moves.size() / 2);
  Times times(reader.getCoordinates());
  for (std::size_t i = 0; i < moves.size(); i += 2) {
    const std::uint32_t location = low(moves[i]);
    const std::uint32_t count = high(moves[i]);
    const std::uint32_t coordinates = low(moves[i + 1]);
    if (count > kMaxFrontierTimes) {
      throw Malformed{fmt::format("the frontier of location {} has {} times, {} are the limit",
                                  location, count, kMaxFrontierTimes)};
    }
    times.expect(count, coordinates);
    progress::FrontierMove& move = delta.moves.emplace_back();
    move.location = Location(location);
    for (std::uint32_t n = 0; n < count; ++n) {
      if (!move.frontier.insert(times.next(coordinates)) || move.frontier.size() != n + 1) {
        throw Malformed{fmt::format(
            "the frontier of location {} is no antichain: time {} of it compares with one before",
            location, n)};
      }
    }
  }
  times.end();
  return delta;
}

Hello read_hello(Generation generation, schema::Hello::Reader hello) {
  return {.protocol = hello.getProtocol(),
          .cluster = text_of(hello.getCluster(), "cluster id"),
          .program = text_of(hello.getProgram(), "program name"),
          .plan = hello.getPlan(),
          .options = hello.getOptions(),
          .node = hello.getNode(),
          .nodes = hello.getNodes(),
          .workers = hello.getWorkers(),
          .inbox_bytes = hello.getInboxBytes(),
          .generation = generation};
}

Answer read_answer(Generation generation, schema::Answer::Reader answer) {
  Answer result{.generation = generation, .id = answer.getId(), .status = {}, .batch = {}};
  switch (answer.which()) {
    case schema::Answer::BATCH:
      result.batch = batch_of(answer.getBatch());
      return result;
    case schema::Answer::PROBLEM:
      result.status = status_of(answer.getProblem());
      return result;
  }
  throw Malformed{fmt::format("{} is no kind of answer", static_cast<unsigned>(answer.which()))};
}

Checkpoint read_checkpoint(Generation generation, schema::Checkpoint::Reader checkpoint) {
  if (checkpoint.getStep() > schema::Checkpoint::Step::ABORT) {
    throw Malformed{
        fmt::format("{} is no step of a checkpoint", static_cast<unsigned>(checkpoint.getStep()))};
  }
  return {.generation = generation,
          .interval = checkpoint.getInterval(),
          .step = static_cast<Checkpoint::Step>(checkpoint.getStep()),
          .epoch = checkpoint.getEpoch(),
          .bytes = checkpoint.getBytes(),
          .hash = checkpoint.getHash(),
          .records = checkpoint.getRecords()};
}

Message read(schema::Control::Reader control) {
  const Generation generation(control.getGeneration());
  switch (control.which()) {
    case schema::Control::HELLO:
      return read_hello(generation, control.getHello());
    case schema::Control::REFUSED:
      return Refused{generation, status_of(control.getRefused())};
    case schema::Control::PROGRESS:
      return read_progress(generation, control.getProgress());
    case schema::Control::FRONTIERS:
      return read_frontiers(generation, control.getFrontiers());
    case schema::Control::CREDIT: {
      const schema::Credit::Reader credit = control.getCredit();
      return Credit{.generation = generation,
                    .channel = credit.getChannel(),
                    .from = credit.getFrom(),
                    .to = credit.getTo(),
                    .bytes = credit.getBytes()};
    }
    case schema::Control::ASK: {
      const schema::Ask::Reader ask = control.getAsk();
      return Ask{.generation = generation,
                 .id = ask.getId(),
                 .node = ask.getNode(),
                 .worker = ask.getWorker(),
                 .request = batch_of(ask.getRequest())};
    }
    case schema::Control::ANSWER:
      return read_answer(generation, control.getAnswer());
    case schema::Control::FAILED: {
      const schema::Failed::Reader failed = control.getFailed();
      return Failed{generation, failed.getNode(), status_of(failed.getProblem())};
    }
    case schema::Control::COMPLETE:
      return Complete{generation};
    case schema::Control::LEFT:
      return Left{generation, control.getLeft()};
    case schema::Control::GOODBYE:
      return Goodbye{generation};
    case schema::Control::CHECKPOINT:
      return read_checkpoint(generation, control.getCheckpoint());
  }
  throw Malformed{
      fmt::format("{} is no kind of control message", static_cast<unsigned>(control.which()))};
}

}  // namespace

void append_control(const Message& message, std::vector<std::byte>& out) {
  std::visit(
      [&out](const auto& it) {
        using T = std::decay_t<decltype(it)>;
        if constexpr (std::is_same_v<T, ProgressSum> || std::is_same_v<T, FrontierDelta> ||
                      std::is_same_v<T, Credit>) {
          append_control(it, out);
        } else if constexpr (std::is_same_v<T, Deliver>) {
          EAGRE_FAIL("records are no control message");
        } else {
          append_by_capnp(it, out);
        }
      },
      message);
}

base::Result<Message> read_control(std::span<const std::byte> bytes) {
  if (bytes.size() % sizeof(capnp::word) != 0 || bytes.empty()) {
    return malformed(fmt::format("{} bytes are no whole number of words", bytes.size()));
  }
  const data::wire::AlignedWords aligned(bytes);
  const std::size_t n = aligned.words().size();
  try {
    capnp::ReaderOptions options;
    // Every byte may be read once, so that pointers to shared content cannot blow it up.
    options.traversalLimitInWords = n + 16;
    options.nestingLimit = 4;
    const kj::ArrayPtr<const capnp::word> words(
        reinterpret_cast<const capnp::word*>(aligned.words().data()), n);
    capnp::FlatArrayMessageReader message(words, options);
    if (message.getEnd() != words.end()) {
      return malformed(fmt::format("{} words follow it", words.end() - message.getEnd()));
    }
    return read(message.getRoot<schema::Control>());
  } catch (const Malformed& problem) {
    return malformed(problem.what);
  } catch (const kj::Exception& exception) {
    return malformed(exception.getDescription().cStr());
  }
}

}  // namespace eagre::control
