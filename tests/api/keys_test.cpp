// Encryption keys, with the stock tools as the other side: what one makes, the other opens.
#include <algorithm>
#include <fstream>

#include "api/fixture.hpp"
#include "base/base64.hpp"

namespace zfsrest::test {
namespace {

constexpr std::string_view passphrase = "correct horse battery";
constexpr std::uint64_t fewest_rounds = 100'000;
const std::string raw_base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const std::string hex = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";

json::Object key_of(std::string_view type) {
  if (type == "raw") return {{"type", "raw"}, {"base64", raw_base64}};
  if (type == "hex") return {{"type", "hex"}, {"hex", hex}};
  return {{"type", "passphrase"}, {"passphrase", passphrase}};
}

// A file that goes with the object.
class File {
 public:
  explicit File(const std::string& text)
      : path_(variable("ZFSREST_TEST_DIR") + "/" + unique_name("key")) {
    std::ofstream(path_, std::ios::binary) << text;
  }
  ~File() { std::ignore = std::remove(path_.c_str()); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// What the stock tools find in a key file.
std::string file_text(std::string_view type) {
  if (type == "hex") return hex;
  if (type == "passphrase") return std::string(passphrase);
  std::string bytes(32, '\0');
  EXPECT_TRUE(parse_base64(raw_base64, bytes));
  return bytes;
}

Response act(const std::string& dataset, const std::string& verb, json::Object body = {}) {
  return post(dataset_path(dataset) + "/" + verb, std::move(body));
}
Response load(const std::string& dataset, json::Object key) {
  return act(dataset, "load-key", {{"key", std::move(key)}});
}
json::Object other_passphrase(std::string_view text = "another passphrase") {
  return {{"type", "passphrase"}, {"passphrase", text}};
}

// A change of key whose passphrase, if it is one, is stretched as seldom as is permitted.
json::Object with_fewest_rounds(json::Object change) {
  if (change.at("key").at("type") == "passphrase") change["pbkdf2iters"] = fewest_rounds;
  return change;
}

class Keys : public OnPool {
 protected:
  // File systems that are encrypted are mounted by nobody here, so that keys can be unloaded.
  void SetUp() override {
    OnPool::SetUp();
    mount_nothing_below();
  }
  // An encryption root that the stock tools have made. Passphrases are stretched as seldom as is
  // permitted, here and below: it takes seconds under emulation.
  std::string made_by_tools(const std::string& name, std::string_view type) {
    const File file(file_text(type));
    oracle("zfs create -o encryption=on -o keyformat=" + std::string(type) +
           (type == "passphrase" ? " -o pbkdf2iters=100000" : "") + " -o keylocation=file://" +
           file.path() + " " + child(name));
    return child(name);
  }
  // One that the API has made.
  std::string made_here(const std::string& name, std::string_view type,
                        json::Object properties = {}) {
    properties.insert({{"encryption", "on"}});
    if (type == "passphrase") properties.insert({{"pbkdf2iters", fewest_rounds}});
    const Response made =
        post("/v1/datasets",
             {{"name", child(name)}, {"properties", std::move(properties)}, {"key", key_of(type)}});
    EXPECT_EQ(made.status, 201) << made;
    EXPECT_EQ(made.text("/properties/keystatus/value"), "available");
    EXPECT_EQ(made.text("/properties/encryptionroot/value"), child(name));
    EXPECT_EQ(made.text("/properties/keyformat/value"), type);
    return child(name);
  }
  // What the stock tools say when they load a key.
  static Outcome load_by_tools(const std::string& dataset, const std::string& text) {
    const File file(text);
    return run_oracle("zfs load-key -L file://" + file.path() + " " + dataset);
  }
  static void unload(const std::string& dataset) {
    const Response unloaded = act(dataset, "unload-key");
    EXPECT_EQ(unloaded.status, 200) << unloaded;
    EXPECT_EQ(unloaded.text("/properties/keystatus/value"), "unavailable");
  }
};

TEST_F(Keys, WhatTheStockToolsEncryptedOpens) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  for (const char* type : {"raw", "hex", "passphrase"}) {
    const std::string root = made_by_tools(type, type);
    unload(root);
    const Response loaded = load(root, key_of(type));
    EXPECT_EQ(loaded.status, 200) << loaded;
    EXPECT_EQ(loaded.text("/properties/keystatus/value"), "available") << type;
    EXPECT_EQ(oracle("zfs get -H -o value keystatus " + root), "available");
  }
}

TEST_F(Keys, TheStockToolsOpenWhatIsEncryptedHere) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  for (const char* type : {"raw", "hex", "passphrase"}) {
    const std::string root = made_here(type, type);
    EXPECT_EQ(property(root, "keylocation"), "prompt");
    unload(root);
    EXPECT_NE(load_by_tools(root, std::string(32, 'x')).status, 0) << type;
    EXPECT_EQ(load_by_tools(root, file_text(type)).output, "") << type;
    EXPECT_EQ(property(root, "keystatus"), "available") << type;
  }
}

TEST_F(Keys, APassphraseIsStretchedAsOftenAsIsAskedFor) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const std::string root = made_here("a", "passphrase", {{"pbkdf2iters", 123456}});
  EXPECT_EQ(get(dataset_path(root)).number("/properties/pbkdf2iters/value"), 123456U);
  const Response as_usual = post("/v1/datasets", {{"name", child("b")},
                                                  {"properties", {{"encryption", "on"}}},
                                                  {"key", key_of("passphrase")}});
  EXPECT_EQ(as_usual.number("/properties/pbkdf2iters/value"), 350000U) << as_usual;
  unload(root);
  EXPECT_EQ(load_by_tools(root, std::string(passphrase)).output, "");
}

TEST_F(Keys, APassphraseIsTakenByteForByte) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  // Both processes would have to agree about escapes, and about what is no ASCII.
  const std::string text = "  tab\t \"quoted\" \\ p\xc3\xa4ssword\x7f ";
  const Response made =
      post("/v1/datasets", {{"name", child("a")},
                            {"properties", {{"encryption", "on"}, {"pbkdf2iters", fewest_rounds}}},
                            {"key", other_passphrase(text)}});
  ASSERT_EQ(made.status, 201) << made;
  unload(child("a"));
  EXPECT_EQ(load_by_tools(child("a"), text).output, "");
  unload(child("a"));
  EXPECT_EQ(load(child("a"), other_passphrase(text)).status, 200);
}

