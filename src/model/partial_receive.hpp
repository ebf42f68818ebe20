// What an interrupted receive has left, so that it can be resumed.
#pragma once

#include <cstdint>
#include <string>

#include "model/names.hpp"
#include "model/resume_token.hpp"

namespace zfsrest::model {

struct PartialReceive {
  static constexpr std::string_view schema_name = "PartialReceive";
  DatasetName dataset;
  std::string resume_token;
  ResumeToken stream;
  bool new_dataset = false;
  std::uint64_t used_bytes = 0;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("dataset", &PartialReceive::dataset, "The dataset that was being received into."),
        required("resume_token", &PartialReceive::resume_token,
                 "What the sender needs to go on from here."),
        required("stream", &PartialReceive::stream, "What the token says."),
        required("new_dataset", &PartialReceive::new_dataset,
                 "Whether the dataset is there only for this receive, and goes when that is "
                 "aborted."),
        required("used_bytes", &PartialReceive::used_bytes,
                 "How much space is used by what has come so far."),
    };
  }
};

}  // namespace zfsrest::model
