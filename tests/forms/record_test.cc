// SPDX-License-Identifier: Apache-2.0
// record_test.cc: the record of digests of forms, and what is wrong with one.
#include "src/proofs/forms/record.h"

#include <gtest/gtest.h>

#include <fstream>

namespace rheo::proofs {
namespace {

namespace fs = std::filesystem;

class FormRecordFile : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_), fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& text) { std::ofstream(folder_ / kFormRecord) << text; }

  std::string complaint() {
    try {
      read_form_record(folder_);
    } catch (const RecordError& error) {
      EXPECT_NE(error.message.find((folder_ / kFormRecord).string()), std::string::npos) << error.message;
      return error.message;
    }
    return "";
  }

  fs::path folder_;
  const std::string good_ = "# calls " + std::to_string(kFormCalls) + "\n";
};

TEST_F(FormRecordFile, IsReadAsItWasWritten) {
  EXPECT_FALSE(read_form_record(folder_));
  const FormRecord record = {{"gate tanh float32", "0123456789abcdef"},
                             {"rows softmax float64", "00000000000000ff"}};
  write_form_record(folder_, record);
  EXPECT_EQ(read_form_record(folder_), record);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1) << "a draft was left";
}

TEST_F(FormRecordFile, OfOtherCallsIsOutOfDate) {
  write("# calls 0\ngate tanh float32 0123456789abcdef\n");
  EXPECT_NE(complaint().find("is out of date"), std::string::npos);
}

TEST_F(FormRecordFile, ThatIsCorruptIsToldWithItsLine) {
  for (const std::string line :
       {"gate tanh float32", "gate tanh float32 0123", "gate tanh float32 0123456789abcdeF",
        "gate tanh float32 0123456789abcdef more", "",
        "gate a float32 0123456789abcdef\ngate a float32 0123456789abcdef"}) {
    write(good_ + "gate tanh float64 0123456789abcdef\n" + line + "\n");
    EXPECT_NE(complaint().find(line.find('\n') == std::string::npos ? "line 3" : "line 4"), std::string::npos)
        << line;
  }
  for (const std::string text : {"", "gate tanh float32 0123456789abcdef\n"}) {
    write(text);
    EXPECT_NE(complaint().find("line 1"), std::string::npos) << text;
  }
}

TEST_F(FormRecordFile, ThatCannotBeWrittenIsAnError) {
  EXPECT_THROW(write_form_record(folder_ / "none", {}), RecordError);
}

TEST(FormDifferences, AreThoseOfOtherDigestsAndThoseOfNone) {
  const FormRecord record = {{"gate a float32", "1"}, {"gate b float32", "2"}, {"gate gone float32", "3"}};
  const FormDifferences found = form_differences(
      record,
      {{"gate", "a", "float32", "1"}, {"gate", "b", "float32", "9"}, {"gate", "new", "float32", "4"}});
  ASSERT_EQ(found.different.size(), 1U);
  ASSERT_EQ(found.missing.size(), 1U);
  EXPECT_EQ(found.different[0].name, "b");
  EXPECT_EQ(found.missing[0].name, "new");
}

}  // namespace
}  // namespace rheo::proofs
