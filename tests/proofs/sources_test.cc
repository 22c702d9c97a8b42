// SPDX-License-Identifier: Apache-2.0
// sources_test.cc: a proof is out of date when code changed that it depends on, and at no other time.
#include "src/proofs/sources.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "src/proofs/proof.h"

namespace rheo::proofs {
namespace {

namespace fs = std::filesystem;

TEST(Essences, LeaveCommentsAndWhiteSpaceOut) {
  const std::string code = essence("double f(double x) { return 2 * x; }");
  for (const char* same :
       {"double f(double x) { return 2 * x; }  // twice", "double f(double x)\n{\n\treturn 2*x;\n}\n",
        "/* f */ double /**/ f(double x) { /* two\nlines */ return 2 * x; }",
        "double//type\nf(double x) { return 2 * x; }", "// \"\ndouble f(double x) { return 2 * x; } /* ' */",
        "double/* a word */f(double x) { return 2 * x; }"})
    EXPECT_EQ(essence(same), code) << same;
}

TEST(Essences, KeepAllCode) {
  const std::string code = essence("double f(double x) { return 2 * x; }");
  for (const char* other :
       {"double f(double y) { return 2 * y; }", "double f(double x) { return 3 * x; }",
        "double f(double x) { return 2 * x }", "doublef(double x) { return 2 * x; }",
        "double f(double x) { re turn 2 * x; }", "// double f(double x) { return 2 * x; }",
        "double f(double x) { return 2 / * x; }", ""})
    EXPECT_NE(essence(other), code) << other;
}

TEST(Essences, KeepTextInQuotesAsItIs) {
  EXPECT_EQ(essence("s = \"a  // b /* c\" ;"), "s=\"a  // b /* c\";");
  EXPECT_EQ(essence("s = \"a \\\" // b\" ; // c"), "s=\"a \\\" // b\";");
  EXPECT_EQ(essence("s = \"a\\\\\" ; // c"), "s=\"a\\\\\";");
  EXPECT_EQ(essence("c = ' ' + '\"' ; // \""), "c=' '+'\"';");
  EXPECT_EQ(essence("c = '\\'' ; // d"), "c='\\'';");
  EXPECT_NE(essence("s = \"a b\";"), essence("s = \"a  b\";"));
}

TEST(Essences, TakeAQuoteInANumberForASeparator) {
  EXPECT_EQ(essence("n = 1'000 ; // it's"), "n=1'000;");
  EXPECT_EQ(essence("n = 0xffff'0000'1111 + 2 ; /* ' */ m"), "n=0xffff'0000'1111+2;m");
}

TEST(Essences, KeepGapsBetweenOperatorsAndLinesOfThePreprocessor) {
  EXPECT_NE(essence("y = - -x;"), essence("y = --x;"));
  EXPECT_NE(essence("y = a & &b;"), essence("y = a && b;"));
  EXPECT_NE(essence("#define A 1\nB"), essence("#define A 1 B"));
  EXPECT_EQ(essence("a;\n  #define A 1 // one\n\nB"), "a;\n#define A 1\nB");
  EXPECT_EQ(essence("#define A \\\n  1\nB"), "#define A\\1\nB");
  EXPECT_EQ(essence("y = a + b ;"), essence("y=a+b;"));
}

TEST(Essences, OfCodeThatEndsInACommentOrQuoteEnd) {
  EXPECT_EQ(essence("a /* b"), "a");
  EXPECT_EQ(essence("a // b"), "a");
  EXPECT_EQ(essence("a = \"b"), "a=\"b");
  EXPECT_EQ(essence("a = \"b\\"), "a=\"b\\");
  EXPECT_EQ(essence("a /"), "a/");
}

// A small copy of a tree: two activations, one with a table, and the folders that all depend on.
class Sources : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::temp_directory_path() / (std::string("rheobase-sources-") + info->name());
    fs::remove_all(root_);
    put("activations/elu.h", "struct elu {};  // smooth\n");
    put("activations/gelu.h", "struct gelu {};\n");
    put("tables/gelu/value.h", "double table[] = {1, 2};\n");
    put("src/math/exp-inl.h", "double exp(double);\n");
    put("src/block/block-inl.h", "#include \"src/math/exp-inl.h\"  // exp\nvoid loop();\n");
    put("src/block/kernels-inl.h", "#include \"src/block/block-inl.h\"\nvoid choose();\n");
    put("src/block/kernel.cc.in", "#include \"src/block/kernels-inl.h\"\n");
    put("src/core/run.cc", "void run();\n");
  }
  void TearDown() override { fs::remove_all(root_); }

