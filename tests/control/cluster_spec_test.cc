// Addresses of nodes and cluster files: what is accepted, and every error with its message.
// Catches: an address that is taken for loopback and is none, a misspelt key that is ignored.

#include "runtime/control/cluster_spec.h"

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "runtime/control/address.h"

namespace eagre::control {
namespace {

std::string error_of(const auto& result) {
  CHECK(result.status().code() == base::Code::usage);
  return result.status().message();
}

TEST_CASE("a list of addresses names the nodes in order") {
  const auto nodes = parse_addresses("Example.org:4711,127.0.0.1:1,[::1]:65535,a-b_c.d:80").value();
  CHECK(nodes == std::vector<Address>{
                     {"example.org", 4711}, {"127.0.0.1", 1}, {"::1", 65535}, {"a-b_c.d", 80}});
  CHECK(to_string(nodes[0]) == "example.org:4711");
  CHECK(to_string(nodes[2]) == "[::1]:65535");
}

TEST_CASE("what is no address is refused, with the reason") {
  const auto why = [](const std::string& text) {
    const std::string message = error_of(parse_address(text));
    const std::string begin = "\"" + text + "\" is no address of a node: ";
    const std::string end = "; write HOST:PORT, such as 127.0.0.1:4711 or [::1]:4711";
    CAPTURE(message);
    REQUIRE(message.starts_with(begin));
    REQUIRE(message.ends_with(end));
    return message.substr(begin.size(), message.size() - begin.size() - end.size());
  };
  CHECK(why("") == "the host is missing");
  CHECK(why(":80") == "the host is missing");
  CHECK(why("a") == "the port is missing");
  CHECK(why("[::1]") == "the port is missing");
  CHECK(why("[::1]80") == "the port is missing");
  CHECK(why("[::1:80") == "the closing bracket is missing");
  CHECK(why("[]:80") == "the host is missing");
  CHECK(why("[a]:80") == "there is no IPv6 address between the brackets");
  CHECK(why("[::1 ]:80") == "there is no IPv6 address between the brackets");
  CHECK(why("::1:80") == "an IPv6 address stands in brackets");
  CHECK(why("a b:80") == "a host has letters, digits, dots and dashes only");
  CHECK(why("http://a:80") == "an IPv6 address stands in brackets");
  CHECK(why(std::string(254, 'a') + ":80") == "the host is too long");
  for (const char* port : {"", "0", "65536", "99999999999", "-1", "+1", " 1", "1 ", "0x1", "01"}) {
    CHECK(why(std::string("a:") + port) == "a port is a number from 1 to 65535");
  }
}

TEST_CASE("a list of addresses that makes no sense is refused, with the node") {
  CHECK(
      error_of(parse_addresses("a:1,,b:2")).starts_with("node 1: \"\" is no address of a node: "));
  CHECK(error_of(parse_addresses("a:1,")).starts_with("node 1: \"\" is no address"));
  CHECK(error_of(parse_addresses("")).starts_with("node 0: \"\" is no address"));
  CHECK(error_of(parse_addresses("a:1,b:1,A:1")) ==
        "nodes 0 and 2 have the same address, a:1; give each one of its own");
  std::string many = "a:1";
  for (int i = 2; i <= 1025; ++i) {
    many += ",a:" + std::to_string(i);
  }
  CHECK(error_of(parse_addresses(many)) == "1025 nodes; at most 1024 are possible");
}

TEST_CASE("only what is loopback for certain counts as loopback") {
  for (const char* text : {"localhost:1", "LocalHost:1", "127.0.0.1:1", "127.255.0.3:1", "[::1]:1",
                           "[0:0:0:0:0:0:0:1]:1"}) {
    CAPTURE(text);
    CHECK(is_loopback(parse_address(text).value()));
  }
  // The first is 87.0.0.1 to the C library, the second 127.0.0.1, but not to everybody.
  for (const char* text :
       {"0127.0.0.1:1", "127.1:1", "127.0.0.1.example.org:1", "127.0.0.256:1", "127.0.0.1.:1",
        "127..0.1:1", "128.0.0.1:1", "0.0.0.0:1", "[::]:1", "[::2]:1", "localhost.example.org:1",
        "127.0.0:1", "2130706433:1", "10.0.0.1:1"}) {
    CAPTURE(text);
    CHECK_FALSE(is_loopback(parse_address(text).value()));
  }
}

TEST_CASE("a cluster file with everything in it") {
  const auto spec = parse_cluster(R"(# ours
nodes = ["10.0.0.1:4711", "[fe80::1]:4711"]
cluster_id = "orders-2"
join_timeout = 1.5
[tls]
certificate = "certs/node.pem"
key = "/etc/node.key"
ca = "ca.pem"
)",
                                  "etc/cluster.toml");
  REQUIRE(spec.status().to_string() == "ok");
  CHECK(spec.value() ==
        ClusterSpec{.nodes = {{"10.0.0.1", 4711}, {"fe80::1", 4711}},
                    .cluster_id = "orders-2",
                    .join_timeout = std::chrono::milliseconds(1500),
                    .tls = Tls{"etc/certs/node.pem", "/etc/node.key", "etc/ca.pem"}});
}

TEST_CASE("a cluster file with nodes alone") {
  CHECK(parse_cluster("nodes = ['a:1']\njoin_timeout = 30", "c.toml").value() ==
        ClusterSpec{.nodes = {{"a", 1}},
                    .cluster_id = "",
                    .join_timeout = std::chrono::seconds(30),
                    .tls = {}});
}

TEST_CASE("errors of a cluster file name the file, the line and the key") {
  const auto error = [](const std::string& text) {
    return error_of(parse_cluster("nodes = ['a:1']\n" + text, "c.toml"));
  };
  CHECK(error("joint_timeout = 3") ==
        "c.toml:2: unknown key \"joint_timeout\"; known are nodes, cluster_id, join_timeout and "
        "[tls]");
  CHECK(error("\n[tsl]\nca = 'x'").starts_with("c.toml:3: unknown key \"tsl\"; known are"));
  CHECK(error("[tls]\ncertificate = 'a'\nkey = 'b'\ncert = 'c'") ==
        "c.toml:5: unknown key \"tls.cert\"; [tls] has certificate, key and ca");
  CHECK(error("[tls]\ncertificate = 'a'\nkey = 'b'") ==
        "c.toml:2: tls.ca is missing; TLS needs certificate, key and ca");
  CHECK(error("[tls]") ==
        "c.toml:2: tls.certificate is missing; TLS needs certificate, key and ca");
  CHECK(error("[tls]\nkey = ''") == "c.toml:3: tls.key names no file");
  CHECK(error("[tls]\nkey = 3") == "c.toml:3: tls.key is a text, in quotes");
  CHECK(error("tls = true") ==
        "c.toml:2: tls is a table: [tls] in a line of its own, its keys below");
  CHECK(error("cluster_id = 'a b'") ==
        "c.toml:2: cluster_id has 1 to 128 letters, digits, dots, dashes and underscores");
  CHECK(error("cluster_id = ''").starts_with("c.toml:2: cluster_id has 1 to 128"));
  CHECK(error("cluster_id = 7") == "c.toml:2: cluster_id is a text, in quotes");
  for (const char* value : {"0", "-1", "nan", "inf", "86401", "'30s'", "true"}) {
    CHECK(error(std::string("join_timeout = ") + value) ==
          "c.toml:2: join_timeout is a number of seconds from 0.001 to 86400");
  }
  CHECK(error("x =").starts_with("c.toml:2: "));
  CHECK(error("nodes = ['b:1']").starts_with("c.toml:2: "));

  const auto nodes = [](const std::string& text) {
    return error_of(parse_cluster(text, "c.toml"));
  };
  CHECK(nodes("") == "c.toml:1: nodes is missing: nodes = [\"HOST:PORT\", \"HOST:PORT\"]");
  CHECK(nodes("nodes = 'a:1'") == "c.toml:1: nodes is a list: [\"HOST:PORT\", \"HOST:PORT\"]");
  CHECK(nodes("nodes = []") == "c.toml:1: a cluster has at least one node; name its address");
  CHECK(nodes("nodes = [\n'a:1',\n7]") == "c.toml:3: node 1 is a text, in quotes");
  CHECK(nodes("nodes = [\n'a:1',\n'b']").starts_with("c.toml:3: node 1: \"b\" is no address"));
  CHECK(nodes("nodes = ['a:1', 'a:1']") ==
        "c.toml:1: nodes 0 and 1 have the same address, a:1; give each one of its own");
}

// A file of the test's own, removed with it.
class File {
 public:
  explicit File(const std::string& text)
      : path_((std::filesystem::temp_directory_path() / "eagre_cluster_XXXXXX").string()) {
    ::close(::mkstemp(path_.data()));
    std::ofstream(path_) << text;
  }
  ~File() { std::filesystem::remove(path_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST_CASE("a cluster file is read") {
  const std::string comment = "# " + std::string(10000, 'x') + "\n";
  CHECK(read_cluster_file(File(comment + "nodes = ['a:1']").path()).value().nodes ==
        std::vector<Address>{{"a", 1}});
  CHECK(error_of(read_cluster_file("/nowhere/c.toml")) ==
        "the cluster file /nowhere/c.toml cannot be read: No such file or directory");
  const File large("# " + std::string(2 << 20, 'x'));
  CHECK(error_of(read_cluster_file(large.path())) ==
        "the cluster file " + large.path() + " cannot be read: more than 1048576 bytes");
}

}  // namespace
}  // namespace eagre::control
