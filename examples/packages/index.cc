#include "examples/packages/index.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "runtime/connectors/line_reader.h"

namespace packages {
namespace {

constexpr std::uint64_t kEpochPackages = 1000;

using eagre::connectors::FilePart;
using eagre::connectors::LinePosition;
using eagre::connectors::LineReader;

// Reads one index from start to end, so many packages an epoch.
// Threads: confined to one actor.
class IndexPull {
 public:
  // `worker` 0 reads all of it.
  IndexPull(FilePart index, std::uint64_t epoch_packages, std::uint32_t worker)
      : index_(std::move(index)), epoch_packages_(epoch_packages) {
    if (worker == 0) {
      reader_ = std::make_shared<LineReader>(index_);
    }
  }

  bool operator()(eagre::SourceOutput<Package>& output) {
    while (reader_ && !output.full()) {
      const std::optional<std::string_view> line = reader_->next();
      if (!line) {
        finish(output);
        reader_.reset();
        break;
      }
      output.work(line->size());
      if (line->empty()) {
        finish(output);
      } else {
        take(*line);
      }
    }
    return reader_ != nullptr;
  }

  // Whether what was read can be read again.
  bool restarts() const { return !index_.passes; }
  // At the end of an epoch, which is the end of a record: where the next one begins.
  void save(eagre::SnapshotWriter& writer) const {
    writer.section<Saved>([this](auto&& give) {
      if (reader_) {
        give({reader_->position(), place_});
      }
    });
  }
  static constexpr bool kRescales = true;
  void restore(eagre::SnapshotReader& reader) {
    if (std::exchange(fresh_, false)) {
      reader_.reset();
    }
    reader.section<Saved>([&](const Saved& saved) {
      if (reader.owns_part(0)) {
        reader_ = std::make_shared<LineReader>(index_, saved.position);
        place_ = saved.place;
      }
    });
  }

 private:
  struct Saved {
    LinePosition position;
    std::uint64_t place = 0;
  };

  void take(std::string_view line) {
    if (line.front() == ' ' || line.front() == '\t') {
      if (field_ != nullptr) {
        field_->append(line);
      }
      return;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
      throw eagre::InputError(reader_->path(), reader_->line_number(),
                              "not a line of a package index (\"Field: value\")", line);
    }
    const std::string_view name = line.substr(0, colon);
    field_ = name == "Package"                                   ? &package_.name
             : name == "Depends" || name == "Pre-Depends"        ? &package_.depends
             : name == "Description" || name == "Description-en" ? &package_.description
                                                                 : nullptr;
    if (field_ == &package_.name && !package_.name.empty()) {
      throw eagre::InputError(reader_->path(), reader_->line_number(),
                              "a second \"Package\" in one record", line);
    }
    if (field_ != nullptr) {
      if (!field_->empty()) {
        field_->append(", ");
      }
      std::string_view value = line.substr(colon + 1);
      value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
      field_->append(value);
    }
  }

  void finish(eagre::SourceOutput<Package>& output) {
    if (!package_.name.empty()) {
      package_.place = place_++;
      output.give(package_);
      output.advance_to(place_ / epoch_packages_);
    }
    package_ = Package();
    field_ = nullptr;
  }

  FilePart index_;
  std::uint64_t epoch_packages_;
  // None: there is nothing to read, or no more.
  std::shared_ptr<LineReader> reader_;
  Package package_;
  std::string* field_ = nullptr;
  std::uint64_t place_ = 0;
  // Not restored.
  bool fresh_ = true;
};

}  // namespace

eagre::Stream<Package> read_index(const eagre::Scope& scope, const std::string& path) {
  FilePart index = eagre::connectors::cut_files({path}).front();
  index.end.reset();
  const std::uint64_t epoch = scope.epoch_records(kEpochPackages);
  return scope
      .source<Package>("package index",
                       [index, epoch](std::uint32_t worker, std::uint32_t) {
                         return IndexPull(index, epoch, worker);
                       })
      .in_one_epoch()
      .key_by([](const Package& package) { return package.name; })
      .reduce([](const Package& a, const Package& b) { return a.place < b.place ? a : b; })
      .map([](const std::pair<std::string, Package>& first) { return first.second; });
}

}  // namespace packages
