// What a request says of one dataset's new key, alone or in a batch.
#pragma once

#include "api/fields.hpp"
#include "model/key.hpp"
#include "model/names.hpp"
#include "model/property_json.hpp"

namespace zfsrest::api {

struct KeyChange {
  static constexpr std::string_view schema_name = "KeyChange";
  model::DatasetName dataset;
  std::optional<model::Key> key;
  bool inherit = false;
  std::optional<std::string> keylocation;
  std::optional<std::uint64_t> pbkdf2iters;
  static constexpr auto fields() {
    return std::tuple{
        required("dataset", &KeyChange::dataset, "The encrypted dataset."),
        optional("key", &KeyChange::key, "Its new key, of any form.").secret(),
        optional("inherit", &KeyChange::inherit,
                 "In place of a new key, take the one of the parent; the dataset is no "
                 "encryption root then."),
        optional("keylocation", &KeyChange::keylocation,
                 "Where the stock tools look for the key from now on; without it, what an "
                 "encryption root has stays, and a new one gets `prompt`."),
        optional("pbkdf2iters", &KeyChange::pbkdf2iters,
                 "How many rounds of PBKDF2 make a key of a new passphrase; 350000 without it."),
    };
  }
};

// Notes what does not go together in it, at its place.
void check_key_change(const KeyChange& change, const describe::Spot& spot);

// What it says of the new key, as the properties that it becomes.
model::PropertySettings new_key_settings(const KeyChange& change);

}  // namespace zfsrest::api
