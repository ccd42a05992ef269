// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// norm-fuse: operations on tensors as loops around a block of scalars.

#include "Fuse.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "norm/Analysis/ElementExpr.h"
#include "norm/Analysis/RowCost.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::norm;
using namespace mlir::norm::fuse;

bool fuse::isReshape(Operation *op) {
  if (auto cast = dyn_cast<tensor::CastOp>(op))
    return isa<RankedTensorType>(cast.getSource().getType()) &&
           isa<RankedTensorType>(cast.getType());
  return isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op);
}

Splat fuse::getSplat(Value tensor) {
  tensor = Group::stripReshapes(tensor);
  Type elementType = getElementTypeOrSelf(tensor.getType());
  Operation *op = tensor.getDefiningOp();
  if (!op)
    return {};
  Value scalar;
  if (auto fill = dyn_cast<linalg::FillOp>(op))
    scalar = fill.value();
  else if (auto splat = dyn_cast<tensor::SplatOp>(op))
    scalar = splat.getInput();
  else if (isa<tensor::FromElementsOp>(op) && op->getNumOperands() == 1)
    scalar = op->getOperand(0);
  Attribute constant;
  if (matchPattern(scalar ? scalar : tensor, m_Constant(&constant))) {
    if (auto dense = dyn_cast<SplatElementsAttr>(constant))
      constant = dense.getSplatValue<Attribute>();
    auto typed = dyn_cast<TypedAttr>(constant);
    if (typed && typed.getType() == elementType)
      return {Value(), typed};
    return {};
  }
  if (scalar && scalar.getType() == elementType)
    return {scalar, TypedAttr()};
  return {};
}

//===----------------------------------------------------------------------===//
// Access
//===----------------------------------------------------------------------===//

bool FusibleOp::isAccumulator(unsigned number) const {
  auto program = dyn_cast<GenericOp>(op);
  return program && program.isAccumulator(number);
}

const Reduction *FusibleOp::getReduction(unsigned number) const {
  return number < reductions.size() && reductions[number] ? &*reductions[number]
                                                          : nullptr;
}

unsigned FusibleOp::getNumPhases() const {
  if (auto program = dyn_cast<GenericOp>(op))
    return RowProgram(program).getNumPhases() - 1;
  return collectives ? 1 : 0;
}

unsigned FusibleOp::getWeight() const {
  if (op->getNumRegions() == 0)
    return getOperationWeight(op);
  unsigned weight = 0;
  auto program = dyn_cast<GenericOp>(op);
  std::optional<VaryingDims> varying;
  if (program)
    varying.emplace(program);
  for (Operation &nested : op->getRegion(0).front()) {
    // Once for a row is not for each element.
    bool isForElements =
        !program || llvm::any_of(nested.getResults(), [&](Value result) {
          return varying->variesAlongAny(result, program.getNormalizedDims());
        });
    if (isForElements)
      weight += getOperationWeight(&nested);
  }
  return weight;
}

//===----------------------------------------------------------------------===//
// Construction
//===----------------------------------------------------------------------===//

std::optional<FusibleOp> FusibleOp::get(Operation *op, std::string &why) {
  FusibleOp fusible(op);
  if (auto program = dyn_cast<GenericOp>(op)) {
    if (!program.hasPureTensorSemantics()) {
      why = "it is not on tensors";
      return std::nullopt;
    }
    if (!fusible.initProgram(why))
      return std::nullopt;
    return fusible;
  }
  if (op->getNumResults() == 1 &&
      isa<RankedTensorType>(op->getResult(0).getType()) &&
      getSplat(op->getResult(0))) {
    why = "all its elements are one value, which needs no memory";
    return std::nullopt;
  }
  bool isFusible = isa<linalg::LinalgOp>(op) ? fusible.initLinalg(why)
                                             : fusible.initElementwise(why);
  isFusible = isFusible && fusible.hasScalarElements(why);
  return isFusible ? std::optional(fusible) : std::nullopt;
}

/// Whether all that it reads and gives may stand in a row program's block.
bool FusibleOp::hasScalarElements(std::string &why) const {
  SmallVector<Value> values(op->getResults());
  for (const Read &read : reads)
    values.push_back(read.value);
  for (Value value : values) {
    Type element = getElementTypeOrSelf(value.getType());
    if (!isa<FloatType, IndexType>(element) && !element.isSignlessInteger()) {
      why = "it has elements of another kind than floats, signless integers "
            "and index";
      return false;
    }
    auto tensor = dyn_cast<RankedTensorType>(value.getType());
    if (tensor && tensor.getEncoding()) {
      why = "a tensor's encoding may be a layout";
      return false;
    }
  }
  return true;
}

