// What userland/zfs-data does, where volumes are block devices:
//   volume-data write VOLUME [--offset BYTES] [--length BYTES] [--seed N | --from FILE]
//   volume-data read|hash VOLUME_OR_SNAPSHOT [--offset BYTES] [--length BYTES]
#include <fcntl.h>
#include <getopt.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

constexpr std::uint64_t block_bytes = 65536;

struct Request {
  std::string verb;
  std::string volume;
  std::string file{};
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length{};
  std::uint64_t seed = 1;
};

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "volume-data: %s\n", what.c_str());
  std::exit(1);
}

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    die(std::string(text) + " is no number");
  return value;
}

Request read_request(int count, char** words) {
  Request request;
  const option options[] = {{"offset", required_argument, nullptr, 'o'},
                            {"length", required_argument, nullptr, 'l'},
                            {"seed", required_argument, nullptr, 's'},
                            {"from", required_argument, nullptr, 'f'},
                            {}};
  for (int found = 0; (found = getopt_long(count, words, "", options, nullptr)) != -1;) {
    switch (found) {
      case 'o':
        request.offset = number(optarg);
        break;
      case 'l':
        request.length = number(optarg);
        break;
      case 's':
        request.seed = number(optarg);
        break;
      case 'f':
        request.file = optarg;
        break;
      default:
        std::exit(2);
    }
  }
  if (count - optind != 2) die("what shall be done, and with which volume?");
  request.verb = words[optind];
  request.volume = words[optind + 1];
  if (request.verb != "write" && request.verb != "read" && request.verb != "hash")
    die("it can write, read and hash");
  return request;
}

// udev makes the link a little after the volume, and gives a new volume of an old name a new one.
int open_volume(const Request& request) {
  const std::string path = "/dev/zvol/" + request.volume;
  for (int tries = 0; tries < 300 && !std::filesystem::exists(path); ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const int device = open(path.c_str(), request.verb == "write" ? O_RDWR : O_RDONLY);
  if (device < 0) die(path + ": " + std::strerror(errno));
  return device;
}

// What a block holds depends on the seed and its number alone.
std::vector<char> invented(std::uint64_t seed, std::uint64_t block) {
  std::mt19937_64 numbers(seed << 40 | block);
  std::vector<char> bytes(block_bytes);
  for (std::size_t i = 0; i < bytes.size(); i += sizeof(std::uint64_t)) {
    const std::uint64_t word = numbers();
    std::memcpy(bytes.data() + i, &word, sizeof word);
  }
  return bytes;
}

void write_part(int device, const char* bytes, std::size_t count, std::uint64_t position) {
  if (pwrite(device, bytes, count, static_cast<off_t>(position)) != static_cast<ssize_t>(count))
    die(std::string("writing: ") + std::strerror(errno));
}

void write_file(int device, const Request& request, std::uint64_t length) {
  std::ifstream file(request.file, std::ios::binary);
  const std::vector<char> content{std::istreambuf_iterator<char>(file), {}};
  write_part(device, content.data(), std::min<std::uint64_t>(length, content.size()),
             request.offset);
}

void write_invented(int device, const Request& request, std::uint64_t length) {
  const std::uint64_t end = request.offset + length;
  for (std::uint64_t position = request.offset; position < end;) {
    const std::uint64_t within = position % block_bytes;
    const std::uint64_t count = std::min(block_bytes - within, end - position);
    write_part(device, invented(request.seed, position / block_bytes).data() + within, count,
               position);
    position += count;
  }
}

void read_or_hash(int device, const Request& request, std::uint64_t length) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(),
                                                                       &EVP_MD_CTX_free);
  EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr);
  std::vector<char> bytes(block_bytes);
  for (std::uint64_t done = 0; done < length;) {
    const ssize_t count = pread(device, bytes.data(), std::min(block_bytes, length - done),
                                static_cast<off_t>(request.offset + done));
    if (count <= 0) die(count < 0 ? std::strerror(errno) : "the volume ends too early");
    done += static_cast<std::uint64_t>(count);
    if (request.verb == "hash")
      EVP_DigestUpdate(digest.get(), bytes.data(), static_cast<std::size_t>(count));
    else if (std::fwrite(bytes.data(), 1, static_cast<std::size_t>(count), stdout) !=
             static_cast<std::size_t>(count))
      die("nobody takes what is read");
  }
  if (request.verb != "hash") return;
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_DigestFinal_ex(digest.get(), sum, &size);
  for (unsigned int i = 0; i < size; ++i) std::printf("%02x", sum[i]);
  std::printf("\n");
}

}  // namespace

int main(int count, char** words) {
  const Request request = read_request(count, words);
  const int device = open_volume(request);
  const auto size = static_cast<std::uint64_t>(lseek(device, 0, SEEK_END));
  const std::uint64_t length =
      request.length.value_or(size > request.offset ? size - request.offset : 0);
  if (request.verb != "write") {
    read_or_hash(device, request, length);
    return std::fflush(stdout) == 0 ? 0 : 1;
  }
  if (request.file.empty())
    write_invented(device, request, length);
  else
    write_file(device, request, length);
  if (fsync(device) != 0) die(std::string("writing: ") + std::strerror(errno));
  return 0;
}
