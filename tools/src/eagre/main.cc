// The command `eagre`. Exit codes: 0, 1 if it did not work, 2 if it was asked for what makes no
// sense or is not there; `cluster up` has those of the program.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <functional>
#include <iostream>
#include <string>

#include "actors/version.h"
#include "tools/src/eagre/certs.h"
#include "tools/src/eagre/checkpoints.h"
#include "tools/src/eagre/control.h"
#include "tools/src/eagre/launcher.h"

namespace eagre::tool {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kMaxNodes = 1024;

// The command line, and what it asks for.
struct Tool {
  CLI::App app{"Certificates, clusters on this machine, and checkpoints of eagre programs.",
               "eagre"};
  Certs certs;
  Launch launch;
  std::string folder;
  std::string node;
  std::string checkpoint;
  std::string other_checkpoint;
  bool all = false;
  int exit_code = 0;

  Tool();
  CLI::App* command(CLI::App& parent, const std::string& name, const std::string& description,
                    std::function<base::Status()> action);
  void add_certs();
  void add_cluster();
  void add_checkpoint();
};

CLI::App* Tool::command(CLI::App& parent, const std::string& name, const std::string& description,
                        std::function<base::Status()> action) {
  CLI::App* const added = parent.add_subcommand(name, description);
  added->callback([this, &parent, name, action = std::move(action)] {
    const bool stray = !launch.command.empty() && name != "up";
    const base::Status status =
        stray ? base::Status(base::Code::usage, "it takes no program after --") : action();
    if (!status.ok()) {
      std::cerr << "eagre " << (&parent == &app ? "" : parent.get_name() + " ") << name << ": "
                << status.message() << '\n';
      exit_code = status.code() == base::Code::usage ? kUsage : kFailed;
    }
  });
  return added;
}

void Tool::add_certs() {
  CLI::App* const added =
      command(app, "certs", "make an authority and certificates for the nodes of a cluster",
              [this] { return make_certs(certs); });
  added->add_option("FOLDER", certs.folder, "made by this command, or empty")->required();
  added->add_option("--nodes", certs.nodes, "how many nodes")
      ->check(CLI::Range(1, kMaxNodes))
      ->capture_default_str();
  added->add_option("--days", certs.days, "how long the certificates are valid")
      ->check(CLI::Range(1, 36500))
      ->capture_default_str();
}

void Tool::add_cluster() {
  CLI::App& cluster = *app.add_subcommand("cluster", "a cluster of a program on this machine");
  cluster.require_subcommand(1);
  const auto add = [&](const std::string& name, const std::string& description,
                       std::function<base::Status()> action) {
    CLI::App* const added = command(cluster, name, description, std::move(action));
    added->add_option("--dir", folder, "where cluster.json is; default: a folder of the user's");
    return added;
  };
  CLI::App* const up =
      add("up", "start one and follow it: up [OPTIONS] -- PROGRAM ARGS...", [this] {
        if (launch.command.empty()) {
          return base::Status(base::Code::usage, "give the program after --: -- PROGRAM ARGS...");
        }
        launch.folder = folder;
        const base::Result<int> ended = run_cluster(launch);
        exit_code = ended.ok() ? ended.value() : kFailed;
        return ended.status();
      });
  up->add_option("--nodes", launch.nodes, "how many processes")
      ->check(CLI::Range(1, kMaxNodes))
      ->capture_default_str();
  add("status", "what each node does", [this] { return print_status(folder); });
  add("down", "end all nodes and wait for that", [this] { return end_cluster(folder); });
  for (const auto& [name, description, act] :
       {std::tuple("kill", "kill a node (SIGKILL)", Act::kill),
        std::tuple("pause", "stop a node (SIGSTOP)", Act::pause),
        std::tuple("resume", "let it go on (SIGCONT)", Act::resume)}) {
    add(name, description, [this, which = act] { return act_on(folder, node, which); })
        ->add_option("NODE", node, "which one, from 0")
        ->required();
  }
}

void Tool::add_checkpoint() {
  CLI::App& parent = *app.add_subcommand("checkpoint", "the folder of --checkpoint-dir");
  parent.require_subcommand(1);
  const auto add = [&](const std::string& name, const std::string& description,
                       std::function<base::Status()> action) {
    CLI::App* const added = command(parent, name, description, std::move(action));
    added->add_option("FOLDER", folder, "of --checkpoint-dir")->required();
    return added;
  };
  add("ls", "list the checkpoints, the oldest first", [this] { return list_checkpoints(folder); });
  add("verify", "read every file of every checkpoint",
      [this] { return verify_checkpoints(folder); });
  add("show", "what one holds", [this] {
    return show_checkpoint(folder, checkpoint);
  })->add_option("CHECKPOINT", checkpoint, "as ls names it; default: the newest");
  CLI::App* const diff = add("diff", "what has changed from one to another", [this] {
    return compare_checkpoints(folder, checkpoint, other_checkpoint);
  });
  diff->add_option("FROM", checkpoint, "as ls names it")->required();
  diff->add_option("TO", other_checkpoint, "as ls names it")->required();
  CLI::App* const rm = add("rm", "remove one, or all", [this] {
    if (all == !checkpoint.empty()) {
      return base::Status(base::Code::usage, "name a checkpoint, or say --all");
    }
    return remove_checkpoints(folder, checkpoint);
  });
  rm->add_option("CHECKPOINT", checkpoint, "as ls names it");
  rm->add_flag("--all", all, "what is left of a run that is not to be gone on with");
}

Tool::Tool() {
  app.set_version_flag("--version", std::string("eagre ") + kVersion);
  app.set_help_flag("--help", "print this and exit");
  app.require_subcommand(1);
  add_certs();
  add_cluster();
  add_checkpoint();
}

int run(int argc, const char* const* argv) {
  Tool tool;
  // What follows "--" belongs to the program that is started.
  const char* const* const end = argv + argc;
  const char* const* const rest =
      std::find_if(argv, end, [](const char* word) { return std::string(word) == "--"; });
  if (rest != end) {
    tool.launch.command.assign(rest + 1, end);
  }
  try {
    tool.app.parse(static_cast<int>(rest - argv), argv);
  } catch (const CLI::Success& success) {
    return tool.app.exit(success, std::cout, std::cerr);
  } catch (const CLI::ParseError& error) {
    std::cerr << "eagre: " << error.what() << "\nRun with --help for what it takes.\n";
    return kUsage;
  }
  return tool.exit_code;
}

}  // namespace
}  // namespace eagre::tool

int main(int argc, char** argv) {
  return eagre::tool::run(argc, argv);
}
