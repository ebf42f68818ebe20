// The receives that were asked for: how their streams are to be received, and what came of them.
// They are gone with the process; what they have left in ZFS is not.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "model/receive.hpp"
#include "zfs/wrapping_key.hpp"

namespace zfsrest::ops {

// Safe to use from several threads. Receives that are not there, or not any more, are not_found.
class Receives {
 public:
  Receives(std::size_t most, std::chrono::seconds kept) : most_(most), kept_(kept) {}

  // Fails with overloaded if there are too many.
  Result<model::ReceiveShown> add(const std::string& pool, model::ReceiveOptions options,
                                  std::optional<zfs::WrappingKey> key);

  // Oldest first, and one.
  std::vector<model::ReceiveShown> list() const;
  Result<model::ReceiveShown> find(const model::ReceiveId& id) const;

  // A stream that is being received; the receive waits again when it is gone.
  class Turn {
   public:
    Turn(Turn&& other) noexcept
        : receives_(std::exchange(other.receives_, nullptr)),
          id_(std::move(other.id_)),
          key_(std::move(other.key_)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn();

    const zfs::WrappingKey* key() const { return key_.get(); }
    // What the stream is to become; once it has broken off, the guid of what it has left. What an
    // earlier one has become is forgotten.
    void note(const model::SnapshotName& snapshot, std::optional<model::Guid> left);
    // It has become that.
    void note_received(model::Received received);

   private:
    friend class Receives;
    Turn(Receives& receives, model::ReceiveId id, std::shared_ptr<const zfs::WrappingKey> key)
        : receives_(&receives), id_(std::move(id)), key_(std::move(key)) {}

    Receives* receives_;
    model::ReceiveId id_;
    std::shared_ptr<const zfs::WrappingKey> key_;
  };
  // Fails with busy if there is one already.
  Result<Turn> take_turn(const model::ReceiveId& id, model::JobId job);

  // The guid of what a stream has left that broke off, if one has.
  std::optional<model::Guid> guid_left(const model::ReceiveId& id) const;

  // Waits until no stream is being received; false if that takes too long.
  bool wait_until_free(const model::ReceiveId& id, std::chrono::seconds longest);

  // Fails with busy while a stream is being received.
  Result<Nothing> forget(const model::ReceiveId& id);

  // Forgets those that have expired. To be called now and then. Whether there are others.
  bool tidy();

 private:
  struct Entry {
    model::ReceiveShown shown;
    std::shared_ptr<const zfs::WrappingKey> key;
    std::optional<model::Guid> guid_left;
    std::uint64_t number = 0;
  };

  Entry* entry_of(const model::ReceiveId& id);
  void count_from_now(Entry& entry) const;

  const std::size_t most_;
  const std::chrono::seconds kept_;
  mutable std::mutex mutex_;
  std::condition_variable freed_;
  std::map<model::ReceiveId, Entry> entries_;
  std::uint64_t next_number_ = 0;
};

}  // namespace zfsrest::ops
