#include "ops/receive/destination.hpp"

#include <fmt/format.h>

#include <cerrno>

#include "zfs/dataset.hpp"
#include "zfs/iterate.hpp"
#include "zfs/snapshot.hpp"
#include "zfs/stream.hpp"

namespace zfsrest::ops {
namespace {

bool is_absent(const Error& error) {
  return error.os_errno == ENOENT;
}

// What comes after the target.
std::string path_below(model::Naming naming, const std::string& dataset) {
  switch (naming) {
    case model::Naming::below_path: {
      const std::size_t slash = dataset.find('/');
      return slash == std::string::npos ? std::string() : dataset.substr(slash);
    }
    case model::Naming::below_last:
      return "/" + dataset.substr(dataset.rfind('/') + 1);
    case model::Naming::target:
      break;
  }
  return {};
}

// The newest snapshot, which must be the one that the stream begins at; of a full stream, there
// must be none.
Result<std::string> check_force(const Context& context, const zfs::Handle& handle,
                                const std::string& dataset, const model::StreamHeader& header) {
  const auto snapshots = TRY(zfs::read_snapshots(handle, dataset));
  if (snapshots.empty()) return std::string();
  const std::string& newest = snapshots.back().name;
  if (!header.from_guid)
    return Error{.code = Code::newer_snapshots,
                 .subject = dataset,
                 .detail = fmt::format("a full stream would destroy the snapshots of {}, of which "
                                       "{} is the newest; destroy them first",
                                       dataset, newest)};
  const model::Snapshot snapshot = TRY(zfs::read_snapshot(handle, newest, context.release));
  if (snapshot.guid.value == header.from_guid->value) return newest;
  const auto base = TRY(zfs::find_by_guid(handle, dataset, *header.from_guid, context.release));
  if (!base) return Error::of_errno(ENODEV, dataset);
  return Error{.code = Code::newer_snapshots,
               .subject = newest,
               .detail = fmt::format("{} is newer than {}, from which the stream is incremental; "
                                     "roll back to that first",
                                     newest, *base)};
}

// Of a stream for a dataset that is there and is to be changed: whether the kernel takes it.
Result<Nothing> check_receivable(const std::string& dataset, const model::ReceiveOptions& options,
                                 const model::StreamHeader& header,
                                 const Result<std::optional<zfs::PartialReceive>>& partial) {
  if (!partial.ok()) return partial.error();
  if (header.clone || options.origin)
    return Error{
        .code = Code::exists,
        .subject = dataset,
        .detail = fmt::format("the stream would make {} as a clone, and it exists", dataset)};
  if (!header.resuming && partial.value()) return Error::of_errno(EBUSY, dataset);
  const bool goes_on =
      partial.value() && partial.value()->decoded.to_guid.value == header.to_guid.value;
  if (header.resuming && !goes_on)
    return Error{.code = Code::wrong_state,
                 .subject = dataset,
                 .detail = fmt::format("the stream is the rest of one that broke off, and nothing "
                                       "of that is kept in {}",
                                       dataset)};
  return Nothing{};
}

Result<Destination> read_dataset_of(Context& context, const zfs::Handle& handle,
                                    const model::SnapshotName& name,
                                    const model::ReceiveOptions& options,
                                    const model::StreamHeader& header) {
  Destination destination{.snapshot = name};
  const std::string dataset = name.dataset();
  const auto there = zfs::read_dataset(handle, dataset, context.release);
  if (!there.ok() && !is_absent(there.error())) return there.error();
  if (!there.ok()) {
    destination.is_new_dataset = true;
    return destination;
  }
  const auto partial = zfs::read_partial_receive(handle, dataset);
  destination.has_leftover = !partial.ok() || partial.value();
  if (partial.ok() && partial.value()) {
    destination.token_left = partial.value()->token;
    destination.is_new_dataset = partial.value()->is_new_dataset;
  }
  // OpenZFS 2.1 does not look at that, and goes wrong; newer releases refuse it likewise.
  if (header.resuming && !header.from_guid && !options.force && destination.has_leftover &&
      !destination.is_new_dataset)
    return Error{.code = Code::exists,
                 .subject = dataset,
                 .detail = fmt::format("the stream is to take the place of {}, and goes on only "
                                       "with `force`, as it began",
                                       dataset)};
  // Of the root of a pool the kernel would say that its parent is the matter.
  if (!options.force && !header.from_guid && !header.resuming && !destination.is_new_dataset)
    return Error::of_errno(EEXIST, dataset);
  if (!options.force) return destination;
  destination.roll_back_to = TRY(check_force(context, handle, dataset, header));
  // What is rolled back is lost, so the kernel must not find out afterwards.
  if (!destination.roll_back_to.empty()) TRY(check_receivable(dataset, options, header, partial));
  return destination;
}

}  // namespace

Result<model::SnapshotName> name_received(const model::ReceiveOptions& options,
                                          const model::StreamHeader& header) {
  if (options.target.is_snapshot()) return model::SnapshotName::parse(options.target.text());
  const std::size_t at = header.to_name.find('@');
  const std::string sent = header.to_name.substr(0, at);
  const std::string snapshot = at == std::string::npos ? "" : header.to_name.substr(at + 1);
  auto name = model::SnapshotName::parse(options.target.text() + path_below(options.naming, sent) +
                                         "@" + snapshot);
  if (!name.ok())
    return Error{.code = Code::bad_request,
                 .subject = options.target.text(),
                 .detail = "no name follows from \"" + header.to_name +
                           "\", which the stream says; give the target's snapshot a name"};
  return name;
}

Result<Destination> read_destination(Context& context, const zfs::Handle& handle,
                                     const model::ReceiveOptions& options,
                                     const model::StreamHeader& header) {
  const model::SnapshotName name = TRY(name_received(options, header));
  const auto there = zfs::read_snapshot(handle, name.text(), context.release);
  if (!there.ok() && !is_absent(there.error())) return there.error();
  if (!there.ok()) {
    if (options.heal)
      return Error{.code = Code::not_found,
                   .subject = name.text(),
                   .detail = "there is no snapshot " + name.text() + " to be healed"};
    return read_dataset_of(context, handle, name, options, header);
  }
  if (there.value().guid.value != header.to_guid.value)
    return Error{
        .code = Code::exists,
        .subject = name.text(),
        .detail = fmt::format("{} exists, and is another snapshot: its guid is {}, that "
                              "in the stream {}",
                              name.text(), there.value().guid.text(), header.to_guid.text())};
  // One that lacks data has the guid of the whole one.
  if (!header.redacted && TRY(zfs::is_redacted(handle, name.text())))
    return Error{.code = Code::exists,
                 .subject = name.text(),
                 .detail = fmt::format("{} exists, and is redacted, while the stream has all of it",
                                       name.text())};
  return Destination{.snapshot = name, .is_there = true};
}

Result<Nothing> check_base(const Context& context, const zfs::Handle& handle,
                           const Destination& destination, const model::ReceiveOptions& options,
                           const model::StreamHeader& header) {
  const std::string dataset = destination.snapshot.dataset();
  if (destination.is_new_dataset) {
    // A clone begins at a snapshot of another dataset, and one that is resumed has begun.
    const bool needs_dataset =
        header.from_guid && !header.clone && !options.origin && !header.resuming;
    if (needs_dataset) return Error::of_errno(ENOENT, dataset);
    const std::string parent = dataset.substr(0, dataset.rfind('/'));
    if (!options.create_parents) TRY(zfs::read_dataset(handle, parent, context.release));
    return Nothing{};
  }
  if (!header.from_guid && options.force) return Nothing{};
  if (!header.from_guid) return Error::of_errno(EEXIST, dataset);
  if (!TRY(zfs::find_by_guid(handle, dataset, *header.from_guid, context.release)))
    return Error::of_errno(ENODEV, dataset);
  return Nothing{};
}

}  // namespace zfsrest::ops
