// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Verifier.h"
#include "norm/Dialect/Norm/IR/Decompose.h"
#include "norm/Dialect/Norm/IR/Norm.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace mlir::norm;

namespace {

/// A function with the argument x, in which operations are built.
class BuildersTest : public ::testing::Test {
protected:
  BuildersTest() : builder(&context), loc(builder.getUnknownLoc()) {
    context.loadDialect<NormDialect, func::FuncDialect>();
    module = ModuleOp::create(loc);
  }

  Value makeArgument(ArrayRef<int64_t> shape, Type elementType) {
    Type type = RankedTensorType::get(shape, elementType);
    builder.setInsertionPointToEnd(module->getBody());
    auto function = func::FuncOp::create(builder, loc, "function",
                                         builder.getFunctionType({type}, {}));
    Block *block = function.addEntryBlock();
    builder.setInsertionPointToEnd(block);
    func::ReturnOp::create(builder, loc);
    builder.setInsertionPointToStart(block);
    return block->getArgument(0);
  }

  Value makeTensor(ArrayRef<int64_t> shape, Type elementType) {
    return tensor::EmptyOp::create(builder, loc, shape, elementType);
  }

  MLIRContext context;
  OpBuilder builder;
  Location loc;
  OwningOpRef<ModuleOp> module;
};

constexpr int64_t dynamic = ShapedType::kDynamic;

TEST_F(BuildersTest, LayerNormMakesItsInits) {
  Value x = makeArgument({4, dynamic, 8}, builder.getBF16Type());
  Value gamma = makeTensor({8}, builder.getF32Type());
  auto op = LayerNormOp::create(builder, loc, x, gamma, /*beta=*/Value(),
                                ArrayRef<int64_t>{2}, 1e-5,
                                /*withMean=*/true, /*withRstd=*/true);
  ASSERT_TRUE(succeeded(verify(*module)));
  EXPECT_EQ(op->getResult(0).getType(), x.getType());
  Type statistic = RankedTensorType::get({4, dynamic}, builder.getF32Type());
  EXPECT_EQ(op.getMeanResult(), op->getResult(1));
  EXPECT_EQ(op.getRstdResult(), op->getResult(2));
  EXPECT_EQ(op.getMeanResult().getType(), statistic);
  EXPECT_EQ(op.getRstdResult().getType(), statistic);
  EXPECT_EQ(op.getGamma(), gamma);
  EXPECT_FALSE(op.getBeta());
  EXPECT_EQ(op.getEpsilon()->convertToDouble(), 1e-5);
  EXPECT_TRUE(op.getOutput().getDefiningOp<tensor::EmptyOp>());
}

TEST_F(BuildersTest, LayerNormHasTheStatisticsAskedForOnly) {
  Value x = makeArgument({4, 8}, builder.getF64Type());
  auto op = LayerNormOp::create(builder, loc, x, Value(), Value(),
                                ArrayRef<int64_t>{0}, 1e-5,
                                /*withMean=*/false, /*withRstd=*/true);
  ASSERT_TRUE(succeeded(verify(*module)));
  EXPECT_FALSE(op.getMeanResult());
  EXPECT_EQ(op.getRstdResult(), op->getResult(1));
  EXPECT_EQ(op.getRstdResult().getType(),
            RankedTensorType::get({8}, builder.getF64Type()));
  EXPECT_TRUE(op.getEffectiveComputeType().isF64());
}

// CSE merges equal inits; the results are told apart by position then.
TEST_F(BuildersTest, StatisticsMayShareAnInit) {
  Value x = makeArgument({4, 8}, builder.getF32Type());
  auto op = LayerNormOp::create(builder, loc, x, Value(), Value(),
                                ArrayRef<int64_t>{1}, 1e-5, true, true);
  op.getRstdMutable().assign(op.getMean());
  ASSERT_TRUE(succeeded(verify(*module)));
  EXPECT_EQ(op.getMeanResult(), op->getResult(1));
  EXPECT_EQ(op.getRstdResult(), op->getResult(2));
}

TEST_F(BuildersTest, RMSNormTakesAGammaOffset) {
  Value x = makeArgument({4, 8}, builder.getF16Type());
  Value gamma = makeTensor({8}, builder.getF16Type());
  auto op = RMSNormOp::create(builder, loc, x, gamma, Value(),
                              ArrayRef<int64_t>{1}, 1e-6, /*gammaOffset=*/1.0,
                              /*withRstd=*/true);
  ASSERT_TRUE(succeeded(verify(*module)));
  EXPECT_EQ(op.getGammaOffset()->convertToDouble(), 1.0);
  EXPECT_EQ(op.getRstdResult().getType(),
            RankedTensorType::get({4}, builder.getF32Type()));
  auto plain = RMSNormOp::create(builder, loc, x, gamma, Value(),
                                 ArrayRef<int64_t>{1}, 1e-6);
  EXPECT_FALSE(plain.getGammaOffset());
  EXPECT_FALSE(plain.getRstdResult());
}

TEST_F(BuildersTest, GenericBuildsItsBlock) {
  Value x = makeArgument({4, 8}, builder.getF32Type());
  AffineMap all = builder.getMultiDimIdentityMap(2);
  Value eps =
      arith::ConstantOp::create(builder, loc, builder.getF32FloatAttr(1.0f));
  auto op = GenericOp::create(
      builder, loc, ValueRange{x, eps}, ValueRange{x},
      ArrayRef<AffineMap>{all, AffineMap::get(2, 0, &context), all},
      ArrayRef<int64_t>{1},
      [&](OpBuilder &body, Location loc, ValueRange arguments) {
        Value sum = ReduceOp::create(body, loc, vector::CombiningKind::ADD,
                                     arguments[0], /*where=*/Value(),
                                     /*over=*/DenseI64ArrayAttr());
        Value y = arith::AddFOp::create(body, loc, sum, arguments[1]);
        YieldOp::create(body, loc, y);
      });
  ASSERT_TRUE(succeeded(verify(*module)));
  EXPECT_EQ(op.getResultTypes().front(), x.getType());
  EXPECT_EQ(op.getRowDims(), (SmallVector<int64_t>{0}));
  EXPECT_EQ(op.getDimSizes(), (SmallVector<int64_t>{4, 8}));
  EXPECT_FALSE(op.isAccumulator(0));
}

// A named operation and its row program need not be of one block: the program
// is built where the builder stands, or nowhere.
TEST_F(BuildersTest, NamedOperationsGeneralizeAndDecompose) {
  Value x = makeArgument({dynamic, 8}, builder.getF32Type());
  auto op = LayerNormOp::create(builder, loc, x, Value(), Value(),
                                ArrayRef<int64_t>{1}, 1e-5, true, true);
  builder.setInsertionPointAfter(op);
  Generalization generalized = op.generalize(builder);
  ASSERT_TRUE(isa<GenericOp>(generalized.program));
  EXPECT_TRUE(succeeded(verify(*module)));
  EXPECT_EQ(generalized.results,
            SmallVector<Value>(generalized.program->getResults()));
  EXPECT_EQ(TypeRange(ValueRange(generalized.results)), op->getResultTypes());

  FailureOr<SmallVector<Value>> results = op.decomposeOperation(builder);
  ASSERT_TRUE(succeeded(results));
  EXPECT_TRUE(succeeded(verify(*module)));
  EXPECT_EQ(TypeRange(ValueRange(*results)), op->getResultTypes());
  for (Value result : *results)
    EXPECT_TRUE(result.getDefiningOp<linalg::GenericOp>());
  unsigned numPrograms = 0;
  module->walk([&](GenericOp) { ++numPrograms; });
  EXPECT_EQ(numPrograms, 1u);
}

TEST_F(BuildersTest, GroupNormHasStatisticsOfItsGroups) {
  Value x = makeArgument({dynamic, 6, 5}, builder.getBF16Type());
  Value gamma = makeTensor({6}, builder.getF32Type());
  auto op = GroupNormOp::create(builder, loc, x, gamma, /*beta=*/Value(),
                                ArrayRef<int64_t>{2}, /*channelAxis=*/1,
                                /*groups=*/3, 1e-5, /*withMean=*/true,
                                /*withRstd=*/true);
  ASSERT_TRUE(succeeded(verify(*module)));
  EXPECT_EQ(op->getResult(0).getType(), x.getType());
  Type statistic = RankedTensorType::get({dynamic, 3}, builder.getF32Type());
  EXPECT_EQ(op.getMeanResult(), op->getResult(1));
  EXPECT_EQ(op.getRstdResult(), op->getResult(2));
  EXPECT_EQ(op.getMeanResult().getType(), statistic);
  EXPECT_EQ(op.getRstdResult().getType(), statistic);
  // The channels are the dims 1, the group, and 2, the place in it.
  EXPECT_EQ(op.getNormalizedDims(), (SmallVector<int64_t>{2, 3}));
  EXPECT_EQ(op.getReducedAxes(), (SmallVector<int64_t>{2}));

  auto instances = GroupNormOp::create(builder, loc, x, gamma, Value(),
                                       ArrayRef<int64_t>{2}, /*channelAxis=*/1,
                                       /*groups=*/std::nullopt, 1e-5,
                                       /*withMean=*/false, /*withRstd=*/true);
  ASSERT_TRUE(succeeded(verify(*module)));
  EXPECT_FALSE(instances.getMeanResult());
  EXPECT_FALSE(instances.getGroups());
  EXPECT_EQ(instances.getRstdResult().getType(),
            RankedTensorType::get({dynamic, 6}, builder.getF32Type()));
  EXPECT_EQ(instances.getNormalizedDims(), (SmallVector<int64_t>{2}));
}

TEST_F(BuildersTest, BatchNorms) {
  Value x = makeArgument({4, dynamic, 5}, builder.getF16Type());
  Value channels = makeTensor({5}, builder.getF32Type());
  auto inference = BatchNormInferenceOp::create(
      builder, loc, x, channels, channels, /*gamma=*/channels,
      /*beta=*/Value(), /*channelAxis=*/2, 1e-3);
  auto training = BatchNormTrainingOp::create(
      builder, loc, x, /*gamma=*/Value(), /*beta=*/channels,
      /*channelAxis=*/2, 1e-3, /*withMean=*/false, /*withVariance=*/true);
  ASSERT_TRUE(succeeded(verify(*module)));
  EXPECT_EQ(inference->getResultTypes(), TypeRange(x.getType()));
  EXPECT_TRUE(inference.getNormalizedDims().empty());
  EXPECT_FALSE(training.getMeanResult());
  EXPECT_EQ(training.getVarianceResult(), training->getResult(1));
  EXPECT_EQ(training.getVarianceResult().getType(), channels.getType());
  EXPECT_EQ(training.getNormalizedDims(), (SmallVector<int64_t>{0, 1}));
}

// Where the channels are split, the results are not the program's, and the
// decomposition leaves no program behind.
TEST_F(BuildersTest, GroupNormGeneralizesAndDecomposes) {
  Value x = makeArgument({2, dynamic, 5}, builder.getF32Type());
  auto op = GroupNormOp::create(builder, loc, x, Value(), Value(),
                                ArrayRef<int64_t>{2}, 1, 3, 1e-5, true, true);
  builder.setInsertionPointAfter(op);
  FailureOr<SmallVector<Value>> results = op.decomposeOperation(builder);
  ASSERT_TRUE(succeeded(results));
  EXPECT_TRUE(succeeded(verify(*module)));
  EXPECT_EQ(TypeRange(ValueRange(*results)), op->getResultTypes());
  unsigned numPrograms = 0;
  module->walk([&](GenericOp) { ++numPrograms; });
  EXPECT_EQ(numPrograms, 0u);

  Generalization generalized = op.generalize(builder);
  EXPECT_TRUE(succeeded(verify(*module)));
  EXPECT_EQ(TypeRange(ValueRange(generalized.results)), op->getResultTypes());
  EXPECT_EQ(generalized.results.front().getDefiningOp()->getOperand(0),
            generalized.program->getResult(0));
  EXPECT_EQ(cast<GenericOp>(generalized.program).getNormalizedDims(),
            ArrayRef<int64_t>(op.getNormalizedDims()));
}

} // namespace