TEST_F(Keys, WhatIsBelowSharesTheKeyUnlessItGetsOne) {
  const std::string root = made_here("a", "hex", {{"encryption", "aes-128-gcm"}});
  make_filesystem(root + "/below");
  make_volume(root + "/volume");
  for (const char* name : {"/below", "/volume"}) {
    EXPECT_EQ(property(root + name, "encryptionroot"), root);
    EXPECT_EQ(property(root + name, "encryption"), "aes-128-gcm");
  }
  const Response own = post("/v1/datasets", {{"name", root + "/own"}, {"key", key_of("raw")}});
  EXPECT_EQ(own.status, 201) << own;
  EXPECT_EQ(property(root + "/own", "encryptionroot"), root + "/own");
  EXPECT_EQ(property(root + "/own", "encryption"), "aes-128-gcm") << "the parent's";
}

TEST_F(Keys, NothingIsCreatedBelowAKeyThatIsNotLoaded) {
  const std::string root = made_here("a", "hex");
  unload(root);
  const std::vector<Response> refusals{
      post("/v1/datasets", {{"name", root + "/new"}}),
      post("/v1/datasets",
           {{"name", root + "/new"}, {"type", "volume"}, {"properties", {{"volsize", 1 << 20}}}}),
      act(root, "change-key", {{"key", key_of("raw")}}),
  };
  for (const Response& refused : refusals) EXPECT_TRUE(is_refused(refused, 423, "key_not_loaded"));
  EXPECT_FALSE(has_dataset(root + "/new"));
}

TEST_F(Keys, ACloneHasTheKeyOfItsOrigin) {
  const std::string root = made_here("a", "passphrase");
  make_snapshot(root + "@s");
  make_clone(root + "@s", root + "/clone");
  EXPECT_EQ(property(root + "/clone", "encryptionroot"), root);
  const Response refused = act(root + "/clone", "change-key", {{"key", key_of("raw")}});
  EXPECT_TRUE(is_refused(refused, 409, "wrong_state"));
  EXPECT_NE(refused.text("/detail").find("clone"), std::string::npos) << refused;
  // Cloning copies nothing, so that the kernel needs no key for it.
  unload(root);
  make_clone(root + "@s", root + "/closed");
  EXPECT_EQ(property(root + "/closed", "keystatus"), "unavailable");
}

