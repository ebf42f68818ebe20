#pragma once

#include "api/fields.hpp"
#include "api/transfer_rate.hpp"
#include "model/names.hpp"

namespace zfsrest::api {

struct DatasetSendSaved {
  struct Request {
    model::DatasetName dataset;
    bool raw = false;
    bool compressed = false;
    bool large_blocks = false;
    bool embedded = false;
    std::optional<std::uint64_t> bytes_per_second;
    static constexpr auto fields() {
      return std::tuple{
          required("dataset", &Request::dataset, "The dataset that was to be received."),
          optional("raw", &Request::raw,
                   "Send blocks as they are on disk, and encrypted ones without opening them."),
          optional("compressed", &Request::compressed,
                   "Send blocks as they are compressed on disk."),
          optional("large_blocks", &Request::large_blocks,
                   "Send blocks of more than 128 KiB as a whole."),
          optional("embedded", &Request::embedded,
                   "Send blocks that are so small that they are kept in their pointers as such."),
          optional("bytes_per_second", &Request::bytes_per_second, "How fast it may go at most."),
      };
    }
  };
  static constexpr Operation operation{
      .id = "dataset.send_saved",
      .method = Method::get,
      .path = "/v1/datasets/{dataset}/saved-stream",
      .role = Role::send,
      .lane = Lane::read,
      .runs = Runs::transfer,
      .body = Body::download,
      .summary = "Send what an interrupted receive has left, as a stream.",
      .description =
          "Whoever receives it, resumably, has as much as this dataset has, and the same token "
          "goes on from there. For the rest it is as snapshot.send. What has come of an "
          "incremental stream is not sent, because some releases of OpenZFS that receive it lose "
          "what is resumed there.",
      .errors = {{ENOENT, Code::not_found, "There is no such dataset."},
                 {EINVAL, Code::wrong_state, "The dataset has nothing that can be sent so."},
                 {EACCES, Code::key_not_loaded,
                  "It is encrypted and its key is not loaded; `raw` sends it as it is."},
                 {ENOTSUP, Code::wrong_state,
                  "It cannot be sent raw: its encryption is of an old format, or this is ZFS in "
                  "user space."},
                 {EBUSY, Code::busy, "It is being received right now."}},
      .functions = {"lzc_send"},
  };
  static std::string subject(const Request& request) { return request.dataset.text(); }
  static void check(const Request& request, const Spots& spots) {
    check_rate(request.bytes_per_second, spots.query);
  }
};
static_assert(well_declared<DatasetSendSaved>());

}  // namespace zfsrest::api
