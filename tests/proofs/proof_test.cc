// SPDX-License-Identifier: Apache-2.0
// proof_test.cc: proof files are read as they were written, or refused in one line that names them.
#include "src/proofs/proof.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>

#include "src/proofs/digest.h"

namespace rheo::proofs {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

RoleProof sample(double maximum) {
  RoleProof r;
  r.bound = 1, r.maximum = maximum, r.at_most = maximum + 1e-9, r.input = "0xc0b00000";
  r.x = -5.5, r.result = -0.1, r.rounded_wrongly = 3, r.perhaps_wrongly = 4'000'000'000,
  r.decided_by_balls = 5;
  r.descents = 0, r.sources = "abc", r.truth = "def", r.date = "2026-11-21", r.compiler = "GNU 12",
  r.flags = "-O3 \"x\"";
  r.target = "AVX2", r.seconds = 12.3;
  for (int i = 0; i < kChunks; ++i) r.chunks.push_back(std::string(32, "0123456789abcdef"[i % 16]));
  r.digest = combined(r.chunks);
  return r;
}

class Proofs : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / (std::string("rheobase-proofs-") + info->name());
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path path() const { return folder_ / "elu.json"; }
  std::string text() const {
    std::ostringstream all;
    all << std::ifstream(path()).rdbuf();
    return all.str();
  }
  void put(const std::string& content) const {
    fs::create_directories(folder_);
    std::ofstream(path()) << content;
  }
  // The file with one role, changed.
  void put_changed(const std::function<void(Json&)>& change) const {
    write_proof(folder_, {"elu", "elu", {sample(0.5), std::nullopt}});
    Json json = Json::parse(text());
    change(json);
    put(json.dump());
  }
  // The message of the refusal; "" when the file is taken.
  std::string refusal() const {
    try {
      read_proof(folder_, "elu");
      return "";
    } catch (const ProofError& error) {
      return error.message;
    }
  }
  void expect_refused(const std::string& what) const {
    const std::string message = refusal();
    EXPECT_NE(message.find(path().string()), std::string::npos) << what << ": " << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << what << ": " << message;
  }

  fs::path folder_;
};

void expect_equal(const RoleProof& a, const RoleProof& b) {
  EXPECT_EQ(std::tie(a.bound, a.maximum, a.at_most, a.input, a.x, a.result, a.seconds),
            std::tie(b.bound, b.maximum, b.at_most, b.input, b.x, b.result, b.seconds));
  EXPECT_EQ(std::tie(a.rounded_wrongly, a.perhaps_wrongly, a.decided_by_balls, a.descents),
            std::tie(b.rounded_wrongly, b.perhaps_wrongly, b.decided_by_balls, b.descents));
  EXPECT_EQ(a.truth, b.truth);
  ASSERT_EQ(a.renewed.has_value(), b.renewed.has_value());
  if (a.renewed) {
    const Renewal &one = *a.renewed, &other = *b.renewed;
    EXPECT_EQ(std::tie(one.date, one.compiler, one.flags, one.target),
              std::tie(other.date, other.compiler, other.flags, other.target));
  }
  EXPECT_EQ(std::tie(a.sources, a.date, a.compiler, a.flags, a.target, a.digest, a.chunks),
            std::tie(b.sources, b.date, b.compiler, b.flags, b.target, b.digest, b.chunks));
}

TEST_F(Proofs, AreReadAsTheyWereWritten) {
  Proof proof{"elu", "elu", {sample(0.1 + 0.2), sample(1.0 / 3)}};
  proof.roles[1]->renewed = {"2026-12-24", "Clang 19", "-O2", "NEON"};
  proof.roles[1]->descents = -1, proof.roles[1]->x = -HUGE_VAL, proof.roles[1]->maximum = HUGE_VAL;
  write_proof(folder_, proof);
  const auto read = read_proof(folder_, "elu");
  ASSERT_TRUE(read && read->roles[0] && read->roles[1]);
  EXPECT_EQ(read->name, "elu");
  EXPECT_EQ(read->file, "elu");
  expect_equal(*read->roles[0], *proof.roles[0]);
  expect_equal(*read->roles[1], *proof.roles[1]);
}