TEST_F(Keys, AKeyIsChangedForOneOfAnyForm) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const std::string root = made_by_tools("a", "passphrase");
  const std::string location = property(root, "keylocation");
  for (const char* type : {"raw", "hex", "passphrase"}) {
    const Response changed = act(root, "change-key", with_fewest_rounds({{"key", key_of(type)}}));
    EXPECT_EQ(changed.status, 200) << changed;
    EXPECT_EQ(changed.text("/properties/keyformat/value"), type);
    EXPECT_EQ(changed.text("/properties/keylocation/value"), location) << "it stays";
    unload(root);
    EXPECT_EQ(load_by_tools(root, file_text(type)).output, "") << type;
  }
  const Response changed =
      act(root, "change-key",
          {{"key", other_passphrase()}, {"keylocation", "prompt"}, {"pbkdf2iters", 100000}});
  EXPECT_EQ(changed.number("/properties/pbkdf2iters/value"), 100000U);
  EXPECT_EQ(changed.text("/properties/keylocation/value"), "prompt");
  unload(root);
  EXPECT_TRUE(is_refused(load(root, key_of("passphrase")), 403, "wrong_key"));
  EXPECT_EQ(load_by_tools(root, "another passphrase").output, "");
}

TEST_F(Keys, WhatTheStockToolsChangedOpens) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const std::string root = made_here("a", "raw");
  const File file("yet another one");
  oracle("zfs change-key -o keyformat=passphrase -o pbkdf2iters=100000 -o keylocation=file://" +
         file.path() + " " + root);
  unload(root);
  EXPECT_EQ(load(root, other_passphrase("yet another one")).status, 200);
}

TEST_F(Keys, ADatasetBecomesAnEncryptionRootAndInheritsAgain) {
  const std::string root = made_here("a", "raw");
  make_filesystem(root + "/below");
  const auto below = [&](json::Object body) {
    return act(root + "/below", "change-key", std::move(body));
  };
  EXPECT_TRUE(is_refused(below({{"inherit", true}}), 409, "wrong_state"));
  const Response own = below({{"key", key_of("passphrase")}});
  EXPECT_EQ(own.status, 200) << own;
  EXPECT_EQ(own.text("/properties/encryptionroot/value"), root + "/below");
  EXPECT_EQ(own.text("/properties/keylocation/value"), "prompt");
  const Response shared = below({{"inherit", true}});
  EXPECT_EQ(shared.status, 200) << shared;
  EXPECT_EQ(shared.text("/properties/encryptionroot/value"), root);
  const Response alone = act(root, "change-key", {{"inherit", true}});
  EXPECT_TRUE(is_refused(alone, 409, "wrong_state"));
  const Response plain = act(dataset(), "change-key", {{"key", key_of("raw")}});
  EXPECT_TRUE(is_refused(plain, 409, "wrong_state"));
  EXPECT_NE(plain.text("/detail").find("is not encrypted"), std::string::npos) << plain;
}

TEST_F(Keys, SettingsThatDoNotGoTogetherAreRefused) {
  struct Row {
    json::Object body;
    const char* pointer;
  };
  const json::Object on{{"encryption", "on"}};
  const std::vector<Row> creations{
      {{{"properties", on}}, "/key"},
      {{{"key", key_of("raw")}}, "/properties/encryption"},
      {{{"key", key_of("raw")}, {"properties", {{"encryption", "off"}}}}, "/properties/encryption"},
      {{{"key", key_of("raw")}, {"properties", {{"encryption", "on"}, {"keyformat", "hex"}}}},
       "/properties/keyformat"},
      {{{"key", key_of("raw")}, {"properties", {{"encryption", "on"}, {"keylocation", "none"}}}},
       "/properties/keylocation"},
      {{{"key", key_of("raw")}, {"properties", {{"encryption", "on"}, {"pbkdf2iters", 100000}}}},
       "/properties/pbkdf2iters"},
      {{{"key", key_of("passphrase")},
        {"properties", {{"encryption", "on"}, {"pbkdf2iters", 99999}}}},
       "/properties/pbkdf2iters"},
      {{{"properties", {{"keyformat", "raw"}}}}, "/properties/keyformat"},
      {{{"properties", {{"keylocation", "prompt"}}}}, "/properties/keylocation"},
      {{{"properties", {{"pbkdf2iters", 100000}}}}, "/properties/pbkdf2iters"},
      {{{"properties", on}, {"key", other_passphrase("7 bytes")}}, "/key/passphrase"},
      {{{"properties", on}, {"key", other_passphrase("two\nlines")}}, "/key/passphrase"},
  };
  for (const Row& row : creations) {
    json::Object body = row.body;
    body["name"] = child("new");
    const Response refused = post("/v1/datasets", body);
    EXPECT_TRUE(is_refused(refused, 400, "bad_request")) << row.pointer;
    EXPECT_TRUE(blames(refused, "body", row.pointer));
    EXPECT_FALSE(has_dataset(child("new")));
  }
  const std::vector<Row> changes{
      {{}, "/key"},
      {{{"inherit", true}, {"key", key_of("raw")}}, "/inherit"},
      {{{"inherit", true}, {"keylocation", "prompt"}}, "/keylocation"},
      {{{"inherit", true}, {"pbkdf2iters", 100000}}, "/pbkdf2iters"},
      {{{"key", key_of("raw")}, {"pbkdf2iters", 100000}}, "/pbkdf2iters"},
      {{{"key", key_of("passphrase")}, {"pbkdf2iters", 99999}}, "/pbkdf2iters"},
      {{{"key", key_of("raw")}, {"keylocation", "somewhere"}}, "/keylocation"},
      {{{"key", key_of("raw")}, {"keylocation", "none"}}, "/keylocation"},
      {{{"key", other_passphrase("7 bytes")}}, "/key/passphrase"},
  };
  for (const Row& row : changes) {
    const Response refused = act(dataset(), "change-key", row.body);
    EXPECT_TRUE(is_refused(refused, 400, "bad_request")) << row.pointer;
    EXPECT_TRUE(blames(refused, "body", row.pointer));
  }
}