bool FusibleOp::initProgram(std::string &why) {
  auto program = cast<GenericOp>(op);
  SmallVector<AffineMap> maps = program.getIndexingMapsArray();
  loopSizes.resize(program.getNumDims());
  for (auto [operand, map] : llvm::zip_equal(op->getOperands(), maps))
    for (auto [position, expr] : llvm::enumerate(map.getResults())) {
      DimSize &size = loopSizes[cast<AffineDimExpr>(expr).getPosition()];
      if (!size.isStatic())
        size = ElementExprs::getSize(operand, position);
    }
  llvm::append_range(combinedLoops, program.getNormalizedDims());
  auto isOne = [&](int64_t dim) { return loopSizes[dim].constant == 1; };
  for (auto collective : program.getBody().getOps<CollectiveOpInterface>()) {
    collectives = true;
    if (llvm::all_of(collective.getCombinedDims(), isOne)) {
      why = "its rows have one element";
      return false;
    }
  }
  for (auto [index, input] : llvm::enumerate(program.getInputs()))
    reads.push_back({input, maps[index], program.getBody().getArgument(index)});
  for (OpResult result : op->getResults()) {
    AffineMap map = program.getOutputMap(result.getResultNumber());
    resultMaps.push_back(map);
    if (isAccumulator(result.getResultNumber()))
      reads.push_back({program.getOutputs()[result.getResultNumber()], map,
                       Value(), /*isInit=*/true});
  }
  return true;
}

bool FusibleOp::initElementwise(std::string &why) {
  bool isElementwise =
      OpTrait::hasElementwiseMappableTraits(op) && op->getNumResults() &&
      llvm::all_of(op->getResultTypes(), llvm::IsaPred<RankedTensorType>);
  if (!isElementwise) {
    why = "it is not elementwise";
    return false;
  }
  if (!isPure(op)) {
    why = "it has side effects or may trap";
    return false;
  }
  int64_t rank = cast<RankedTensorType>(op->getResult(0).getType()).getRank();
  for (int64_t dim = 0; dim < rank; ++dim)
    loopSizes.push_back(ElementExprs::getSize(op->getResult(0), dim));
  AffineMap identity =
      AffineMap::getMultiDimIdentityMap(rank, op->getContext());
  for (Value operand : op->getOperands()) {
    AffineMap map = isa<RankedTensorType>(operand.getType())
                        ? identity
                        : AffineMap::get(rank, 0, op->getContext());
    reads.push_back({operand, map, operand});
  }
  resultMaps.assign(op->getNumResults(), identity);
  return true;
}

bool FusibleOp::initLinalg(std::string &why) {
  auto linalgOp = cast<linalg::LinalgOp>(op);
  if (!linalgOp.hasPureTensorSemantics()) {
    why = "it is not on tensors";
    return false;
  }
  for (OpOperand &operand : op->getOpOperands()) {
    AffineMap map = linalgOp.getMatchingIndexingMap(&operand);
    bool isPermutation =
        map.isProjectedPermutation(/*allowZeroInResults=*/true);
    // Along a dim of size 1 there is no other index than 0.
    for (auto [dim, expr] : llvm::enumerate(map.getResults()))
      isPermutation &=
          isa<AffineDimExpr>(expr) || linalgOp.getShape(&operand)[dim] == 1;
    if (!isPermutation) {
      why = "an indexing map is no projected permutation";
      return false;
    }
  }
  for (auto [loop, iterator] :
       llvm::enumerate(linalgOp.getIteratorTypesArray())) {
    loopSizes.push_back(ElementExprs::getLoopSize(linalgOp, loop));
    if (iterator == utils::IteratorType::reduction)
      combinedLoops.push_back(loop);
  }
  for (auto [result, init] :
       llvm::zip_equal(op->getResults(), linalgOp.getDpsInitsMutable())) {
    AffineMap map = linalgOp.getMatchingIndexingMap(&init);
    resultMaps.push_back(result.use_empty() ? AffineMap() : map);
    if (result.use_empty())
      continue;
    for (unsigned loop = 0; loop < getNumLoops(); ++loop)
      if (loopSizes[loop].constant != 1 &&
          map.isFunctionOfDim(loop) == isCombined(loop)) {
        why = "its result does not have all parallel loops, and these alone";
        return false;
      }
  }
  return addReductions(why) && addReads(why);
}

llvm::SmallDenseSet<Operation *> fuse::getSlice(Block &block,
                                                ArrayRef<Value> roots) {
  llvm::SmallDenseSet<Operation *> slice;
  SmallVector<Value> worklist(roots);
  while (!worklist.empty()) {
    Operation *producer = worklist.pop_back_val().getDefiningOp();
    if (producer && producer->getBlock() == &block &&
        slice.insert(producer).second)
      llvm::append_range(worklist, producer->getOperands());
  }
  return slice;
}