  void put(const std::string& path, const std::string& content) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << content;
  }
  std::string elu() const { return source_hash(root_, "elu"); }
  std::string gelu() const { return source_hash(root_, "gelu"); }
  std::string refusal(const std::string& file) const {
    try {
      return source_hash(root_, file);
    } catch (const ProofError& error) {
      return error.message;
    }
  }

  fs::path root_;
};

TEST_F(Sources, HaveAHashOf32Digits) {
  EXPECT_EQ(elu().size(), 32u);
  EXPECT_EQ(elu().find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(elu(), gelu());
}

TEST_F(Sources, ChangeWithTheirOwnFileOnly) {
  const std::string elu_before = elu(), gelu_before = gelu();
  put("activations/elu.h", "struct elu { int more; };\n");
  EXPECT_NE(elu(), elu_before);
  EXPECT_EQ(gelu(), gelu_before);
}

TEST_F(Sources, ChangeWithTheirTable) {
  const std::string elu_before = elu(), gelu_before = gelu();
  put("tables/gelu/value.h", "double table[] = {1, 3};\n");
  EXPECT_NE(gelu(), gelu_before);
  EXPECT_EQ(elu(), elu_before);
  fs::remove(root_ / "tables/gelu/value.h");
  EXPECT_NE(gelu(), gelu_before);
}

TEST_F(Sources, ChangeWithWhatAllDependOn) {
  for (const char* path : {"src/math/exp-inl.h", "src/block/block-inl.h", "src/math/new-inl.h"}) {
    const std::string before = elu();
    put(path, std::string("int something_else_in_") + path[4] + ";\n");
    EXPECT_NE(elu(), before) << path;
  }
  const std::string before = elu();
  fs::remove(root_ / "src/math/new-inl.h");
  EXPECT_NE(elu(), before);
}

TEST_F(Sources, StayTheSameWithOtherWordsLayoutAndFiles) {
  const std::string before = elu();
  put("activations/elu.h", "// other words\nstruct elu\n{\n};\n");
  put("src/math/exp-inl.h", "double exp(/* x */ double);\n\n");
  put("src/core/run.cc", "void walk();\n");
  put("activations/selu.h", "struct selu {};\n");
  EXPECT_EQ(elu(), before);
}

TEST_F(Sources, ThatMoveFromOneFileToAnotherChange) {
  const std::string before = elu();
  fs::rename(root_ / "src/math/exp-inl.h", root_ / "src/math/exp2-inl.h");
  EXPECT_NE(elu(), before);
}

TEST_F(Sources, MayBeEmpty) {
  const std::string before = elu();
  put("src/math/new-inl.h", "");
  EXPECT_EQ(refusal("elu").size(), 32u) << refusal("elu");
  EXPECT_NE(refusal("elu"), before);
}

TEST_F(Sources, ThatAreMissingAreNamed) {
  EXPECT_NE(refusal("relu").find((root_ / "activations/relu.h").string()), std::string::npos);
  for (const char* folder : {"src/block", "src/math"}) {
    fs::remove_all(root_ / folder);
    EXPECT_NE(refusal("elu").find((root_ / folder).string()), std::string::npos) << refusal("elu");
    fs::create_directories(root_ / folder);
  }
}

TEST_F(Sources, OfFloat32AreWhatItsKernelsIncludeAndWhatChoosesThem) {
  const auto elu32 = [&] { return source_hash32(root_, "elu"); };
  std::string before = elu32(), all_before = elu();
  put("src/block/walk16.cc", "#include \"src/block/block-inl.h\"\nvoid walk16();\n");
  put("src/math/philox.h", "int draw();\n");
  EXPECT_EQ(elu32(), before);
  EXPECT_NE(elu(), all_before);
  put("src/math/wide-inl.h", "struct Wide {};\n");
  put("tables/elu/value.h", "double table[] = {3};\n");
  for (const char* path : {"activations/elu.h", "tables/elu/value.h", "src/block/block-inl.h",
                           "src/block/kernels-inl.h", "src/block/kernel.cc.in"}) {
    before = elu32();
    put(path, "#include \"src/math/exp-inl.h\"\nint something_else;\n");
    EXPECT_NE(elu32(), before) << path;
  }
  before = elu32();
  put("src/math/exp-inl.h", "#include \"src/math/wide-inl.h\"\ndouble exp(double);\n");
  EXPECT_NE(elu32(), before);
  before = elu32();
  put("src/math/wide-inl.h", "struct Wide { int more; };\n");
  EXPECT_NE(elu32(), before);
  fs::remove(root_ / "src/math/wide-inl.h");
  EXPECT_THROW(elu32(), ProofError);
}

// The small tree's files are made up; these are the real ones.
TEST(RealSources, OfFloat32LeaveOutWhatIsFor16Bits) {
  const fs::path from = RHEOBASE_SOURCE_DIR, root = fs::temp_directory_path() / "rheobase-real-sources";
  fs::remove_all(root);
  for (const char* folder : {"activations", "src/block", "src/math"})
    fs::create_directories(root / folder), fs::copy(from / folder, root / folder);
  const std::string before = source_hash32(root, "tanh");
  EXPECT_EQ(before.size(), 32u);
  for (const char* path : {"src/block/walk16.cc", "src/block/format16-inl.h", "src/block/doubts.h",
                           "src/block/plain16-inl.h", "src/math/format16.h", "src/math/philox-inl.h"}) {
    ASSERT_TRUE(fs::exists(root / path)) << path;
    std::ofstream(root / path, std::ios::app) << "int something_else;\n";
    EXPECT_EQ(source_hash32(root, "tanh"), before) << path;
  }
  for (const char* path :
       {"src/block/evaluate-inl.h", "src/block/plain-inl.h", "src/block/table-inl.h", "src/block/tail-inl.h",
        "src/block/table.h", "src/math/rows-inl.h", "src/math/group-inl.h", "src/math/pair32-inl.h",
        "src/math/dual-inl.h", "src/math/f64-inl.h", "src/math/tanh-inl.h", "src/math/exp2_coefficients.h"}) {
    const std::string last = source_hash32(root, "tanh");
    std::ofstream(root / path, std::ios::app) << "int something_else;\n";
    EXPECT_NE(source_hash32(root, "tanh"), last) << path;
  }
  fs::remove_all(root);
}

// The truth behind results: the small tree, with all that it depends on.
class Truth : public Sources {
 protected:
  void SetUp() override {
    Sources::SetUp();
    for (const fs::path& path : truth_files("elu"))
      if (!fs::exists(root_ / path)) put(path.string(), "int in_" + path.stem().string() + ";\n");
  }
  std::string truth() const { return truth_hash(root_, "elu"); }
};

TEST_F(Truth, ChangesWithWhatAVerdictDependsOn) {
  std::set<std::string> seen = {truth(), elu()};
  for (const fs::path& path : truth_files("elu")) {
    put(path.string(), "int something_else;\n");
    EXPECT_TRUE(seen.insert(truth()).second) << path;
  }
  EXPECT_NE(truth(), truth_hash(root_, "gelu"));
}

TEST_F(Truth, StaysTheSameWithOtherKernelsTablesAndWords) {
  const std::string before = truth(), sources_before = elu();
  put("tables/elu/value.h", "double table[] = {3};\n");
  put("src/block/block-inl.h", "void other_loop();\n");
  put("src/math/exp-inl.h", "double other_exp(double);\n");
  put("activations/gelu.h", "struct gelu { int more; };\n");
  put("src/prover/prove.cc", "void other_words();\n");
  put("activations/elu.h", "/* other words */ struct elu { };\n");
  EXPECT_EQ(truth(), before);
  EXPECT_NE(elu(), sources_before);
}

TEST_F(Truth, WithAFileMissingIsRefused) {
  fs::remove(root_ / "src/prover/ball.h");
  EXPECT_THROW(truth(), ProofError);
}

// What a file of the truth includes is of the truth too, but for these, which evaluate and decide nothing.
TEST(TruthFiles, IncludeNothingElseThatDecides) {
  std::set<std::string> known = {"src/core/kernels.h",  "src/core/registry.h",   "src/core/describe.h",
                                 "src/proofs/digest.h", "src/proofs/parallel.h", "src/proofs/proof.h"};
  const std::size_t exceptions = known.size();
  const fs::path root = RHEOBASE_SOURCE_DIR;
  for (const fs::path& path : truth_files("elu")) known.insert(path.string());
  EXPECT_GT(known.size(), exceptions + 10);
  const std::regex include("#include \"((src|tables)/[^\"]*)\"");
  for (const fs::path& path : truth_files("elu")) {
    std::ifstream in(root / path);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    EXPECT_NE(text, "") << path;
    for (auto at = std::sregex_iterator(text.begin(), text.end(), include); at != std::sregex_iterator();
         ++at)
      EXPECT_TRUE(known.contains((*at)[1])) << path << " includes " << (*at)[1];
  }
}

}  // namespace
}  // namespace rheo::proofs