TEST_F(Keys, APoolIsEncryptedFromItsRoot) {
  for (const char* type : {"raw", "passphrase"}) {
    const Disk disk;
    const PoolName name;
    json::Object properties{{"encryption", "aes-256-gcm"}, {"mountpoint", "none"}};
    if (type == std::string_view("passphrase")) properties["pbkdf2iters"] = fewest_rounds;
    const Response made = post("/v1/pools", {{"name", name.text()},
                                             {"vdevs", {{"data", {disk.vdev()}}}},
                                             {"filesystem_properties", std::move(properties)},
                                             {"key", key_of(type)}});
    ASSERT_EQ(made.status, 201) << made;
    EXPECT_EQ(property(name.text(), "encryptionroot"), name.text());
    unload(name.text());
    if (has_oracle())
      EXPECT_EQ(load_by_tools(name.text(), file_text(type)).output, "") << type;
    else
      EXPECT_EQ(load(name.text(), key_of(type)).status, 200) << type;
  }
}

// The kernel would look for the parent's key without asking whether there is a parent.
TEST_F(Keys, APoolsRootTakesNoParentsKey) {
  const Disk disk;
  const PoolName name;
  const Response made =
      post("/v1/pools", {{"name", name.text()},
                         {"vdevs", {{"data", {disk.vdev()}}}},
                         {"filesystem_properties", {{"encryption", "on"}, {"mountpoint", "none"}}},
                         {"key", key_of("raw")}});
  ASSERT_EQ(made.status, 201) << made;
  const Response refused = act(name.text(), "change-key", {{"inherit", true}});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/inherit"));
  EXPECT_EQ(property(name.text(), "keystatus"), "available");
}

TEST_F(Keys, APoolIsNotEncryptedWithHalfOfWhatItTakes) {
  const Disk disk;
  const PoolName name;
  const auto refuse = [&](json::Object properties, const char* pointer, json::Value features) {
    const Response refused = post("/v1/pools", {{"name", name.text()},
                                                {"vdevs", {{"data", {disk.vdev()}}}},
                                                {"filesystem_properties", std::move(properties)},
                                                {"features", std::move(features)},
                                                {"key", key_of("raw")}});
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    if (*pointer != '\0') EXPECT_TRUE(blames(refused, "body", pointer));
    EXPECT_FALSE(has_pool(name.text()));
  };
  refuse({}, "/filesystem_properties/encryption", nullptr);
  refuse({{"encryption", "off"}}, "/filesystem_properties/encryption", nullptr);
  refuse({{"encryption", "on"}}, "", json::Array{});
}

TEST_F(Keys, WhatPoolHistoryTellsHoldsNoKey) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const std::string root = made_here("a", "raw");
  EXPECT_EQ(act(root, "change-key", {{"key", key_of("passphrase")}}).status, 200);
  unload(root);
  EXPECT_EQ(load(root, key_of("passphrase")).status, 200);
  const std::string history = oracle("zpool history -il " + pool());
  EXPECT_NE(history.find(root), std::string::npos);
  for (const char* canary : {"wkeydata", "hidden", "correct horse"})
    EXPECT_EQ(history.find(canary), std::string::npos) << canary;
}