TEST_F(Proofs, Of16BitFormatsAreReadAsTheyWereWritten) {
  Proof proof{"elu", "elu", {sample(0.5), std::nullopt}};
  const Proof16 value{0.5,          0.4999, "0xc0b0", -5.5,   {}, 0,   "abc", "true",
                      "2026-11-22", "GNU",  "-O",     "AVX3", {}, 0.1, "12"};
  Proof16 backward = value;
  backward.renewed = Renewal{"2026-11-28", "GNU 2", "-O1", "AVX2"};
  backward.grad = -HUGE_VAL, backward.rounded_wrongly = 7, backward.digest = "", backward.bound = 0.505;
  proof.roles16[0][0] = value, proof.roles16[1][2] = backward;
  write_proof(folder_, proof);
  const auto read = read_proof(folder_, "elu");
  ASSERT_TRUE(read && read->roles16[0][0] && read->roles16[1][2]);
  EXPECT_FALSE(read->roles16[0][1] || read->roles16[1][0]);
  for (const auto& [a, b] : {std::pair(value, *read->roles16[0][0]), {backward, *read->roles16[1][2]}}) {
    EXPECT_EQ(std::tie(a.bound, a.maximum, a.input, a.x, a.grad, a.rounded_wrongly, a.sources, a.date),
              std::tie(b.bound, b.maximum, b.input, b.x, b.grad, b.rounded_wrongly, b.sources, b.date));
    EXPECT_EQ(std::tie(a.truth, a.compiler, a.flags, a.target, a.seconds, a.digest),
              std::tie(b.truth, b.compiler, b.flags, b.target, b.seconds, b.digest));
    ASSERT_EQ(a.renewed.has_value(), b.renewed.has_value());
    if (a.renewed) {
      EXPECT_EQ(a.renewed->date + a.renewed->target, b.renewed->date + b.renewed->target);
    }
  }
  EXPECT_EQ(state_of(read->roles16[0][0], "abc"), State::kProven);
  EXPECT_EQ(state_of(read->roles16[0][0], "abd"), State::kOutdated);
  EXPECT_EQ(state_of(read->roles16[0][1], "abc"), State::kUnproven);
  backward.maximum = 0.506;
  EXPECT_EQ(state_of(std::optional(backward), "abc"), State::kBroken);
}

TEST_F(Proofs, OfBackwardAreReadAsTheyWereWritten) {
  Proof proof{"elu", "elu"};
  const BackwardProof b{1.5, 1.25, -0.5, 1.75, HUGE_VAL, 1.375, 12, "abc", "day", "GNU", "-O", "AVX3", 60.5};
  proof.backward = b;
  write_proof(folder_, proof);
  const auto read = read_proof(folder_, "elu");
  ASSERT_TRUE(read && read->backward);
  const BackwardProof& c = *read->backward;
  EXPECT_EQ(std::tie(b.bound, b.maximum, b.x, b.grad, b.result, b.at_most, b.decided_by_balls, b.seconds),
            std::tie(c.bound, c.maximum, c.x, c.grad, c.result, c.at_most, c.decided_by_balls, c.seconds));
  EXPECT_EQ(std::tie(b.sources, b.date, b.compiler, b.flags, b.target),
            std::tie(c.sources, c.date, c.compiler, c.flags, c.target));
  EXPECT_EQ(state_of(read->backward, "abc"), State::kProven);
  EXPECT_EQ(state_of(read->backward, "abd"), State::kOutdated);
  EXPECT_EQ(state_of(std::optional<BackwardProof>(), "abc"), State::kUnproven);
  proof.backward->at_most = 1.501;
  EXPECT_EQ(state_of(proof.backward, "abc"), State::kBroken);
}

TEST_F(Proofs, MayBeOfOneRole) {
  write_proof(folder_, {"elu", "elu", {std::nullopt, sample(0.5)}});
  const auto read = read_proof(folder_, "elu");
  EXPECT_FALSE(read->roles[0]);
  EXPECT_TRUE(read->roles[1]);
}

TEST_F(Proofs, KeepANanOfAnError) {
  write_proof(folder_, {"elu", "elu", {sample(NAN), std::nullopt}});
  EXPECT_TRUE(std::isnan(read_proof(folder_, "elu")->roles[0]->at_most));
}

TEST_F(Proofs, ThatAreNotThereAreNone) { EXPECT_FALSE(read_proof(folder_, "elu")); }

TEST_F(Proofs, WithoutAFieldAreRefused) {
  put_changed([](Json&) {});
  const Json whole = Json::parse(text());
  for (const auto& field : whole["value"].items()) {
    // Of monotone functions only; and not kept at first.
    if (field.key() == "descents" || field.key() == "truth") continue;
    put_changed([&](Json& json) { json["value"].erase(field.key()); });
    expect_refused(field.key());
  }
  for (const char* key : {"name", "file"}) {
    put_changed([&](Json& json) { json.erase(key); });
    expect_refused(key);
  }
}

TEST_F(Proofs, WithAFieldOfTheWrongTypeAreRefused) {
  put_changed([](Json&) {});
  const Json whole = Json::parse(text());
  for (const auto& field : whole["value"].items()) {
    for (const Json& wrong : {Json(nullptr), Json(true), Json::object(), Json::array({1}), Json("word")}) {
      if (wrong.is_string() && field.value().is_string() && field.key() != "digest") continue;
      put_changed([&](Json& json) { json["value"][field.key()] = wrong; });
      expect_refused(field.key() + " = " + wrong.dump());
    }
  }
  for (const Json& wrong : {Json(nullptr), Json(1), Json("word"), Json::array()}) {
    put_changed([&](Json& json) { json["value"] = wrong; });
    expect_refused(wrong.dump());
  }
}

