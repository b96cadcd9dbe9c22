#include "tools/src/eagre/nodes.h"

#include <fmt/core.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <utility>

namespace eagre::tool {
namespace {

// All of it, or as much as somebody reads.
void write_errors(std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = write(STDERR_FILENO, text.data(), text.size());
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n <= 0) {
      return;
    }
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

}  // namespace

void tell(const std::string& text) {
  write_errors("eagre| " + text + '\n');
}

Nodes::~Nodes() {
  send(SIGKILL);
  for (const Node& node : nodes_) {
    if (!node.status) {
      waitpid(node.process.pid, nullptr, 0);
    }
  }
}

void Nodes::add(NodeProcess process) {
  nodes_.push_back(
      {std::move(process), Lines(fmt::format("node {}| ", nodes_.size())), std::nullopt});
}

bool Nodes::all_ended() const {
  return std::all_of(nodes_.begin(), nodes_.end(),
                     [](const Node& node) { return node.status.has_value(); });
}

void Nodes::send(int signal) const {
  for (const Node& node : nodes_) {
    if (!node.status) {
      kill(node.process.pid, signal);
    }
  }
}

void Nodes::add_to(std::vector<pollfd>& sources) const {
  for (const Node& node : nodes_) {
    if (node.process.output.open()) {
      sources.push_back({node.process.output.get(), POLLIN, 0});
    }
  }
}

void Nodes::follow() {
  for (Node& node : nodes_) {
    follow(node);
  }
}

void Nodes::follow(Node& node) {
  char buffer[1 << 16];
  while (node.process.output.open()) {
    const ssize_t n = read(node.process.output.get(), buffer, sizeof(buffer));
    if (n > 0) {
      write_errors(node.lines.add({buffer, static_cast<std::size_t>(n)}));
    } else if (n == 0) {
      node.process.output.reset();
    } else if (errno != EINTR) {
      return;
    }
  }
}

void Nodes::reap() {
  int status = 0;
  for (pid_t pid = 0; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (pid == nodes_[i].process.pid) {
        ended(i, status);
      }
    }
  }
}

// What a node has written comes before the word of its end.
void Nodes::ended(std::size_t index, int status) {
  Node& node = nodes_[index];
  node.status = status;
  follow(node);
  write_errors(node.lines.finish());
  if (status == 0) {
    return;
  }
  failures_.push_back(status);
  tell(WIFSIGNALED(status)
           ? fmt::format("node {} was ended by signal {} ({})", index, WTERMSIG(status),
                         sigdescr_np(WTERMSIG(status)))
           : fmt::format("node {} ended with exit code {}", index, WEXITSTATUS(status)));
}

int Nodes::exit_code() const {
  const int first = *nodes_.front().status;
  if (WIFEXITED(first) && WEXITSTATUS(first) != 0) {
    return WEXITSTATUS(first);
  }
  for (const int status : failures_) {
    if (WIFEXITED(status)) {
      return WEXITSTATUS(status);
    }
  }
  return failures_.empty() ? 0 : 128 + WTERMSIG(failures_.front());
}

}  // namespace eagre::tool