TEST_F(Keys, AKeyInUseIsNotUnloaded) {
  if (const auto lack = find_lack({.engine = Engine::kernel})) GTEST_SKIP() << *lack;
  const std::string root = made_here("a", "raw", {{"mountpoint", "/tmp/" + pool()}});
  EXPECT_TRUE(is_refused(act(root, "unload-key"), 409, "busy"));
  EXPECT_EQ(act(root, "unmount").status, 200);
  unload(root);
  EXPECT_TRUE(is_refused(act(root, "mount"), 423, "key_not_loaded"));
  const Response loaded = load(root, key_of("raw"));
  EXPECT_EQ(loaded.text("/properties/mounted/value"), "no") << "that is another operation";
}

TEST_F(Keys, AKeyCanBeVerifiedWhetherItIsLoadedOrNot) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const std::string root = made_by_tools("a", "passphrase");
  const auto verify = [&](json::Object key) {
    return act(root, "load-key", {{"key", std::move(key)}, {"verify_only", true}});
  };
  EXPECT_EQ(verify(key_of("passphrase")).text("/properties/keystatus/value"), "available");
  EXPECT_TRUE(is_refused(verify(other_passphrase()), 403, "wrong_key"));
  unload(root);
  EXPECT_EQ(verify(key_of("passphrase")).text("/properties/keystatus/value"), "unavailable");
  EXPECT_TRUE(is_refused(verify(other_passphrase()), 403, "wrong_key"));
  EXPECT_EQ(property(root, "keystatus"), "unavailable");
}

TEST_F(Keys, TheWrongKeyLoadsNothing) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const std::string root = made_by_tools("a", "raw");
  unload(root);
  json::Object wrong = key_of("raw");
  wrong["base64"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  EXPECT_TRUE(is_refused(load(root, wrong), 403, "wrong_key"));
  EXPECT_EQ(property(root, "keystatus"), "unavailable");
}

TEST_F(Keys, AKeyOfAnotherFormIsRefusedWithTheOneThatIsWanted) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const std::string root = made_by_tools("a", "hex");
  unload(root);
  for (const char* type : {"raw", "passphrase"}) {
    const Response refused = load(root, key_of(type));
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_TRUE(blames(refused, "body", "/key/type"));
    EXPECT_NE(refused.text("/detail").find("\"hex\""), std::string::npos) << refused;
  }
}

TEST_F(Keys, WhatIsLoadedIsNotLoadedAgain) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const std::string root = made_by_tools("a", "hex");
  EXPECT_TRUE(is_refused(load(root, key_of("hex")), 409, "wrong_state"));
  unload(root);
  EXPECT_TRUE(is_refused(act(root, "unload-key"), 423, "key_not_loaded"));
}

TEST_F(Keys, OnlyAnEncryptionRootHasAKey) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const std::string root = made_by_tools("a", "hex");
  make_filesystem(root + "/below");
  const std::vector<Response> below{load(root + "/below", key_of("hex")),
                                    act(root + "/below", "unload-key")};
  for (const Response& refused : below) {
    EXPECT_TRUE(is_refused(refused, 409, "wrong_state"));
    EXPECT_NE(refused.text("/detail").find("the key of " + root), std::string::npos) << refused;
  }
  const std::vector<Response> plain{load(dataset(), key_of("hex")), act(dataset(), "unload-key")};
  for (const Response& refused : plain) {
    EXPECT_TRUE(is_refused(refused, 409, "wrong_state"));
    EXPECT_NE(refused.text("/detail").find("is not encrypted"), std::string::npos) << refused;
  }
}