TEST_F(Proofs, FromBeforeTheTruthWasHashedHaveNone) {
  put_changed([](Json& json) { json["value"].erase("truth"); });
  EXPECT_EQ(read_proof(folder_, "elu")->roles[0]->truth, "");
  write_proof(folder_, *read_proof(folder_, "elu"));
  EXPECT_FALSE(Json::parse(text())["value"].contains("truth"));
}

TEST_F(Proofs, WithHalfARenewalAreRefused) {
  const Json renewal{{"date", "2026-12-24"}, {"compiler", "GNU 13"}, {"flags", ""}, {"target", "AVX2"}};
  put_changed([&](Json& json) { json["value"]["renewed"] = renewal; });
  EXPECT_EQ(refusal(), "");
  for (const auto& field : renewal.items()) {
    put_changed([&](Json& json) { (json["value"]["renewed"] = renewal).erase(field.key()); });
    expect_refused(field.key());
    put_changed([&](Json& json) { (json["value"]["renewed"] = renewal)[field.key()] = 1; });
    expect_refused(field.key() + " = 1");
  }
  for (const Json& wrong : {Json(nullptr), Json("2026-12-24"), Json::array()}) {
    put_changed([&](Json& json) { json["value"]["renewed"] = wrong; });
    expect_refused(wrong.dump());
  }
}

TEST_F(Proofs, WithNumbersThatAreHalfWordsAreRefused) {
  for (const char* wrong : {"", "0.3 or so", " ", "nonsense"}) {
    put_changed([&](Json& json) { json["value"]["at_most"] = wrong; });
    expect_refused(wrong);
  }
}

TEST_F(Proofs, ThatEndEarlyAreRefused) {
  put_changed([](Json&) {});
  const std::string whole = text();
  for (const std::size_t length : {std::size_t{0}, std::size_t{1}, whole.size() / 2, whole.size() - 3}) {
    put(whole.substr(0, length));
    expect_refused(std::to_string(length));
  }
}

TEST_F(Proofs, ThatAreNoJsonObjectsAreRefused) {
  for (const char* other : {"[]", "1", "null", "\n\n{\n\x01", "\xff\xfe", "{\"name\": 1}", "\"elu\""}) {
    put(other);
    expect_refused(other);
  }
  fs::remove(path());
  fs::create_directories(path());
  expect_refused("a folder");
}

TEST_F(Proofs, OfAnotherFunctionAreRefused) {
  for (const char* name : {"gelu", "two\nlines"}) {
    put_changed([&](Json& json) { json["name"] = name; });
    expect_refused(name);
  }
}

TEST_F(Proofs, WhoseDigestIsNotThatOfTheirChunksAreRefused) {
  const auto changes = std::vector<std::function<void(Json&)>>{
      [](Json& role) { role["digest"] = std::string(32, '0'); },
      [](Json& role) { role["digest"] = ""; },
      [](Json& role) { role["chunks"][77] = std::string(32, 'f'); },
      [](Json& role) { role["chunks"][77] = "none"; },
      [](Json& role) { role["chunks"].erase(255); },
      [](Json& role) { role["chunks"].push_back(std::string(32, '0')); },
      [](Json& role) { role["chunks"] = Json::array(); },
      [](Json& role) { role["chunks"] = Json::array(), role["digest"] = combined({}); },
      [](Json& role) { role["chunks"][3] = "none", role["digest"] = ""; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    put_changed([&](Json& json) { changes[i](json["value"]); });
    expect_refused(std::to_string(i));
  }
}

TEST_F(Proofs, ReplaceTheOldOnesInOneStep) {
  write_proof(folder_, {"elu", "elu", {sample(0.5), std::nullopt}});
  write_proof(folder_, {"elu", "elu", {sample(0.25), std::nullopt}});
  EXPECT_EQ(read_proof(folder_, "elu")->roles[0]->maximum, 0.25);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1) << "a draft was left";
}

// The draft's place is taken by a folder, or on a full disk: also a superuser cannot write there.
TEST_F(Proofs, ThatCannotBeWrittenLeaveTheOldOnes) {
  write_proof(folder_, {"elu", "elu", {sample(0.5), std::nullopt}});
  const std::string before = text(), draft = path().string() + ".new";
  for (const bool full : {false, true}) {
    if (full && !fs::exists("/dev/full")) continue;
    fs::remove(draft);
    if (full) {
      fs::create_symlink("/dev/full", draft);
    } else {
      fs::create_directories(draft);
    }
    try {
      write_proof(folder_, {"elu", "elu", {sample(0.25), std::nullopt}});
      ADD_FAILURE() << "nothing was thrown";
    } catch (const ProofError& error) {
      EXPECT_NE(error.message.find(path().string()), std::string::npos) << error.message;
    }
    fs::remove_all(draft);
    ASSERT_FALSE(fs::is_symlink(path())) << "it would be read without end";
    EXPECT_EQ(text(), before);
  }
}

TEST_F(Proofs, CannotReplaceAFolder) {
  fs::create_directories(path() / "inside");
  EXPECT_THROW(write_proof(folder_, {"elu", "elu", {}}), ProofError);
}

}  // namespace
}  // namespace rheo::proofs
