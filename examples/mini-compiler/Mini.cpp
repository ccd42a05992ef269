// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The dialect `mini`, its lowering to `norm`, and the fusion of matrix products
// with the norms behind them.

#include "Mini.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/Transforms/TileUsingInterface.h"
#include "mlir/Interfaces/TilingInterface.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "mlir/Transforms/Passes.h"
#include "norm/Dialect/Norm/Transforms/Passes.h"
#include "norm/Pipelines/Pipelines.h"

using namespace mlir;

#include "Mini_dialect.cpp.inc"
#define GET_OP_CLASSES
#include "Mini_op.cpp.inc"

void mini::MiniDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "Mini_op.cpp.inc"
      >();
}

namespace {

struct LowerLayerNorm : OpRewritePattern<mini::LayerNormOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(mini::LayerNormOp op,
                                PatternRewriter &rewriter) const override {
    int64_t lastDim = cast<ShapedType>(op.getX().getType()).getRank() - 1;
    rewriter.replaceOpWithNewOp<norm::LayerNormOp>(
        op, op.getX(), op.getScale(), op.getShift(), /*axes=*/lastDim,
        op.getEpsilon().convertToDouble());
    return success();
  }
};

struct MiniToNorm : PassWrapper<MiniToNorm, OperationPass<func::FuncOp>> {
  StringRef getArgument() const override { return "mini-to-norm"; }
  StringRef getDescription() const override { return "Lower mini to norm"; }

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<LowerLayerNorm>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

/// Norms of matrix products: `rows` of the product at a time, in one loop.
struct FuseProducts : PassWrapper<FuseProducts, OperationPass<func::FuncOp>> {
  explicit FuseProducts(int64_t rows) { this->rows = rows; }
  FuseProducts(const FuseProducts &other) : PassWrapper(other) {}
  StringRef getArgument() const override { return "mini-fuse-products"; }
  StringRef getDescription() const override {
    return "Tile norms of matrix products, and fuse the products into the loop";
  }

  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<scf::SCFDialect>();
  }

  void runOnOperation() override {
    SmallVector<norm::LayerNormOp> norms;
    getOperation().walk([&](norm::LayerNormOp op) {
      if (op.getInput().getDefiningOp<linalg::MatmulOp>())
        norms.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    for (norm::LayerNormOp op : norms) {
      scf::SCFTileAndFuseOptions options;
      options.tilingOptions.setTileSizes(
          {rewriter.getIndexAttr(rows), rewriter.getIndexAttr(0)});
      rewriter.setInsertionPoint(op);
      auto fused = scf::tileConsumerAndFuseProducersUsingSCF(
          rewriter, cast<TilingInterface>(op.getOperation()), options);
      if (failed(fused))
        return signalPassFailure();
      for (auto [from, to] : fused->replacements)
        rewriter.replaceAllUsesWith(from, to);
    }
  }

  Option<int64_t> rows{*this, "rows", llvm::cl::init(8)};
};

/// Options of `mini-to-llvm`: some are ours, others go to norm-mlir.
struct MiniToLLVMOptions : PassPipelineOptions<MiniToLLVMOptions> {
  Option<int64_t> rows{*this, "rows", llvm::cl::init(8)};
  Option<int64_t> vectorBits{*this, "vector-bits", llvm::cl::init(0)};
};

} // namespace

void mini::buildTensorPipeline(OpPassManager &pm, int64_t rows) {
  pm.addNestedPass<func::FuncOp>(std::make_unique<MiniToNorm>());
  pm.addPass(norm::createNormRaisePass());
  pm.addNestedPass<func::FuncOp>(std::make_unique<FuseProducts>(rows));
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

void mini::registerPasses() {
  PassRegistration<MiniToNorm>();
  registerPass([] { return std::make_unique<FuseProducts>(8); });
  PassPipelineRegistration<MiniToLLVMOptions>(
      "mini-to-llvm", "From what we import to the LLVM dialect",
      [](OpPassManager &pm, const MiniToLLVMOptions &options) {
        buildTensorPipeline(pm, options.rows);
        norm::NormToLLVMOptions lowering;
        lowering.raise = false; // done
        lowering.vectorBits = options.vectorBits;
        norm::buildNormToLLVMPipeline(pm, lowering);
      });
}