/// What the block yields for results that somebody uses.
SmallVector<Value> FusibleOp::getYielded() const {
  SmallVector<Value> yielded;
  Operation *yield = op->getRegion(0).front().getTerminator();
  for (auto [map, value] : llvm::zip_equal(resultMaps, yield->getOperands()))
    if (map)
      yielded.push_back(value);
  return yielded;
}

/// Finds each result's reduction, if there are reduction loops.
bool FusibleOp::addReductions(std::string &why) {
  auto linalgOp = cast<linalg::LinalgOp>(op);
  collectives = !combinedLoops.empty();
  if (!collectives)
    return true;
  bool hasWholeInput =
      llvm::any_of(linalgOp.getDpsInputOperands(), [&](OpOperand *input) {
        AffineMap map = linalgOp.getMatchingIndexingMap(input);
        for (unsigned loop = 0; loop < getNumLoops(); ++loop)
          if (loopSizes[loop].constant != 1 && !map.isFunctionOfDim(loop))
            return false;
        return true;
      });
  if (!hasWholeInput) {
    why = "it is a contraction: no input has all of its loops";
    return false;
  }
  Block *block = linalgOp.getBlock();
  SmallVector<Value> yielded = getYielded();
  llvm::SmallDenseSet<Operation *> slice = getSlice(*block, yielded);
  auto isUsedOnce = [&](Value value) {
    return llvm::count_if(
               value.getUsers(),
               [&](Operation *user) { return slice.contains(user); }) +
               llvm::count(yielded, value) ==
           1;
  };
  for (auto [number, map] : llvm::enumerate(resultMaps)) {
    reductions.emplace_back();
    if (!map)
      continue;
    BlockArgument accumulator =
        linalgOp.getMatchingBlockArgument(linalgOp.getDpsInitOperand(number));
    Operation *combiner =
        block->getTerminator()->getOperand(number).getDefiningOp();
    std::optional<vector::CombiningKind> kind =
        combiner && combiner->getBlock() == block
            ? linalg::getCombinerOpKind(combiner)
            : std::nullopt;
    if (!kind || !isUsedOnce(accumulator) ||
        !llvm::is_contained(combiner->getOperands(), accumulator) ||
        !isUsedOnce(combiner->getResult(0))) {
      why = "it combines in a way that norm.reduce has not";
      return false;
    }
    bool isFirst = combiner->getOperand(0) == accumulator;
    reductions.back() =
        Reduction{*kind, combiner, combiner->getOperand(isFirst ? 1 : 0)};
  }
  return true;
}

/// Collects what the block of a linalg operation reads, and checks it.
bool FusibleOp::addReads(std::string &why) {
  auto linalgOp = cast<linalg::LinalgOp>(op);
  Block *block = linalgOp.getBlock();
  SmallVector<Value> yielded = getYielded();
  llvm::SmallDenseSet<Operation *> slice = getSlice(*block, yielded);
  for (OpOperand &operand : op->getOpOperands()) {
    BlockArgument argument = linalgOp.getMatchingBlockArgument(&operand);
    if (!llvm::is_contained(yielded, argument) &&
        llvm::none_of(argument.getUsers(),
                      [&](Operation *user) { return slice.contains(user); }))
      continue;
    // Other accumulators than those of reductions found change as loops run.
    if (collectives && linalgOp.isDpsInit(&operand) &&
        !getReduction(operand.getOperandNumber() -
                      linalgOp.getNumDpsInputs())) {
      why = "it combines in a way that norm.reduce has not";
      return false;
    }
    reads.push_back(
        {operand.get(), linalgOp.getMatchingIndexingMap(&operand), argument});
  }
  AffineMap scalarMap = AffineMap::get(getNumLoops(), 0, op->getContext());
  llvm::SmallSetVector<Value, 4> captured;
  auto capture = [&](Value value) {
    if (value.getParentBlock() != block && !matchPattern(value, m_Constant()))
      captured.insert(value);
  };
  llvm::for_each(yielded, capture);
  for (Operation &nested : *block) {
    if (!slice.contains(&nested))
      continue;
    if (!isa<linalg::IndexOp>(nested))
      if (std::optional<StringRef> reason = getReasonNotOrdinary(nested)) {
        why = (nested.getName().getStringRef() + " in its body: " + *reason)
                  .str();
        return false;
      }
    llvm::for_each(nested.getOperands(), capture);
  }
  for (Value scalar : captured)
    reads.push_back({scalar, scalarMap, scalar});
  return true;
}