TEST_F(Keys, KeysThatAreNoneAreRefusedAndNotRepeated) {
  const auto refuse = [&](json::Object key, const std::string& pointer, std::string_view canary) {
    const Response refused = load(dataset(), std::move(key));
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_TRUE(blames(refused, "body", pointer));
    EXPECT_EQ(refused.body.find(canary), std::string::npos) << refused;
  };
  refuse({{"type", "raw"}, {"base64", "canary"}}, "/key/base64", "canary");
  refuse({{"type", "raw"}, {"base64", raw_base64 + "canary"}}, "/key/base64", "canary");
  refuse({{"type", "hex"}, {"hex", "canary"}}, "/key/hex", "canary");
  refuse({{"type", "hex"}, {"hex", std::string(64, 'x')}}, "/key/hex", "xxxx");
  refuse({{"type", "passphrase"}, {"passphrase", std::string(513, 'x')}}, "/key/passphrase",
         "xxxx");
  refuse({{"type", "passphrase"}, {"passphrase", ""}}, "/key/passphrase", "canary");
  refuse({{"type", "canary"}, {"passphrase", passphrase}}, "/key/type", "canary");
  refuse({{"type", "passphrase"}, {"canary", passphrase}}, "/key", "canary");
  refuse({{"type", "passphrase"}, {"canary", passphrase}}, "/key/passphrase", passphrase);
  refuse({{"passphrase", passphrase}}, "/key/type", passphrase);
  // 32 bytes have one spelling.
  std::string other = raw_base64;
  other[42] = '9';
  refuse({{"type", "raw"}, {"base64", other}}, "/key/base64", other);
}

// --- many at once ---

class KeysOfMany : public Keys {
 protected:
  static std::string target() { return pool_path(pool()) + "/change-keys"; }
  static Response change(json::Array changes) {
    return post_and_wait(target(), {{"changes", std::move(changes)}});
  }
  // Begins it, and returns where its job is.
  static std::string begin(json::Array changes) {
    const Response accepted = post(target(), {{"changes", std::move(changes)}});
    EXPECT_EQ(accepted.status, 202) << accepted;
    return accepted.header("location");
  }
  static Response ended(const std::string& job) {
    return send({.target = job, .headers = {"Prefer: wait=60"}});
  }
  static json::Object to(const std::string& dataset, json::Object key) {
    return {{"dataset", dataset}, {"key", std::move(key)}};
  }
  // Long enough for something else to happen meanwhile.
  static json::Object slowly_to(const std::string& dataset, std::string_view text) {
    json::Object change = to(dataset, other_passphrase(text));
    change["pbkdf2iters"] = 3'000'000;
    return change;
  }
  static json::Object to_parents(const std::string& dataset) {
    return {{"dataset", dataset}, {"inherit", true}};
  }
  static bool opens(const std::string& dataset, json::Object key) {
    return act(dataset, "load-key", {{"key", std::move(key)}, {"verify_only", true}}).status == 200;
  }
};

TEST_F(KeysOfMany, OfAnyFormChangeInOneJob) {
  const std::string words = made_here("words", "raw");
  const std::string raw = made_here("raw", "hex");
  const std::string digits = made_here("digits", "passphrase", {{"pbkdf2iters", 100000}});
  const std::string shared = made_here("words/shared", "hex");
  make_filesystem(words + "/own");
  const std::vector<std::string> all{words, raw, digits, shared, words + "/own"};
  json::Object fewer = to(words, other_passphrase());
  fewer["pbkdf2iters"] = 123456;
  fewer["keylocation"] = "file:///nowhere";
  const Response done =
      change({fewer, to(raw, key_of("raw")), to(digits, key_of("hex")), to_parents(shared),
              to(words + "/own", other_passphrase("of its own"))});
  ASSERT_EQ(done.status, 200) << done;
  EXPECT_EQ(done.texts("/changed"), all);
  EXPECT_EQ(get(dataset_path(words)).number("/properties/pbkdf2iters/value"), 123456U);
  EXPECT_EQ(property(words, "keylocation"), "file:///nowhere");
  EXPECT_EQ(property(words + "/own", "keylocation"), "prompt");
  EXPECT_EQ(property(shared, "encryptionroot"), words);
  EXPECT_EQ(property(words + "/own", "encryptionroot"), words + "/own");
  struct Row {
    std::string root;
    json::Object before;
    json::Object after;
  };
  const std::vector<Row> rows{{words, key_of("raw"), other_passphrase()},
                              {raw, key_of("hex"), key_of("raw")},
                              {digits, key_of("passphrase"), key_of("hex")},
                              {words + "/own", key_of("raw"), other_passphrase("of its own")}};
  for (const Row& row : rows) unload(row.root);
  for (const Row& row : rows) {
    EXPECT_GE(load(row.root, row.before).status, 400) << row.root;
    EXPECT_EQ(load(row.root, row.after).status, 200) << row.root;
  }
  const Response job = get("/v1/jobs?pool=" + pool() + "&limit=1");
  EXPECT_EQ(job.text("/items/0/operation"), "dataset.change_keys");
  EXPECT_EQ(job.text("/items/0/state"), "succeeded");
  EXPECT_EQ(job.texts("/items/0/steps"), all);
  EXPECT_EQ(job.number("/items/0/progress/done"), all.size());
  EXPECT_EQ(job.number("/items/0/progress/total"), all.size());
  EXPECT_EQ(job.text("/items/0/request/changes/0/dataset"), words);
  EXPECT_FALSE(job.has("/items/0/request/changes/0/key"));
  for (const std::string_view canary : {"another passphrase", "of its own", "AAECAwQF", "00112233"})
    EXPECT_EQ(job.body.find(canary), std::string::npos) << job;
}

