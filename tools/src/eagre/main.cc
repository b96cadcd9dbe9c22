// The command `eagre`. Exit codes: 0, 1 if it did not work, 2 if it was asked for what makes no
// sense or is not there.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <string>

#include "actors/version.h"
#include "tools/src/eagre/certs.h"

namespace eagre::tool {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

int finish(const std::string& command, const base::Status& status) {
  if (status.ok()) {
    return 0;
  }
  std::cerr << command << ": " << status.message() << '\n';
  return status.code() == base::Code::usage ? kUsage : kFailed;
}

int run(int argc, const char* const* argv) {
  CLI::App app("Certificates for clusters of eagre programs, and clusters on this machine.",
               "eagre");
  app.set_version_flag("--version", std::string("eagre ") + kVersion);
  app.set_help_flag("--help", "print this and exit");
  app.require_subcommand(1);

  Certs certs;
  CLI::App* const certs_command =
      app.add_subcommand("certs", "make an authority and certificates for the nodes of a cluster");
  certs_command->add_option("FOLDER", certs.folder, "where; made anew, or empty")->required();
  certs_command->add_option("--nodes", certs.nodes, "how many nodes")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  certs_command->add_option("--days", certs.days, "how long the certificates are valid")
      ->check(CLI::Range(1, 36500))
      ->capture_default_str();

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success, std::cout, std::cerr);
  } catch (const CLI::ParseError& error) {
    std::cerr << "eagre: " << error.what() << "\nRun with --help for what it takes.\n";
    return kUsage;
  }
  return finish("eagre certs", make_certs(certs));
}

}  // namespace
}  // namespace eagre::tool

int main(int argc, char** argv) {
  return eagre::tool::run(argc, argv);
}
