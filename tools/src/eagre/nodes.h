// The nodes of a local cluster while they run: what they write and how they end.
//
// Law: none is left when it is destroyed.
#pragma once

#include <poll.h>
#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "tools/src/eagre/lines.h"
#include "tools/src/eagre/node_process.h"

namespace eagre::tool {

// To stderr, as a line of the launcher.
void tell(const std::string& text);

// Threads: confined to one thread.
class Nodes {
 public:
  Nodes() = default;
  ~Nodes();
  Nodes(const Nodes&) = delete;
  Nodes& operator=(const Nodes&) = delete;

  void add(NodeProcess process);
  std::size_t size() const { return nodes_.size(); }
  pid_t pid(std::size_t node) const { return nodes_[node].process.pid; }
  bool all_ended() const;
  bool any_failed() const { return !failures_.empty(); }
  // To those that have not ended.
  void send(int signal) const;

  // Where something to follow() will come from.
  void add_to(std::vector<pollfd>& sources) const;
  // Passes on to stderr what they have written.
  void follow();
  // Takes note of those that have ended, and tells of those that failed.
  void reap();
  // All must have ended. That of node 0, unless it is 0 or a signal ended that one: then that of
  // the node that failed first, if one did.
  int exit_code() const;

 private:
  struct Node {
    NodeProcess process;
    Lines lines;
    // As waitpid() gives it, once it has ended.
    std::optional<int> status;
  };

  static void follow(Node& node);
  void ended(std::size_t index, int status);

  std::vector<Node> nodes_;
  // As waitpid() gives them, in the order in which they came.
  std::vector<int> failures_;
};

}  // namespace eagre::tool
