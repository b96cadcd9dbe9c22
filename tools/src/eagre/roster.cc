#include "tools/src/eagre/roster.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

namespace eagre::tool {
namespace {

using nlohmann::json;

constexpr const char* kAdvice =
    "start one with \"eagre cluster up -- PROGRAM ARGS...\", or name its folder with --dir";

std::string file_of(const std::string& folder) {
  return folder + "/cluster.json";
}

base::Status failed(const std::string& path) {
  return {base::Code::failed, path + ": " + std::strerror(errno)};
}

json to_json(const Process& process) {
  return {{"pid", process.pid}, {"start", process.start}};
}

Process to_process(const json& value) {
  return {value.at("pid").get<pid_t>(), value.at("start").get<std::uint64_t>()};
}

bool is_gone(const Roster& roster) {
  return state_of(roster.launcher) == State::gone &&
         std::all_of(roster.nodes.begin(), roster.nodes.end(), [](const Roster::Node& node) {
           return state_of(node.process) == State::gone;
         });
}

}  // namespace

base::Result<std::string> cluster_folder(const std::string& given) {
  if (!given.empty()) {
    return given;
  }
  const char* const runtime = std::getenv("XDG_RUNTIME_DIR");
  const std::string parent = runtime != nullptr && *runtime != '\0' ? runtime : "/tmp";
  std::string folder = fmt::format("{}/eagre-{}", parent, geteuid());
  struct stat found {};
  if (lstat(folder.c_str(), &found) == 0 && (!S_ISDIR(found.st_mode) || found.st_uid != geteuid() ||
                                             (found.st_mode & (S_IWGRP | S_IWOTH)) != 0)) {
    return base::Status(base::Code::refused,
                        folder +
                            " is no folder that only you can write to: remove it, or give "
                            "another one with --dir");
  }
  return folder;
}

base::Result<Descriptor> lock_folder(const std::string& folder) {
  if (mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return failed(folder);
  }
  Descriptor lock(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!lock.open()) {
    return failed(folder);
  }
  if (flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return base::Status(
        base::Code::usage,
        fmt::format("a cluster runs in {} already: \"eagre cluster down\" ends it; or give another "
                    "folder with --dir",
                    folder));
  }
  return lock;
}

base::Status write_roster(const std::string& folder, const Roster& roster) {
  json nodes = json::array();
  for (const Roster::Node& node : roster.nodes) {
    nodes.push_back(to_json(node.process));
    nodes.back()["address"] = node.address;
  }
  const std::string path = file_of(folder);
  const std::string draft = path + ".new";
  std::ofstream file(draft);
  file << json{{"launcher", to_json(roster.launcher)}, {"nodes", nodes}}.dump(1) << '\n';
  file.close();
  if (!file || std::rename(draft.c_str(), path.c_str()) != 0) {
    return failed(path);
  }
  return {};
}

void remove_roster(const std::string& folder) {
  unlink(file_of(folder).c_str());
}

base::Result<Roster> read_roster(const std::string& folder) {
  const std::string path = file_of(folder);
  std::ifstream file(path);
  if (!file) {
    return errno == ENOENT ? base::Status(base::Code::usage,
                                          fmt::format("no cluster runs in {}: {}", folder, kAdvice))
                           : failed(path);
  }
  Roster roster;
  try {
    const json text = json::parse(file);
    roster.launcher = to_process(text.at("launcher"));
    for (const json& node : text.at("nodes")) {
      roster.nodes.push_back({to_process(node), node.at("address").get<std::string>()});
    }
  } catch (const json::exception& error) {
    return base::Status(base::Code::failed,
                        fmt::format("{} is damaged ({}): remove it", path, error.what()));
  }
  if (is_gone(roster)) {
    return base::Status(base::Code::usage,
                        fmt::format("no cluster runs in {}, {} is left from one that is gone: {}",
                                    folder, path, kAdvice));
  }
  return roster;
}

}  // namespace eagre::tool
