// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Analysis/IndexSpace.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace mlir::norm;

namespace {

constexpr int64_t dynamic = ShapedType::kDynamic;

std::string toString(AffineExpr expr) {
  std::string text = "none";
  if (expr) {
    text.clear();
    llvm::raw_string_ostream(text) << expr;
  }
  return text;
}

std::string toString(const std::optional<SmallVector<AffineExpr>> &coords) {
  if (!coords)
    return "none";
  std::string text;
  for (AffineExpr coord : *coords)
    text += (text.empty() ? "" : ", ") + toString(coord);
  return text;
}

/// Each digit as variable/divisor:size.
std::string toString(const std::optional<IndexDigits> &digits) {
  if (!digits)
    return "none";
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::interleave(
      *digits, os,
      [&](const IndexDigit &digit) {
        os << digit.variable << '/' << digit.divisor << ':';
        if (ShapedType::isDynamic(digit.size))
          os << '?';
        else
          os << digit.size;
      },
      " ");
  return text;
}

/// Variables d0 of size 24, d1 of size 5, d2 of dynamic size, d3 of size 24.
class IndexSpaceTest : public ::testing::Test {
protected:
  IndexSpaceTest() : space(&context) {
    for (int64_t size : {int64_t(24), int64_t(5), dynamic, int64_t(24)})
      d.push_back(space.newIndex({size, {}, -1}));
  }
  AffineExpr constant(int64_t value) {
    return getAffineConstantExpr(value, &context);
  }

