#include "examples/packages/index.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "runtime/connectors/line_reader.h"

namespace packages {
namespace {

// Reads one index from start to end.
// Threads: confined to one actor.
class IndexPull {
 public:
  // An empty path: nothing to read.
  explicit IndexPull(const std::string& path) {
    if (!path.empty()) {
      reader_ = std::make_shared<eagre::connectors::LineReader>(
          eagre::connectors::FilePart{path, 0, std::nullopt});
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

 private:
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
    }
    package_ = Package();
    field_ = nullptr;
  }

  std::shared_ptr<eagre::connectors::LineReader> reader_;
  Package package_;
  std::string* field_ = nullptr;
  std::uint64_t place_ = 0;
};

}  // namespace

eagre::Stream<Package> read_index(const eagre::Scope& scope, const std::string& path) {
  eagre::connectors::cut_files({path});  // Refuses at once what cannot be read.
  return scope
      .source<Package>("package index",
                       [path](std::uint32_t worker, std::uint32_t) {
                         return IndexPull(worker == 0 ? path : std::string());
                       })
      .key_by([](const Package& package) { return package.name; })
      .reduce([](const Package& a, const Package& b) { return a.place < b.place ? a : b; })
      .map([](const std::pair<std::string, Package>& first) { return first.second; });
}

}  // namespace packages
