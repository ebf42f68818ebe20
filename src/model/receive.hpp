// Receives: where a stream is to go and how, how far it has come, and what came of it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/job.hpp"
#include "model/names.hpp"
#include "model/partial_receive.hpp"
#include "model/property_json.hpp"
#include "model/skipped.hpp"
#include "model/stream_header.hpp"

namespace zfsrest::model {

// A receive: the name of its pool and 32 hexadecimal digits that nobody can guess.
class ReceiveId : public Name {
 public:
  ReceiveId() = default;
  static Result<ReceiveId> parse(std::string_view text);
  static describe::TextShape shape();

  std::string pool() const { return text().substr(0, text().rfind(':')); }

 private:
  using Name::Name;
};

// How the name of what is received follows from the target and the name in the stream.
enum class Naming { target, below_path, below_last };

inline std::span<const describe::Word<Naming>> words_of(Naming) {
  static constexpr describe::Word<Naming> words[] = {
      {Naming::target, "target",
       "The dataset is the target; of a target without a snapshot's name, that is the one in the "
       "stream."},
      {Naming::below_path, "below_path",
       "Below the target, under the name in the stream without its pool (`zfs receive -d`)."},
      {Naming::below_last, "below_last",
       "Below the target, under the last part of the name in the stream (`zfs receive -e`)."},
  };
  return words;
}

struct ReceiveOptions {
  static constexpr std::string_view schema_name = "ReceiveOptions";
  ReceiveTarget target;
  Naming naming = Naming::target;
  bool create_parents = false;
  std::optional<SnapshotName> origin;
  bool force = false;
  bool resumable = false;
  bool heal = false;
  bool dry_run = false;
  bool unmounted = false;
  PropertySettings properties;
  std::vector<std::string> exclude_properties;
  PropertySettings received_properties;
  std::optional<std::uint64_t> bytes_per_second;
  static constexpr auto fields() {
    using describe::optional;
    using describe::required;
    return std::tuple{
        required("target", &ReceiveOptions::target,
                 "The dataset to receive into, or the full name that the snapshot gets."),
        optional("naming", &ReceiveOptions::naming, "What of the name in the stream is used."),
        optional("create_parents", &ReceiveOptions::create_parents,
                 "Create missing parents as file systems first."),
        optional("origin", &ReceiveOptions::origin,
                 "The snapshot that the received dataset is to be a clone of, where the stream is "
                 "of a clone."),
        optional("force", &ReceiveOptions::force,
                 "Roll the dataset back to its most recent snapshot first, and let a full stream "
                 "take the place of a dataset without snapshots."),
        optional("resumable", &ReceiveOptions::resumable,
                 "Keep what has come if the stream breaks off, so that it can go on from there."),
        optional("heal", &ReceiveOptions::heal,
                 "Only repair damaged blocks of the snapshot, which must be there, with those in "
                 "the stream.")
            .needs(release_2_2),
        optional("dry_run", &ReceiveOptions::dry_run,
                 "Read the head of the stream, say what would come of it, and receive nothing."),
        optional("unmounted", &ReceiveOptions::unmounted, "Do not mount a new file system."),
        optional("properties", &ReceiveOptions::properties,
                 "Properties to set on what is received, in place of those of the sender "
                 "(`zfs receive -o`)."),
        optional("exclude_properties", &ReceiveOptions::exclude_properties,
                 "Properties of the sender to leave out (`zfs receive -x`)."),
        optional("received_properties", &ReceiveOptions::received_properties,
                 "The properties that the sender has, which get the source `received`; a stream "
                 "of one snapshot carries none itself."),
        optional("bytes_per_second", &ReceiveOptions::bytes_per_second,
                 "How fast it may go at most."),
    };
  }
};

// What was received, or would be.
struct Received {
  static constexpr std::string_view schema_name = "Received";
  SnapshotName snapshot;
  Guid guid;
  bool already_received = false;
  bool dry_run = false;
  std::optional<std::uint64_t> bytes;
  StreamHeader stream;
  std::vector<std::string> created_parents;
  std::vector<Skipped> failed_properties;
  std::optional<Skipped> failed_mount;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("snapshot", &Received::snapshot, "The snapshot."),
        required("guid", &Received::guid, "Its guid, which is the same where it came from."),
        required("already_received", &Received::already_received,
                 "Whether it was there already, so that nothing was done."),
        required("dry_run", &Received::dry_run, "Whether nothing was done because of `dry_run`."),
        required("bytes", &Received::bytes,
                 "How many bytes of the stream were received; null if the daemon was interrupted "
                 "meanwhile."),
        required("stream", &Received::stream, "What the stream says of itself."),
        required("created_parents", &Received::created_parents,
                 "The parents that were created for it."),
        required("failed_properties", &Received::failed_properties,
                 "Properties that could not be set, and why; the snapshot is there all the same."),
        required("failed_mount", &Received::failed_mount,
                 "Why the file system could not be mounted; null if nothing was in the way."),
    };
  }
};

enum class ReceiveState { waiting, receiving, received };

inline std::span<const describe::Word<ReceiveState>> words_of(ReceiveState) {
  static constexpr describe::Word<ReceiveState> words[] = {
      {ReceiveState::waiting, "waiting",
       "It waits for its stream, or for the rest of one that broke off."},
      {ReceiveState::receiving, "receiving", "Its stream is on its way."},
      {ReceiveState::received, "received", "The snapshot is there; `received` says which."},
  };
  return words;
}

struct ReceiveShown {
  static constexpr std::string_view schema_name = "Receive";
  ReceiveId receive;
  ReceiveOptions options;
  ReceiveState state = ReceiveState::waiting;
  Time created;
  Time expires;
  std::optional<JobId> job;
  std::optional<SnapshotName> snapshot;
  std::optional<PartialReceive> partial;
  std::optional<Received> received;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("receive", &ReceiveShown::receive, "What it is named by."),
        required("options", &ReceiveShown::options, "What was asked for, without the key."),
        required("state", &ReceiveShown::state, "How far it has come."),
        required("created", &ReceiveShown::created, "When it was asked for."),
        required("expires", &ReceiveShown::expires,
                 "When it is forgotten unless its stream comes; what has been received stays."),
        required("job", &ReceiveShown::job,
                 "The job of the last stream that was sent to it, or null."),
        required("snapshot", &ReceiveShown::snapshot,
                 "The snapshot that the last stream was to become, or null."),
        required("partial", &ReceiveShown::partial,
                 "What has come of a stream that broke off and can be resumed, or null."),
        required("received", &ReceiveShown::received, "What the last stream has become, or null."),
    };
  }
};

}  // namespace zfsrest::model