  MLIRContext context;
  IndexSpace space;
  SmallVector<AffineExpr> d;
};

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

TEST_F(IndexSpaceTest, FreeIndicesAreOnePerDimAndSize) {
  AffineExpr index = space.freeIndex(0, {8, {}, -1});
  EXPECT_EQ(space.freeIndex(0, {8, {}, -1}), index);
  EXPECT_NE(space.freeIndex(1, {8, {}, -1}), index);
  EXPECT_NE(space.freeIndex(0, {9, {}, -1}), index);
  EXPECT_EQ(space.getSize(cast<AffineDimExpr>(index).getPosition()).constant,
            8);
}

//===----------------------------------------------------------------------===//
// Digits
//===----------------------------------------------------------------------===//

TEST_F(IndexSpaceTest, DigitsOfACoordinate) {
  EXPECT_EQ(toString(space.getDigits(d[0])), "0/1:24");
  EXPECT_EQ(toString(space.getDigits(d[2])), "2/1:?");
  EXPECT_EQ(toString(space.getDigits(constant(0))), "");
  EXPECT_EQ(toString(space.getDigits(d[0].floorDiv(6))), "0/6:4");
  EXPECT_EQ(toString(space.getDigits(d[0] % 6)), "0/1:6");
  EXPECT_EQ(toString(space.getDigits(d[0].floorDiv(2) % 3)), "0/2:3");
  EXPECT_EQ(toString(space.getDigits(d[2].floorDiv(6))), "2/6:?");
  // Most significant first, however it is written.
  EXPECT_EQ(toString(space.getDigits(d[1] + d[0] * 5)), "0/1:24 1/1:5");
  EXPECT_EQ(toString(space.getDigits(d[2] * 5 + d[1])), "2/1:? 1/1:5");
}

TEST_F(IndexSpaceTest, NoCoordinates) {
  // Another constant, gaps, overlaps, sums, and what lies above a dynamic size.
  EXPECT_FALSE(space.getDigits(constant(1)));
  EXPECT_FALSE(space.getDigits(d[0] + 1));
  EXPECT_FALSE(space.getDigits(d[0] * 2));
  EXPECT_FALSE(space.getDigits(d[0] * 6 + d[1]));
  EXPECT_FALSE(space.getDigits(d[0] * 4 + d[1]));
  EXPECT_FALSE(space.getDigits(d[0] + d[1]));
  EXPECT_FALSE(space.getDigits(d[1] * 24 + d[2]));
  EXPECT_FALSE(space.getDigits(getAffineSymbolExpr(0, &context)));
}

TEST_F(IndexSpaceTest, ComposeMergesWhatContinues) {
  EXPECT_EQ(space.compose({{0, 6, 4}, {0, 1, 6}}), d[0]);
  EXPECT_EQ(space.compose({{0, 12, 2}, {0, 2, 6}, {0, 1, 2}}), d[0]);
  EXPECT_EQ(space.compose({{0, 2, 3}}), d[0].floorDiv(2) % 3);
  EXPECT_EQ(space.compose({{2, 6, dynamic}, {2, 1, 6}}), d[2]);
  EXPECT_EQ(space.compose({{2, 1, 6}}), d[2] % 6);
  EXPECT_EQ(space.compose({}), constant(0));
  // In another order they are another coordinate.
  EXPECT_EQ(space.compose({{0, 1, 6}, {0, 6, 4}}),
            d[0].floorDiv(6) + d[0] % 6 * 4);
}

TEST_F(IndexSpaceTest, ComposeNeedsTheSizesBetween) {
  EXPECT_EQ(space.compose({{2, 1, dynamic}, {1, 1, 5}}), d[1] + d[2] * 5);
  EXPECT_FALSE(space.compose({{1, 1, 5}, {2, 1, dynamic}}));
}

TEST_F(IndexSpaceTest, ComposeInvertsGetDigits) {
  for (AffineExpr coord :
       {d[0], d[2], d[0] % 6, d[0].floorDiv(6), d[1] + d[0] * 5,
        d[0].floorDiv(2) + d[1] * 12, d[0] + d[2] * 24, constant(0)})
    EXPECT_EQ(space.compose(*space.getDigits(coord)), coord);
}

TEST_F(IndexSpaceTest, TakeLow) {
  IndexDigits digits = *space.getDigits(d[0] * 5 + d[1]), taken;
  ASSERT_TRUE(space.takeLow(digits, 5, taken));
  EXPECT_EQ(toString(taken), "1/1:5");
  ASSERT_TRUE(space.takeLow(digits, 6, taken));
  EXPECT_EQ(toString(taken), "0/1:6");
  EXPECT_EQ(toString(digits), "0/6:4");
  ASSERT_TRUE(space.takeLow(digits, 1, taken));
  EXPECT_TRUE(taken.empty());
  ASSERT_TRUE(space.takeLow(digits, 4, taken));
  EXPECT_TRUE(digits.empty());
  EXPECT_FALSE(space.takeLow(digits, 2, taken));
}

TEST_F(IndexSpaceTest, TakeLowAcrossDigits) {
  IndexDigits digits = *space.getDigits(d[0] * 5 + d[1]), taken;
  ASSERT_TRUE(space.takeLow(digits, 10, taken));
  EXPECT_EQ(toString(taken), "0/1:2 1/1:5");
  EXPECT_EQ(toString(digits), "0/2:12");
  // 5 of 12 are no digits.
  EXPECT_FALSE(space.takeLow(digits, 5, taken));
}

TEST_F(IndexSpaceTest, TakeLowOfADynamicSize) {
  IndexDigits digits = *space.getDigits(d[2]), taken;
  ASSERT_TRUE(space.takeLow(digits, 7, taken));
  EXPECT_EQ(toString(taken), "2/1:7");
  EXPECT_EQ(toString(digits), "2/7:?");
}

TEST_F(IndexSpaceTest, TakeHigh) {
  IndexDigits digits = *space.getDigits(d[1] * 24 + d[0]), taken;
  ASSERT_TRUE(space.takeHigh(digits, 10, taken));
  EXPECT_EQ(toString(taken), "1/1:5 0/12:2");
  EXPECT_EQ(toString(digits), "0/1:12");
  EXPECT_FALSE(space.takeHigh(digits, 5, taken));
  // What is above a dynamic size can be taken, a part of it cannot.
  digits = {{1, 1, 5}, {2, 1, dynamic}};
  ASSERT_TRUE(space.takeHigh(digits, 5, taken));
  EXPECT_FALSE(space.takeHigh(digits, 2, taken));
}

//===----------------------------------------------------------------------===//
// Reshapes
//===----------------------------------------------------------------------===//

TEST_F(IndexSpaceTest, ReshapeSplitsAndMerges) {
  EXPECT_EQ(toString(space.reshape({d[0], d[1]}, {24, 5}, {120})),
            "d1 + d0 * 5");
  EXPECT_EQ(toString(space.reshape({d[0] * 5 + d[1]}, {120}, {24, 5})),
            "d0, d1");
  EXPECT_EQ(toString(space.reshape({d[0], d[1]}, {24, 5}, {4, 6, 5})),
            "d0 floordiv 6, d0 mod 6, d1");
  EXPECT_EQ(toString(space.reshape({d[0], d[1]}, {24, 5}, {4, 30})),
            "d0 floordiv 6, d1 + (d0 mod 6) * 5");
  EXPECT_EQ(toString(space.reshape({d[0]}, {24}, {1, 24, 1})), "0, d0, 0");
  EXPECT_EQ(toString(space.reshape({constant(0), d[0]}, {1, 24}, {24})), "d0");
  EXPECT_EQ(toString(space.reshape({}, {}, {1, 1})), "0, 0");
}

TEST_F(IndexSpaceTest, ReshapeThereAndBack) {
  auto there = space.reshape({d[0], d[1], d[3]}, {24, 5, 24}, {8, 15, 4, 6});
  ASSERT_TRUE(there);
  EXPECT_EQ(toString(space.reshape(*there, {8, 15, 4, 6}, {24, 5, 24})),
            "d0, d1, d3");
}

TEST_F(IndexSpaceTest, ReshapeOfADynamicSize) {
  EXPECT_EQ(toString(space.reshape({d[2], d[1]}, {dynamic, 5}, {dynamic})),
            "d1 + d2 * 5");
  EXPECT_EQ(toString(space.reshape({d[2] * 5 + d[1]}, {dynamic}, {dynamic, 5})),
            "d2, d1");
  EXPECT_EQ(toString(space.reshape({d[2]}, {dynamic}, {dynamic, 3})),
            "d2 floordiv 3, d2 mod 3");
  EXPECT_EQ(toString(space.reshape({d[1], d[2]}, {5, dynamic}, {5, dynamic})),
            "d1, d2");
  EXPECT_EQ(toString(space.reshape({d[0], d[2], d[1]}, {24, dynamic, 5},
                                   {4, 6, dynamic, 5})),
            "d0 floordiv 6, d0 mod 6, d2, d1");
}

TEST_F(IndexSpaceTest, ReshapeThatTheShapesDoNotSay) {
  // 24 x 5 into 5 x 24: no digit of either is one of the other.
  EXPECT_FALSE(space.reshape({d[0], d[1]}, {24, 5}, {5, 24}));
  EXPECT_FALSE(space.reshape({d[0], d[1]}, {24, 5}, {16, 5}));
  EXPECT_FALSE(space.reshape({d[0]}, {24}, {12}));
  EXPECT_FALSE(space.reshape({d[2], d[2]}, {dynamic, dynamic}, {dynamic}));
  EXPECT_FALSE(space.reshape({d[2]}, {dynamic}, {dynamic, dynamic}));
  // How many rows of 5 lie in a row of dynamic size is not known.
  EXPECT_FALSE(space.reshape({d[1], d[2]}, {5, dynamic}, {dynamic}));
  EXPECT_FALSE(space.reshape({d[0]}, {0}, {0}));
  // A coordinate that is none, or of another size than the shape says.
  EXPECT_FALSE(space.reshape({constant(1)}, {24}, {24}));
  EXPECT_FALSE(space.reshape({d[0]}, {12}, {12}));
}

//===----------------------------------------------------------------------===//
// Coverage
//===----------------------------------------------------------------------===//

TEST_F(IndexSpaceTest, Cover) {
  EXPECT_TRUE(space.cover({d[0], d[1]}, {1, 0}));
  EXPECT_TRUE(space.cover({d[0] * 5 + d[1]}, {0, 1}));
  EXPECT_TRUE(space.cover({d[0] % 6, d[1], d[0].floorDiv(6)}, {0, 1}));
  EXPECT_TRUE(space.cover({d[2].floorDiv(6), d[2] % 6}, {2}));
  EXPECT_TRUE(space.cover({constant(0), d[1]}, {1}));
  EXPECT_TRUE(space.cover({}, {}));
}

TEST_F(IndexSpaceTest, NoCover) {
  // Too little, too much, a digit twice, a gap, no coordinate.
  EXPECT_FALSE(space.cover({d[0]}, {0, 1}));
  EXPECT_FALSE(space.cover({d[0], d[1]}, {0}));
  EXPECT_FALSE(space.cover({d[0], d[0]}, {0}));
  EXPECT_FALSE(space.cover({d[0] % 6, d[0].floorDiv(12)}, {0}));
  EXPECT_FALSE(space.cover({d[0] % 6, d[0].floorDiv(3)}, {0}));
  EXPECT_FALSE(space.cover({d[0].floorDiv(6)}, {0}));
  EXPECT_FALSE(space.cover({d[2] % 6}, {2}));
  EXPECT_FALSE(space.cover({AffineExpr()}, {0}));
  EXPECT_FALSE(space.cover({d[0] + d[1]}, {0, 1}));
}

TEST_F(IndexSpaceTest, Disjoint) {
  EXPECT_TRUE(space.areDisjoint({d[0], d[1], constant(0)}));
  EXPECT_TRUE(space.areDisjoint({d[0] % 6, d[0].floorDiv(6)}));
  EXPECT_TRUE(space.areDisjoint({d[2].floorDiv(6), d[2] % 6}));
  EXPECT_FALSE(space.areDisjoint({d[0], d[0]}));
  EXPECT_FALSE(space.areDisjoint({d[0] % 6, d[0].floorDiv(3)}));
  EXPECT_FALSE(space.areDisjoint({d[2], d[2] % 6}));
  EXPECT_FALSE(space.areDisjoint({AffineExpr()}));
}

//===----------------------------------------------------------------------===//
// IndexBinding
//===----------------------------------------------------------------------===//

TEST_F(IndexSpaceTest, BindWholeVariables) {
  IndexBinding binding;
  EXPECT_FALSE(binding.isBound(0));
  ASSERT_TRUE(binding.bind(space, {0, 1, 24}, {{3, 1, 24}}));
  EXPECT_TRUE(binding.isBound(0));
  EXPECT_EQ(binding.lookup(space, 0), d[3]);
  EXPECT_FALSE(binding.lookup(space, 1));
  // Again, and to something else.
  EXPECT_TRUE(binding.bind(space, {0, 1, 24}, {{3, 6, 4}, {3, 1, 6}}));
  EXPECT_FALSE(binding.bind(space, {0, 1, 24}, {{3, 1, 6}, {3, 6, 4}}));
  EXPECT_EQ(binding.lookup(space, 0), d[3]);
}

TEST_F(IndexSpaceTest, BindPartsInAnyOrder) {
  IndexDigit parts[] = {{0, 1, 2}, {0, 2, 3}, {0, 6, 4}};
  SmallVector<unsigned> order = {0, 1, 2};
  do {
    IndexBinding binding;
    for (unsigned part : order) {
      EXPECT_FALSE(binding.lookup(space, 0));
      IndexDigit image = parts[part];
      image.variable = 3;
      ASSERT_TRUE(binding.bind(space, parts[part], {image}));
    }
    EXPECT_EQ(binding.lookup(space, 0), d[3]);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_F(IndexSpaceTest, BindOverlappingParts) {
  // The upper four of six and the lower six of 24, then the other way round.
  for (bool lowFirst : {false, true}) {
    IndexBinding binding;
    auto bind = [&](int64_t divisor, int64_t size) {
      return binding.bind(space, {0, divisor, size}, {{3, divisor, size}});
    };
    ASSERT_TRUE(lowFirst ? bind(1, 6) : bind(2, 12));
    ASSERT_TRUE(lowFirst ? bind(2, 12) : bind(1, 6));
    EXPECT_EQ(binding.lookup(space, 0), d[3]);
    EXPECT_EQ(binding.apply(space, d[0].floorDiv(2) % 3), d[3].floorDiv(2) % 3);
    // Where they overlap, they must agree.
    EXPECT_FALSE(binding.bind(space, {0, 6, 4}, {{0, 6, 4}}));
    EXPECT_TRUE(binding.bind(space, {0, 6, 4}, {{3, 6, 4}}));
  }
}

TEST_F(IndexSpaceTest, BindAWholeThatContradictsAPart) {
  IndexBinding binding;
  ASSERT_TRUE(binding.bind(space, {0, 1, 6}, {{3, 1, 6}}));
  EXPECT_FALSE(binding.bind(space, {0, 1, 24}, {{0, 1, 24}}));
  binding = {};
  ASSERT_TRUE(binding.bind(space, {0, 1, 24}, {{3, 1, 24}}));
  EXPECT_FALSE(binding.bind(space, {0, 1, 6}, {{3, 2, 6}}));
  // No digits of the image are what a cut there would need.
  binding = {};
  ASSERT_TRUE(binding.bind(space, {0, 1, 24}, {{3, 8, 3}, {3, 1, 8}}));
  EXPECT_FALSE(binding.bind(space, {0, 1, 3}, {{1, 1, 3}}));
}

TEST_F(IndexSpaceTest, BindADynamicVariable) {
  AffineExpr image = space.newIndex({dynamic, {}, -1});
  unsigned variable = cast<AffineDimExpr>(image).getPosition();
  IndexDigit low = {2, 1, 6}, high = {2, 6, dynamic}, whole = {2, 1, dynamic};
  IndexDigits lowImage = {{variable, 1, 6}};
  IndexDigits highImage = {{variable, 6, dynamic}};
  IndexDigits wholeImage = {{variable, 1, dynamic}};
  IndexBinding binding;
  ASSERT_TRUE(binding.bind(space, low, lowImage));
  EXPECT_FALSE(binding.lookup(space, 2));
  ASSERT_TRUE(binding.bind(space, high, highImage));
  EXPECT_EQ(binding.lookup(space, 2), image);
  // The whole after its parts, and a part after the whole.
  EXPECT_TRUE(binding.bind(space, whole, wholeImage));
  EXPECT_FALSE(binding.bind(space, whole, {{2, 1, dynamic}}));
  binding = {};
  ASSERT_TRUE(binding.bind(space, whole, wholeImage));
  EXPECT_TRUE(binding.bind(space, high, highImage));
  EXPECT_TRUE(binding.bind(space, low, lowImage));
  EXPECT_FALSE(binding.bind(space, low, {{0, 1, 6}}));
  EXPECT_EQ(binding.lookup(space, 2), image);
}

TEST_F(IndexSpaceTest, Apply) {
  IndexBinding binding;
  ASSERT_TRUE(binding.bind(space, {0, 6, 4}, {{3, 1, 4}}));
  // What is bound in part is replaced in part, and else cannot be.
  EXPECT_EQ(binding.apply(space, d[0].floorDiv(6)), d[3] % 4);
  EXPECT_EQ(binding.apply(space, d[0].floorDiv(6) * 5 + d[1]),
            d[1] + d[3] % 4 * 5);
  EXPECT_FALSE(binding.apply(space, d[0]));
  EXPECT_FALSE(binding.apply(space, d[0] % 6));
  EXPECT_EQ(binding.apply(space, d[1]), d[1]);
  EXPECT_EQ(binding.apply(space, constant(7)), constant(7));
}

TEST_F(IndexSpaceTest, PartsOfABinding) {
  IndexBinding binding;
  ASSERT_TRUE(binding.bind(space, {0, 1, 24}, {{3, 1, 24}}));
  ASSERT_TRUE(binding.bind(space, {1, 1, 5}, {{2, 1, 5}}));
  EXPECT_FALSE(binding.without({0}).isBound(0));
  EXPECT_TRUE(binding.without({0}).isBound(1));
  EXPECT_TRUE(binding.only({0}).isBound(0));
  EXPECT_FALSE(binding.only({0}).isBound(1));
  EXPECT_TRUE(binding.mentions({1, 2}));
  EXPECT_FALSE(binding.mentions({0, 1}));
  IndexBinding joined = binding.only({0});
  joined.append(binding.only({1}));
  EXPECT_EQ(joined.lookup(space, 0), d[3]);
  EXPECT_EQ(joined.lookup(space, 1), d[2] % 5);
}

} // namespace
