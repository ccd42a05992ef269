// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Dialect/Norm/IR/VaryingDims.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace mlir::norm;

namespace {

/// Rows (a, b), normalized dims (c, d).
constexpr const char *program = R"mlir(
func.func @program(%x: tensor<2x3x5x7xf32>, %row: tensor<2x3xf32>,
                   %gamma: tensor<7xf32>, %scalar: f32,
                   %out: tensor<2x3x5x7xf32>) -> tensor<2x3x5x7xf32> {
  %0 = norm.generic {indexing_maps = [
      affine_map<(a, b, c, d) -> (a, b, c, d)>, affine_map<(a, b, c, d) -> (a, b)>,
      affine_map<(a, b, c, d) -> (d)>, affine_map<(a, b, c, d) -> ()>,
      affine_map<(a, b, c, d) -> (a, b, c, d)>], normalized_dims = [2, 3]}
    ins(%x, %row, %gamma, %scalar : tensor<2x3x5x7xf32>, tensor<2x3xf32>, tensor<7xf32>, f32)
    outs(%out : tensor<2x3x5x7xf32>) {
  ^bb0(%e: f32, %r: f32, %g: f32, %s: f32):
    %constant = arith.constant {test = "constant"} 1.0 : f32
    %shifted = arith.addf %g, %s {test = "shifted"} : f32
    %block = norm.reduce <add> %e over [3] {test = "block"} : f32
    %whole = norm.reduce <add> %e {test = "whole"} : f32
    %moments:3 = norm.moments %e {test = "moments"} : f32
    %index = norm.index 2 {test = "index"} : index
    %i = arith.index_cast %index : index to i32
    %valid = arith.cmpi slt, %i, %i : i32
    %count = norm.size where %valid over [3] {test = "count"} : f32
    %0 = arith.addf %block, %constant : f32
    %1 = arith.addf %shifted, %count : f32
    %2 = arith.addf %0, %1 : f32
    %3 = arith.addf %2, %whole : f32
    %4 = arith.addf %moments#0, %r : f32
    %5 = arith.addf %3, %4 : f32
    norm.yield %5 : f32
  }
  return %0 : tensor<2x3x5x7xf32>
}
)mlir";

class VaryingDimsTest : public ::testing::Test {
protected:
  void SetUp() override {
    context.loadDialect<NormDialect, arith::ArithDialect, func::FuncDialect>();
    module = parseSourceString<ModuleOp>(program, &context);
    ASSERT_TRUE(module);
    module->walk([&](GenericOp op) { generic = op; });
    ASSERT_TRUE(generic);
  }

  /// The dims of a result of the operation whose attribute `test` is `name`.
  std::vector<unsigned> of(StringRef name, unsigned result = 0) {
    VaryingDims varying(generic);
    for (Operation &op : generic.getBody().front())
      if (auto test = op.getAttrOfType<StringAttr>("test"))
        if (test.getValue() == name)
          return toVector(varying[op.getResult(result)]);
    ADD_FAILURE() << "no operation named " << name.str();
    return {};
  }

  static std::vector<unsigned> toVector(const llvm::SmallBitVector &bits) {
    return {bits.set_bits_begin(), bits.set_bits_end()};
  }

  using Dims = std::vector<unsigned>;
  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  GenericOp generic;
};

TEST_F(VaryingDimsTest, ArgumentsVaryAlongTheirMaps) {
  VaryingDims varying(generic);
  Block &block = generic.getBody().front();
  EXPECT_EQ(toVector(varying[block.getArgument(0)]), (Dims{0, 1, 2, 3}));
  EXPECT_EQ(toVector(varying[block.getArgument(1)]), (Dims{0, 1}));
  EXPECT_EQ(toVector(varying[block.getArgument(2)]), (Dims{3}));
  EXPECT_EQ(toVector(varying[block.getArgument(3)]), (Dims{}));
}

TEST_F(VaryingDimsTest, OrdinaryOperationsVaryAsTheirOperands) {
  EXPECT_EQ(of("constant"), (Dims{}));
  EXPECT_EQ(of("shifted"), (Dims{3}));
  EXPECT_EQ(of("index"), (Dims{2}));
}

TEST_F(VaryingDimsTest, CollectivesLoseTheCombinedDims) {
  EXPECT_EQ(of("block"), (Dims{0, 1, 2}));
  EXPECT_EQ(of("whole"), (Dims{0, 1}));
  EXPECT_EQ(of("count"), (Dims{2}));
}

TEST_F(VaryingDimsTest, CenteredValuesKeepTheCombinedDims) {
  EXPECT_EQ(of("moments", 0), (Dims{0, 1, 2, 3}));
  EXPECT_EQ(of("moments", 1), (Dims{0, 1}));
  EXPECT_EQ(of("moments", 2), (Dims{0, 1}));
}

} // namespace