TEST_F(KeysOfMany, OpenWithTheStockToolsAfterwards) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  std::vector<std::string> roots;
  json::Array changes;
  for (const char* type : {"raw", "hex", "passphrase"}) {
    roots.push_back(made_by_tools(type, "passphrase"));
    changes.push_back(with_fewest_rounds(to(roots.back(), key_of(type))));
  }
  const Response done = change(changes);
  ASSERT_EQ(done.status, 200) << done;
  for (const std::string& root : roots) {
    const std::string type = property(root, "keyformat");
    unload(root);
    EXPECT_NE(load_by_tools(root, std::string(32, 'x')).status, 0) << type;
    EXPECT_EQ(load_by_tools(root, file_text(type)).output, "") << type;
  }
}

TEST_F(KeysOfMany, AllThatIsInTheWayIsToldAndNothingIsChanged) {
  const std::string good = made_here("good", "raw");
  const std::string closed = made_here("closed", "raw");
  const std::string below = closed + "/below";
  ASSERT_EQ(post("/v1/datasets", {{"name", below}, {"key", key_of("hex")}}).status, 201);
  make_filesystem(good + "/shares");
  make_snapshot(good + "@s");
  make_clone(good + "@s", good + "/clone");
  make_filesystem(child("plain"));
  unload(closed);
  const Response refused = change({
      to(good, key_of("hex")),
      to(closed, key_of("hex")),
      to_parents(below),
      to_parents(good + "/shares"),
      to(good + "/clone", key_of("hex")),
      to(child("plain"), key_of("hex")),
      to(child("absent"), key_of("hex")),
  });
  struct Row {
    std::string dataset;
    const char* code;
  };
  const std::vector<Row> rows{{closed, "key_not_loaded"},        {closed, "key_not_loaded"},
                              {good + "/shares", "wrong_state"}, {good + "/clone", "wrong_state"},
                              {child("plain"), "wrong_state"},   {child("absent"), "not_found"}};
  EXPECT_TRUE(is_refused(refused, 423, "key_not_loaded"));
  ASSERT_EQ(refused.at("/errors").as_array().size(), rows.size()) << refused;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string fault = "/errors/" + std::to_string(i);
    EXPECT_EQ(refused.text(fault + "/pointer"), "/changes/" + std::to_string(i + 1) + "/dataset");
    EXPECT_EQ(refused.text(fault + "/subject"), rows[i].dataset);
    EXPECT_EQ(refused.text(fault + "/code"), rows[i].code) << refused;
  }
  EXPECT_EQ(property(good, "keyformat"), "raw");
  EXPECT_TRUE(opens(good, key_of("raw")));
  const Response root = change({to(pool(), key_of("raw"))});
  EXPECT_TRUE(is_refused(root, 409, "wrong_state")) << "it is not encrypted";
}

TEST_F(KeysOfMany, ABatchIsChecked) {
  const std::string root = made_here("a", "raw");
  struct Row {
    json::Array changes;
    const char* pointer;
  };
  json::Object both = to(root, key_of("hex"));
  both["inherit"] = true;
  json::Object rounds = to(root, key_of("hex"));
  rounds["pbkdf2iters"] = 100000;
  json::Array many;
  for (int i = 0; i < 1001; ++i) many.push_back(to(root + std::to_string(i), key_of("hex")));
  const std::vector<Row> rows{
      {{}, "/changes"},
      {many, "/changes"},
      {{to(root, key_of("hex")), to(child("b"), key_of("hex")), to(root, key_of("raw"))},
       "/changes/2/dataset"},
      {{to(root, key_of("hex")), to("nosuchpool/a", key_of("hex"))}, "/changes/1/dataset"},
      {{json::Object{{"dataset", root}}}, "/changes/0/key"},
      {{both}, "/changes/0/inherit"},
      {{rounds}, "/changes/0/pbkdf2iters"},
      {{to(root, other_passphrase("7 bytes"))}, "/changes/0/key/passphrase"},
      {{to(root, {{"type", "hex"}, {"hex", "00"}})}, "/changes/0/key/hex"},
      {{to_parents(pool())}, "/changes/0/inherit"},
  };
  for (const Row& row : rows) {
    const Response refused = change(row.changes);
    EXPECT_TRUE(is_refused(refused, 400, "bad_request")) << row.pointer;
    EXPECT_TRUE(blames(refused, "body", row.pointer));
  }
  EXPECT_EQ(property(root, "keyformat"), "raw");
}

