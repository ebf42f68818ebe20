// A walk through one pool, read side by side: what different datasets have, and parts of what one
// has, is read by several workers at once, and handed out in the walk's own order. While a piece is
// handed out, the next ones are read already.
#pragma once

#include <algorithm>
#include <concepts>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ops/listing.hpp"
#include "ops/pieces.hpp"

namespace zfsrest::ops {

// So many datasets are looked for at once, and so many of them are read one after the other.
inline constexpr std::size_t first_datasets = 1, most_datasets = 64, datasets_in_stretch = 4;

// Where a dataset has many snapshots they are read in parts of about so many, side by side as well:
// workers that are in one dataset at the same time keep it open for each other, which is most of
// what a snapshot costs where nothing else does. How dense they are is told by so many.
inline constexpr std::size_t snapshots_in_part = 64, enough_to_tell = 8;

// Several datasets in the walk's order, and where the whole walk stands at each of them.
using Marks = std::vector<zfs::Walk>;

// Goes on with the walk to the next datasets that are wanted, at most so many. Fails as the walk
// does.
Result<Reading> find_datasets(Context& context, const std::string& pool, zfs::Walk walk,
                              const zfs::WalkFilter& filter, std::size_t most,
                              std::shared_ptr<Marks> found, std::shared_ptr<zfs::Walk> rest);

// What these have of their own, as a walk: it goes below none of them.
zfs::Walk walk_of(const Marks& marks);
// The whole walk's state, where of the datasets' own there is so much left.
zfs::Walk walk_at(const Marks& marks, const zfs::Walk& own);

// How many snapshots there are for each hash where the walk went on from one place to the other and
// saw so many; none if that does not tell.
std::optional<double> density_between(const zfs::Walk& before, const zfs::Walk& after,
                                      std::size_t seen);
// Where a part of the frame's snapshots ends; none if there is no more than one part left.
std::optional<zfs::Position> end_of_part(const zfs::WalkFrame& frame, double density);

template <class Object>
class PoolWalk {
 public:
  PoolWalk(Context& context, Walker<Object> walker, std::string pool, zfs::Walk walk,
           zfs::WalkFilter filter, const Choice<Object>& choice)
      : context_(context),
        walker_(walker),
        pool_(std::move(pool)),
        filter_(std::move(filter)),
        choice_(choice),
        ahead_(std::move(walk)) {}

  // Hands out what is kept of the objects as long as `room()` says that so many more are wanted.
  template <class Room, class Visit>
  Result<Nothing> read(const Room& room, const Visit& visit) {
    while (room() > 0) {
      TRY(fill(room(), Patience::waits));
      if (stretches_.empty()) return Nothing{};
      Stretch& first = stretches_.front();
      TRY(first.reading->wait());
      const auto piece = std::exchange(first.piece, nullptr);
      first.reading.reset();
      // It was begun when more was wanted, and its walk is still where it was.
      if (piece->harvest.objects.size() > room()) {
        TRY(begin(first, room()));
        continue;
      }
      if (const auto density = density_between(first.walk, piece->walk, piece->harvest.seen))
        first.density = density;
      first.walk = std::move(piece->walk);
      if (first.walk.empty()) stretches_.pop_front();
      // Where nothing is kept for long, the rest is not made to wait for a first row.
      constexpr int enough_pieces = 3;
      has_begun_ = has_begun_ || !piece->harvest.objects.empty() || ++fruitless_ == enough_pieces;
      // What comes next is read while this is handed out. What fails of it is asked for again when
      // it is its turn.
      const std::size_t left = room() - piece->harvest.objects.size();
      if (left > 0) static_cast<void>(fill(left, Patience::hurries));
      for (const Object& object : piece->harvest.objects) visit(object);
    }
    return Nothing{};
  }

  // Where it stands: after what was handed out. Empty if it is over.
  zfs::Walk rest() const {
    if (!stretches_.empty()) return place_of(stretches_.front());
    if (!found_.empty()) return found_.front();
    return ahead_;
  }

 private:
  struct Piece {
    zfs::Walk walk;
    zfs::Harvest<Object> harvest;
  };
  struct Stretch {
    Marks marks;  // none if `walk` is the whole walk
    zfs::Walk walk;
    std::optional<Reading> reading{};
    std::shared_ptr<Piece> piece{};
    std::size_t most = 0;             // in the piece
    std::optional<double> density{};  // of the snapshots of the dataset where it stands
  };
  // Whether datasets that are being looked for are waited for.
  enum class Patience : std::uint8_t { waits, hurries };

  // Datasets are found one from the other; what they have of their own is found in each.
  static constexpr bool is_own = !std::same_as<Object, model::Dataset>;

  static zfs::Walk place_of(const Stretch& stretch) {
    return stretch.marks.empty() ? stretch.walk : walk_at(stretch.marks, stretch.walk);
  }

