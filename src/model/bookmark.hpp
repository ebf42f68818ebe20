// Bookmarks as the API shows them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "describe/codec.hpp"
#include "model/names.hpp"
#include "model/property_json.hpp"
#include "model/text.hpp"

namespace zfsrest::model {

struct Bookmark {
  static constexpr std::string_view schema_name = "Bookmark";
  BookmarkName name;
  DatasetName dataset;
  std::string bookmark;
  Guid guid;
  std::uint64_t createtxg = 0;
  Time created;
  Properties properties;
  std::optional<std::vector<Guid>> redact_snaps;
  std::optional<bool> redact_complete;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("name", &Bookmark::name, "The full name."),
        required("dataset", &Bookmark::dataset, "The dataset it is a bookmark of."),
        required("bookmark", &Bookmark::bookmark, "The part of the name after `#`."),
        required("guid", &Bookmark::guid,
                 "The identity of the snapshot that it was made of, directly or by way of another "
                 "bookmark."),
        required("createtxg", &Bookmark::createtxg,
                 "The transaction group in which that snapshot was created."),
        required("created", &Bookmark::created, "When that snapshot was created."),
        required("properties", &Bookmark::properties,
                 "All its properties by name; those about space only if the bookmark keeps them."),
        required("redact_snaps", &Bookmark::redact_snaps,
                 "Of a redaction bookmark the guids of the snapshots with respect to which it "
                 "redacts, else null."),
        required("redact_complete", &Bookmark::redact_complete,
                 "Of a redaction bookmark whether redacting has come to its end, else null."),
    };
  }
};

}  // namespace zfsrest::model
