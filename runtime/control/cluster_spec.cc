#include "runtime/control/cluster_spec.h"

#include <fmt/core.h>
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include "runtime/base/input_file.h"

namespace eagre::control {

namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxClusterId = 128;
constexpr double kMaxJoinSeconds = 24 * 60 * 60;

// What is wrong, and in which line.
struct Malformed {
  toml::source_index line;
  std::string what;
};

[[noreturn]] void fail(const toml::node& at, std::string what) {
  throw Malformed{at.source().begin.line, std::move(what)};
}

std::string text_of(const toml::node& node, std::string_view name) {
  const auto* const text = node.as_string();
  if (text == nullptr) {
    fail(node, fmt::format("{} is a text, in quotes", name));
  }
  return text->get();
}

std::vector<Address> nodes_of(const toml::node& node) {
  const toml::array* const array = node.as_array();
  if (array == nullptr) {
    fail(node, "nodes is a list: [\"HOST:PORT\", \"HOST:PORT\"]");
  }
  std::vector<Address> nodes;
  for (const toml::node& item : *array) {
    const std::string name = fmt::format("node {}", nodes.size());
    base::Result<Address> address = parse_address(text_of(item, name));
    if (!address.ok()) {
      fail(item, fmt::format("{}: {}", name, address.status().message()));
    }
    nodes.push_back(*std::move(address));
  }
  if (const base::Status status = check_addresses(nodes); !status.ok()) {
    fail(node, status.message());
  }
  return nodes;
}

std::string cluster_id_of(const toml::node& node) {
  std::string id = text_of(node, "cluster_id");
  const bool good = std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
  if (!good || id.empty() || id.size() > kMaxClusterId) {
    fail(node, fmt::format("cluster_id has 1 to {} letters, digits, dots, dashes and underscores",
                           kMaxClusterId));
  }
  return id;
}

std::chrono::milliseconds join_timeout_of(const toml::node& node) {
  const std::optional<double> seconds =
      node.is_number() ? node.value<double>() : std::optional<double>();
  // Written so that a NaN is refused.
  if (!seconds || !(*seconds >= 0.001 && *seconds <= kMaxJoinSeconds)) {
    fail(node,
         fmt::format("join_timeout is a number of seconds from 0.001 to {}", kMaxJoinSeconds));
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(*seconds * 1000));
}

Tls tls_of(const toml::node& node, const std::filesystem::path& folder) {
  const toml::table* const table = node.as_table();
  if (table == nullptr) {
    fail(node, "tls is a table: [tls] in a line of its own, its keys below");
  }
  Tls tls;
  const auto file_of = [&](const toml::node& value, const std::string& name) {
    const std::string file = text_of(value, "tls." + name);
    if (file.empty()) {
      fail(value, fmt::format("tls.{} names no file", name));
    }
    return (folder / file).lexically_normal().string();
  };
  for (const auto& [key, value] : *table) {
    const std::string name(key.str());
    if (name == "certificate") {
      tls.certificate = file_of(value, name);
    } else if (name == "key") {
      tls.key = file_of(value, name);
    } else if (name == "ca") {
      tls.ca = file_of(value, name);
    } else {
      throw Malformed{
          key.source().begin.line,
          fmt::format("unknown key \"tls.{}\"; [tls] has certificate, key and ca", name)};
    }
  }
  for (const auto& [file, name] : {std::pair(&tls.certificate, "certificate"),
                                   std::pair(&tls.key, "key"), std::pair(&tls.ca, "ca")}) {
    if (file->empty()) {
      fail(node, fmt::format("tls.{} is missing; TLS needs certificate, key and ca", name));
    }
  }
  return tls;
}

ClusterSpec spec_of(const toml::table& table, const std::filesystem::path& folder) {
  ClusterSpec spec;
  for (const auto& [key, value] : table) {
    const std::string_view name = key.str();
    if (name == "nodes") {
      spec.nodes = nodes_of(value);
    } else if (name == "cluster_id") {
      spec.cluster_id = cluster_id_of(value);
    } else if (name == "join_timeout") {
      spec.join_timeout = join_timeout_of(value);
    } else if (name == "tls") {
      spec.tls = tls_of(value, folder);
    } else {
      throw Malformed{
          key.source().begin.line,
          fmt::format("unknown key \"{}\"; known are nodes, cluster_id, join_timeout and [tls]",
                      name)};
    }
  }
  if (spec.nodes.empty()) {
    throw Malformed{1, "nodes is missing: nodes = [\"HOST:PORT\", \"HOST:PORT\"]"};
  }
  return spec;
}

}  // namespace

base::Result<ClusterSpec> parse_cluster(std::string_view text, const std::string& path) {
  const auto malformed = [&path](toml::source_index line, std::string_view what) {
    return base::Status(base::Code::usage, fmt::format("{}:{}: {}", path, line, what));
  };
  try {
    return spec_of(toml::parse(text), std::filesystem::path(path).parent_path());
  } catch (const Malformed& problem) {
    return malformed(problem.line, problem.what);
  } catch (const toml::parse_error& error) {
    return malformed(error.source().begin.line, error.description());
  }
}

base::Result<ClusterSpec> read_cluster_file(const std::string& path) {
  const auto failed = [&path](std::string_view why) {
    return base::Status(base::Code::usage,
                        fmt::format("the cluster file {} cannot be read: {}", path, why));
  };
  base::Result<std::unique_ptr<base::InputFile>> file = base::open_input_file(path);
  if (!file.ok()) {
    return failed(file.status().message());
  }
  std::string text;
  std::size_t size = 0;
  do {
    text.resize(size + 4096);
    const base::Result<std::size_t> read = (*file)->read(std::span(text).subspan(size));
    if (!read.ok()) {
      return failed(read.status().message());
    }
    if (*read == 0) {
      break;
    }
    size += *read;
  } while (size <= kMaxFileBytes);
  if (size > kMaxFileBytes) {
    return failed(fmt::format("more than {} bytes", kMaxFileBytes));
  }
  text.resize(size);
  return parse_cluster(text, path);
}

}  // namespace eagre::control
