// The settings of the daemon: declared once, read from a file and from the environment.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "describe/codec.hpp"
#include "model/engine.hpp"

namespace zfsrest::config {

// An address and a port to listen on, `127.0.0.1:8642` or `[::1]:8642`. Only loopback: what leaves
// the host needs TLS.
struct Endpoint {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8642;

  static Result<Endpoint> parse(std::string_view text);
  std::string text() const;
  static describe::TextShape shape();
};

// Which writes of an object must say by If-Match of which state of it they are meant.
enum class RequireIfMatch { none, destructive, all };

inline std::span<const describe::Word<RequireIfMatch>> words_of(RequireIfMatch) {
  static constexpr describe::Word<RequireIfMatch> words[] = {
      {RequireIfMatch::none, "none", "None."},
      {RequireIfMatch::destructive, "destructive", "Those that offer a plan."},
      {RequireIfMatch::all, "all", "All that heed it."},
  };
  return words;
}

struct Settings {
  Endpoint listen;
  std::string state = "./.state";
  std::vector<std::string> hosts;
  model::Engine engine = model::Engine::kernel;
  std::string module_directory = "/sys/module/zfs";
  std::string gateway_user = "nobody";
  std::uint32_t read_deadline_ms = 1'000;
  std::uint32_t write_deadline_ms = 30'000;
  std::uint32_t queue = 256;
  std::uint32_t body_bytes = 1'048'576;
  std::uint32_t bodies_bytes = 67'108'864;
  std::uint32_t header_bytes = 16'384;
  std::uint32_t header_deadline_ms = 10'000;
  std::uint32_t idle_timeout_ms = 60'000;
  std::uint32_t connections = 1'024;
  std::uint32_t unix_connections = 256;
  std::uint32_t device_idle_ms = 5'000;
  std::uint32_t jobs_waiting = 10'000;
  std::uint32_t jobs_kept = 1'000;
  std::uint32_t jobs_kept_s = 604'800;
  std::uint32_t pool_leases = 256;
  std::uint32_t sorted_rows = 200'000;
  std::uint32_t transfers = 64;
  std::uint32_t stream_stall_s = 300;
  std::uint32_t receives_kept = 1'000;
  std::uint32_t receives_kept_s = 86'400;
  std::uint32_t requests_kept = 10'000;
  std::uint32_t requests_kept_s = 86'400;
  RequireIfMatch require_if_match = RequireIfMatch::none;
  static constexpr auto fields() {
    using describe::optional;
    return std::tuple{
        optional("listen", &Settings::listen, "Where to serve HTTP over TCP."),
        optional(
            "state", &Settings::state,
            "The directory that holds the token, the socket, the lock and the journal of jobs."),
        optional(
            "hosts", &Settings::hosts,
            "Names beside loopback's that `Host` and `Origin` may carry, separated by commas."),
        optional("engine", &Settings::engine, "What the agent talks to."),
        optional("module_directory", &Settings::module_directory,
                 "Where the running OpenZFS shows its version."),
        optional("gateway_user", &Settings::gateway_user,
                 "The user that the gateway becomes when started by root."),
        optional("read_deadline_ms", &Settings::read_deadline_ms,
                 "How long a read, or a list to its first row, may take."),
        optional("write_deadline_ms", &Settings::write_deadline_ms,
                 "How long a write may take before its outcome is called unknown."),
        optional("queue", &Settings::queue, "How many operations may wait for one set of workers."),
        optional("body_bytes", &Settings::body_bytes, "The largest body of a request."),
        optional("bodies_bytes", &Settings::bodies_bytes,
                 "How many bytes the bodies of all requests over TCP may have together until they "
                 "are answered; those over the Unix socket have as many."),
        optional("header_bytes", &Settings::header_bytes, "The largest header of a request."),
        optional("header_deadline_ms", &Settings::header_deadline_ms,
                 "How long a request's header may take to arrive."),
        optional("idle_timeout_ms", &Settings::idle_timeout_ms,
                 "How long a connection may be idle between requests."),
        optional("connections", &Settings::connections,
                 "How many connections over TCP may be open at once, 256 of them from one address; "
                 "all of loopback counts as one. For more, idle ones are closed."),
        optional("unix_connections", &Settings::unix_connections,
                 "How many connections over the Unix socket may be open at once."),
        optional("device_idle_ms", &Settings::device_idle_ms,
                 "How long after the last use /dev/zfs is closed."),
        optional("jobs_waiting", &Settings::jobs_waiting,
                 "How many jobs may be there that have not ended."),
        optional("jobs_kept", &Settings::jobs_kept, "How many jobs are kept that have ended."),
        optional("jobs_kept_s", &Settings::jobs_kept_s,
                 "How long a job is kept at least after it has ended."),
        optional("pool_leases", &Settings::pool_leases,
                 "How many leases of temporary holds one pool may have; each keeps /dev/zfs open."),
        optional("sorted_rows", &Settings::sorted_rows,
                 "How many objects a list may sort that has no limit of its own."),
        optional("transfers", &Settings::transfers,
                 "How many streams may be sent and received at once."),
        optional("stream_stall_s", &Settings::stream_stall_s,
                 "How long a client may take nothing of a stream, or send nothing of one."),
        optional("receives_kept", &Settings::receives_kept,
                 "How many receives may wait for their streams, and be shown afterwards."),
        optional("receives_kept_s", &Settings::receives_kept_s,
                 "How long a receive is kept to which no stream comes."),
        optional("requests_kept", &Settings::requests_kept,
                 "Of how many requests with an Idempotency-Key the answers are kept; together they "
                 "have at most 64 MiB."),
        optional("requests_kept_s", &Settings::requests_kept_s, "How long such an answer is kept."),
        optional("require_if_match", &Settings::require_if_match,
                 "Which writes of an object must have an If-Match."),
    };
  }

  std::string socket_path() const { return state + "/zfsrest.sock"; }
  std::string token_path() const { return state + "/token"; }
  std::string jobs_path() const { return state + "/jobs.db"; }
  std::string requests_path() const { return state + "/requests.db"; }
  std::string lock_path() const { return state + "/lock"; }
};

// The variable of the environment that names a setting.
std::string variable_of(std::string_view setting);

// Defaults, then the TOML file if `path` is not empty, then variables ZFSREST_<SETTING> of the
// environment. Fails with one line that says all that is wrong.
Result<Settings> read_settings(const std::string& path);

}  // namespace zfsrest::config