  // Begins what is to be read next, for so many objects that are wanted: first of all what is
  // handed out next. What comes after it and cannot be sent now is left for later.
  Result<Nothing> fill(std::size_t room, Patience patience) {
    std::size_t under_way = 0, ahead = 0, expected = 0;
    for (const Stretch& stretch : stretches_) {
      under_way += stretch.reading && !stretch.reading->is_done() ? 1 : 0;
      ahead += stretch.reading ? 1 : 0;
      expected += stretch.reading ? stretch.most : 0;
    }
    // What would be read beside the first row would make it come later.
    const std::size_t most_at_once = has_begun_ ? pieces_at_once : 1;
    const auto may_begin = [&] {
      return under_way < most_at_once && ahead < pieces_ahead && expected < room;
    };
    for (std::size_t at = 0; at == 0 || may_begin(); ++at) {
      if (at > 0 && !context_.may_read_ahead(pool_)) break;
      if (at > 0) patience = Patience::hurries;
      if (at == stretches_.size() && !TRY(add_stretch(patience))) break;
      if (stretches_[at].reading) continue;
      cut(at);
      Stretch& stretch = stretches_[at];
      const std::size_t wanted = at == 0 ? room : room - expected;
      auto begun = begin(stretch, std::min(wanted, next_piece_));
      if (!begun.ok() && at > 0) break;
      TRY(std::move(begun));
      next_piece_ = std::min(2 * next_piece_, most_in_piece);
      ++under_way;
      ++ahead;
      expected += stretch.most;
    }
    return Nothing{};
  }

  // Makes the next part of a dataset's snapshots, if it has many, a stretch of its own.
  void cut(std::size_t at) {
    if constexpr (!std::same_as<Object, model::Snapshot>) return;
    Stretch& whole = stretches_[at];
    if (!whole.density || whole.marks.empty() || whole.walk.empty()) return;
    zfs::WalkFrame& frame = whole.walk.back();
    const auto end = end_of_part(frame, *whole.density);
    if (!end) return;
    Stretch part{.marks = whole.marks, .walk = {frame}, .density = whole.density};
    part.walk.back().until = *end;
    frame.at = *end;
    stretches_.insert(stretches_.begin() + static_cast<std::ptrdiff_t>(at), std::move(part));
  }

  Result<Nothing> begin(Stretch& stretch, std::size_t most) {
    auto piece = std::make_shared<Piece>();
    piece->walk = stretch.walk;
    piece->harvest = {.selection = choice_.selection, .is_kept = choice_.is_kept, .objects = {}};
    zfs::WalkFilter filter = filter_;
    if (!stretch.marks.empty()) filter.depth = 0;
    stretch.reading = TRY(Reading::begin(
        context_, pool_,
        [piece, walker = walker_, filter, most,
         release = context_.release](const zfs::Handle& handle) {
          const zfs::WalkBudget budget{.objects = most,
                                       .until = std::chrono::steady_clock::now() + longest_piece};
          return walker(handle, piece->walk, filter, budget, release, piece->harvest);
        }));
    stretch.piece = std::move(piece);
    stretch.most = most;
    return Nothing{};
  }

  // False if there is nothing left to be read, or nothing known yet.
  Result<bool> add_stretch(Patience patience) {
    if constexpr (!is_own) {
      if (ahead_.empty()) return false;
      stretches_.push_back({.marks = {}, .walk = std::exchange(ahead_, {})});
    } else {
      while (found_.empty())
        if (!TRY(find_more(patience))) return false;
      Marks marks;
      while (!found_.empty() && marks.size() < datasets_in_stretch) {
        marks.push_back(std::move(found_.front()));
        found_.pop_front();
      }
      zfs::Walk walk = walk_of(marks);
      stretches_.push_back({.marks = std::move(marks), .walk = std::move(walk)});
    }
    return true;
  }

  // Takes the datasets that were looked for, and looks for others meanwhile. False if the walk has
  // no more, or if they are not there yet. Who hurries leaves a failure to who waits.
  Result<bool> find_more(Patience patience) {
    const bool waits = patience == Patience::waits;
    if (waits && failure_) return *std::exchange(failure_, std::nullopt);
    if (failure_) return false;
    if (!search_) {
      auto begun = search();
      if (!waits) return false;
      if (!TRY(std::move(begun))) return false;
    }
    if (!waits && !search_->is_done()) return false;
    auto done = search_->wait();
    search_.reset();
    if (!done.ok()) {
      if (waits) return std::move(done).error();
      failure_ = std::move(done).error();
      return false;
    }
    ahead_ = std::move(*searched_to_);
    std::ranges::move(*searched_, std::back_inserter(found_));
    if (has_begun_ && context_.may_read_ahead(pool_)) static_cast<void>(search());
    return true;
  }
  // Begins to look for more; false if the walk has no more.
  Result<bool> search() {
    if (ahead_.empty()) return false;
    searched_ = std::make_shared<Marks>();
    searched_to_ = std::make_shared<zfs::Walk>();
    search_ = TRY(
        find_datasets(context_, pool_, ahead_, filter_, next_datasets_, searched_, searched_to_));
    next_datasets_ = std::min(4 * next_datasets_, most_datasets);
    return true;
  }

  Context& context_;
  Walker<Object> walker_;
  std::string pool_;
  zfs::WalkFilter filter_;
  const Choice<Object>& choice_;
  std::deque<Stretch> stretches_;
  std::deque<zfs::Walk> found_;  // datasets that no stretch has yet, as marks
  zfs::Walk ahead_;              // where no dataset was looked for yet
  std::optional<Reading> search_;
  std::optional<Error> failure_;  // of a search that nobody waited for
  std::shared_ptr<Marks> searched_;
  std::shared_ptr<zfs::Walk> searched_to_;
  bool has_begun_ = false;  // to hand out objects, or given up to wait for the first
  int fruitless_ = 0;       // pieces without one
  std::size_t next_piece_ = first_piece;
  std::size_t next_datasets_ = first_datasets;
};

}  // namespace zfsrest::ops
