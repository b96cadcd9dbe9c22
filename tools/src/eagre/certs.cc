#include "tools/src/eagre/certs.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <vector>

#include "tools/src/eagre/command.h"
#include "tools/src/eagre/draft.h"

namespace eagre::tool {
namespace {

namespace fs = std::filesystem;

// What the machine's own openssl.cnf says does not matter. The subject is given by -subj.
constexpr const char* kConfig =
    "[req]\n"
    "distinguished_name = subject\n"
    "[subject]\n"
    "[ca]\n"
    "basicConstraints = critical, CA:TRUE, pathlen:0\n"
    "keyUsage = critical, keyCertSign, cRLSign\n"
    "subjectKeyIdentifier = hash\n"
    "[node]\n"
    "basicConstraints = critical, CA:FALSE\n"
    "keyUsage = critical, digitalSignature\n"
    "extendedKeyUsage = serverAuth, clientAuth\n"
    "subjectKeyIdentifier = hash\n"
    "authorityKeyIdentifier = keyid\n";

base::Status failed(const fs::path& path, const std::string& why) {
  return {base::Code::failed, path.string() + ": " + why};
}

std::string node_file(std::uint32_t node, const char* ending) {
  return "node" + std::to_string(node) + ending;
}

// Signals that would end this process and leave a draft behind wait, and end the next step instead.
class Interruption {
 public:
  Interruption() {
    sigemptyset(&signals_);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
      sigaddset(&signals_, signal);
    }
    sigprocmask(SIG_BLOCK, &signals_, &before_);
  }
  ~Interruption() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  bool came() const {
    sigset_t waiting;
    sigpending(&waiting);
    return sigismember(&waiting, SIGINT) == 1 || sigismember(&waiting, SIGTERM) == 1 ||
           sigismember(&waiting, SIGHUP) == 1;
  }

 private:
  sigset_t signals_;
  sigset_t before_;
};

base::Status check_free(const fs::path& folder) {
  std::error_code error;
  const fs::file_status status = fs::status(folder, error);
  if (!fs::exists(status)) {
    return {};
  }
  const char* const kAdvice = "nothing is overwritten, give a new folder";
  if (!fs::is_directory(status)) {
    return {base::Code::usage, fmt::format("{} is no folder: {}", folder.string(), kAdvice)};
  }
  std::error_code unreadable;
  fs::directory_iterator entry(folder, unreadable);
  if (unreadable) {
    return failed(folder, unreadable.message());
  }
  if (entry == fs::directory_iterator()) {
    return {};
  }
  const fs::path authority = folder / "ca.pem";
  const fs::path found = fs::exists(authority, error) ? authority : entry->path();
  return {base::Code::usage, fmt::format("{} is there already: {}", found.string(), kAdvice)};
}

// The commands, in order. A key of the curve P-256 is made in no time and good for TLS 1.2 and 1.3.
std::vector<std::vector<std::string>> commands(const Certs& certs, const Draft& draft) {
  const std::string days = std::to_string(certs.days);
  const std::string config = draft.file("config");
  const auto request = [&](const std::string& name, const std::string& key,
                           const std::string& out) -> std::vector<std::string> {
    return {"openssl",
            "req",
            "-new",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-sha256",
            "-config",
            config,
            "-subj",
            "/CN=" + name,
            "-keyout",
            draft.file(key),
            "-out",
            draft.file(out)};
  };
  std::vector<std::vector<std::string>> all;
  all.push_back(request("eagre cluster CA", "ca.key", "ca.pem"));
  for (const char* word : {"-x509", "-extensions", "ca", "-days"}) {
    all.back().emplace_back(word);
  }
  all.back().push_back(days);
  for (std::uint32_t node = 0; node < certs.nodes; ++node) {
    all.push_back(request(node_file(node, ""), node_file(node, ".key"), "request"));
    all.push_back({"openssl",
                   "x509",
                   "-req",
                   "-sha256",
                   "-in",
                   draft.file("request"),
                   "-CA",
                   draft.file("ca.pem"),
                   "-CAkey",
                   draft.file("ca.key"),
                   "-CAserial",
                   draft.file("serial"),
                   "-CAcreateserial",
                   "-extfile",
                   config,
                   "-extensions",
                   "node",
                   "-days",
                   days,
                   "-out",
                   draft.file(node_file(node, ".pem"))});
  }
  return all;
}

// Keys are for their owner only, whatever umask and openssl say.
base::Status finish(const Certs& certs, const Draft& draft) {
  for (const char* name : {"config", "request", "serial"}) {
    unlink(draft.file(name).c_str());
  }
  std::vector<std::string> names = {"ca"};
  for (std::uint32_t node = 0; node < certs.nodes; ++node) {
    names.push_back(node_file(node, ""));
  }
  for (const std::string& name : names) {
    if (chmod(draft.file(name + ".key").c_str(), S_IRUSR | S_IWUSR) != 0 ||
        chmod(draft.file(name + ".pem").c_str(), S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH) != 0) {
      return failed(draft.file(name + ".key"), std::strerror(errno));
    }
  }
  return {};
}

void report(const Certs& certs) {
  fs::path folder = certs.folder;
  if (!folder.has_filename()) {
    folder = folder.parent_path();
  }
  const auto in_folder = [&](const std::string& name) { return (folder / name).string(); };
  fmt::print(
      "made {} and {}, and for each of {} nodes a certificate and a key, valid for {} days\n",
      in_folder("ca.pem"), in_folder("ca.key"), certs.nodes, certs.days);
  for (std::uint32_t node = 0; node < certs.nodes; ++node) {
    fmt::print("node {}: --tls-certificate {} --tls-key {} --tls-ca {}\n", node,
               in_folder(node_file(node, ".pem")), in_folder(node_file(node, ".key")),
               in_folder("ca.pem"));
  }
  fmt::print(
      "Give a node's host its own two files and ca.pem, never ca.key: who has that can let "
      "anybody in.\n");
}

}  // namespace

base::Status make_certs(const Certs& certs) {
  std::error_code error;
  fs::path folder = fs::weakly_canonical(fs::absolute(certs.folder, error), error);
  if (error || certs.folder.empty()) {
    return {base::Code::usage, fmt::format("\"{}\" is no name of a folder", certs.folder)};
  }
  if (!folder.has_filename()) {
    folder = folder.parent_path();
  }
  if (base::Status status = check_free(folder); !status.ok()) {
    return status;
  }
  umask(S_IRWXG | S_IRWXO);
  const Interruption interruption;
  Draft draft(folder);
  if (base::Status status = draft.ready(); !status.ok()) {
    return status;
  }
  std::ofstream config(draft.file("config"));
  config << kConfig;
  config.close();
  if (!config) {
    return failed(draft.file("config"), "could not be written");
  }
  for (const std::vector<std::string>& command : commands(certs, draft)) {
    if (interruption.came()) {
      return {base::Code::cancelled, "interrupted, nothing was made"};
    }
    if (base::Status status = run(command); !status.ok()) {
      return status;
    }
  }
  if (base::Status status = finish(certs, draft); !status.ok()) {
    return status;
  }
  if (base::Status status = draft.publish(); !status.ok()) {
    return status;
  }
  report(certs);
  return {};
}

}  // namespace eagre::tool