TEST_F(KeysOfMany, WhereOneFailsAllTheSameTheRestStaysAsItWas) {
  if (const auto lack = find_lack({.takes = Takes::long_under_emulation})) GTEST_SKIP() << *lack;
  const std::vector<std::string> roots{made_here("a", "raw"), made_here("b", "raw"),
                                       made_here("c", "raw"), made_here("d", "raw")};
  const std::string job = begin({to(roots[0], key_of("hex")), slowly_to(roots[1], "the second one"),
                                 to(roots[2], key_of("hex")), to(roots[3], key_of("hex"))});
  EXPECT_TRUE(eventually([&] { return get(job).texts("/steps").size() == 1; }));
  unload(roots[2]);
  const Response done = ended(job);
  EXPECT_EQ(done.text("/state"), "failed") << done;
  EXPECT_EQ(done.texts("/steps"), (std::vector{roots[0], roots[1]}));
  EXPECT_EQ(done.number("/progress/done"), 2U);
  EXPECT_EQ(done.text("/problem/code"), "key_not_loaded");
  EXPECT_EQ(done.text("/problem/subject"), roots[2]);
  EXPECT_EQ(done.texts("/problem/applied"), (std::vector{roots[0], roots[1]}));
  EXPECT_EQ(done.at("/problem/errors").as_array().size(), 2U);
  EXPECT_EQ(done.text("/problem/errors/0/subject"), roots[2]);
  EXPECT_EQ(done.text("/problem/errors/0/code"), "key_not_loaded");
  EXPECT_EQ(done.text("/problem/errors/1/subject"), roots[3]);
  EXPECT_TRUE(opens(roots[0], key_of("hex")));
  EXPECT_TRUE(opens(roots[1], other_passphrase("the second one")));
  EXPECT_TRUE(opens(roots[2], key_of("raw")));
  EXPECT_TRUE(opens(roots[3], key_of("raw")));
}

TEST_F(KeysOfMany, ACanceledJobEndsBetweenTwoOfThem) {
  if (const auto lack = find_lack({.takes = Takes::long_under_emulation})) GTEST_SKIP() << *lack;
  const std::vector<std::string> roots{made_here("a", "raw"), made_here("b", "raw"),
                                       made_here("c", "raw")};
  const std::string job = begin({to(roots[0], key_of("hex")), slowly_to(roots[1], "the second one"),
                                 to(roots[2], key_of("hex"))});
  EXPECT_TRUE(eventually([&] { return get(job).texts("/steps").size() == 1; }));
  EXPECT_EQ(post(job + "/cancel").status, 200);
  const Response done = ended(job);
  EXPECT_EQ(done.text("/state"), "canceled") << done;
  EXPECT_EQ(done.texts("/steps"), std::vector{roots[0]});
  EXPECT_TRUE(opens(roots[0], key_of("hex")));
  EXPECT_TRUE(opens(roots[1], key_of("raw")));
  EXPECT_TRUE(opens(roots[2], key_of("raw")));
}

TEST_F(KeysOfMany, ASingleKeyDoesNotWaitForThem) {
  if (const auto lack = find_lack({.takes = Takes::long_under_emulation})) GTEST_SKIP() << *lack;
  const std::string slow = made_here("slow", "raw");
  const std::string other = made_here("other", "passphrase", {{"pbkdf2iters", 100000}});
  unload(other);
  const std::string job = begin({slowly_to(slow, "of many rounds")});
  EXPECT_EQ(load(other, key_of("passphrase")).status, 200);
  EXPECT_EQ(get(job).text("/state"), "running") << "it was to be the slower one";
  EXPECT_EQ(ended(job).text("/state"), "succeeded");
}

}  // namespace
}  // namespace zfsrest::test
