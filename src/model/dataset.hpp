// File systems, volumes and snapshots as the API shows them.
#pragma once

#include <span>
#include <string>

#include "describe/codec.hpp"
#include "model/names.hpp"
#include "model/property_json.hpp"
#include "model/text.hpp"

namespace zfsrest::model {

enum class DatasetType { filesystem, volume };

inline std::span<const describe::Word<DatasetType>> words_of(DatasetType) {
  static constexpr describe::Word<DatasetType> words[] = {
      {DatasetType::filesystem, "filesystem", "A file system."},
      {DatasetType::volume, "volume", "A block device."},
  };
  return words;
}

struct Dataset {
  static constexpr std::string_view schema_name = "Dataset";
  DatasetName name;
  DatasetType type = DatasetType::filesystem;
  PoolName pool;
  Guid guid;
  std::uint64_t createtxg = 0;
  Properties properties;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("name", &Dataset::name, "The full name."),
        required("type", &Dataset::type, "What it is."),
        required("pool", &Dataset::pool, "The pool that holds it."),
        required("guid", &Dataset::guid, "Its identity, which a rename keeps."),
        required("createtxg", &Dataset::createtxg,
                 "The transaction group in which it was created."),
        required("properties", &Dataset::properties,
                 "All its properties, user properties included, by name."),
    };
  }
};

struct Snapshot {
  static constexpr std::string_view schema_name = "Snapshot";
  SnapshotName name;
  DatasetName dataset;
  std::string snapshot;
  Guid guid;
  std::uint64_t createtxg = 0;
  std::uint64_t clones = 0;
  Properties properties;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("name", &Snapshot::name, "The full name."),
        required("dataset", &Snapshot::dataset, "The dataset it is a snapshot of."),
        required("snapshot", &Snapshot::snapshot, "The part of the name after `@`."),
        required("guid", &Snapshot::guid,
                 "Its identity, which a rename or a receive elsewhere keeps."),
        required("createtxg", &Snapshot::createtxg,
                 "The transaction group in which it was created."),
        required("clones", &Snapshot::clones, "How many datasets were cloned from it."),
        required("properties", &Snapshot::properties,
                 "All its properties, user properties included, by name."),
    };
  }
};

}  // namespace zfsrest::model
