// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// norm-fuse: the block of a group's row program.

#include "FuseBody.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::norm;
using namespace mlir::norm::fuse;

Value BodyBuilder::getElement(const Member &member, const Read &read) {
  if (group.getCoords(read.value))
    return lookup(Group::stripReshapes(read.value));
  return getInput(member, read);
}

SmallVector<int64_t> BodyBuilder::getDims(const Member &member,
                                          ArrayRef<int64_t> loops) {
  SmallVector<int64_t> result;
  for (int64_t loop : loops)
    llvm::append_range(result, dims.of(member.loops[loop]));
  llvm::sort(result);
  return result;
}

DenseI64ArrayAttr BodyBuilder::getOver(ArrayRef<int64_t> over) {
  return over == normalizedDims ? DenseI64ArrayAttr()
                                : builder.getDenseI64ArrayAttr(over);
}

Value BodyBuilder::getIndex(AffineExpr coord, Location loc) {
  Value index;
  for (int64_t dim : dims.of(coord)) {
    Value digit = IndexOp::create(builder, loc, builder.getIndexType(), dim);
    if (index) {
      Value size = arith::ConstantIndexOp::create(builder, loc, dims[dim].size);
      index = arith::MulIOp::create(builder, loc, index, size);
      digit = arith::AddIOp::create(builder, loc, index, digit);
    }
    index = digit;
  }
  return index ? index : arith::ConstantIndexOp::create(builder, loc, 0);
}

void BodyBuilder::add(const Member &member) {
  Operation *op = member.getOperation();
  IRMapping mapping;
  SmallVector<Value> operands;
  for (const Read &read : member.fusible.getReads()) {
    if (read.isInit)
      continue;
    operands.push_back(getElement(member, read));
    mapping.map(read.element, operands.back());
  }
  if (isa<linalg::LinalgOp>(op))
    return addLinalg(member, mapping);
  if (isa<GenericOp>(op))
    return addProgram(member, mapping);
  SmallVector<Type> types =
      llvm::map_to_vector(op->getResultTypes(),
                          [](Type type) { return getElementTypeOrSelf(type); });
  Operation *scalar =
      builder.create(op->getLoc(), op->getName().getIdentifier(), operands,
                     types, op->getAttrs());
  for (auto [result, element] :
       llvm::zip_equal(op->getResults(), scalar->getResults()))
    elements[result] = element;
}

void BodyBuilder::addLinalg(const Member &member, IRMapping &mapping) {
  auto op = cast<linalg::LinalgOp>(member.getOperation());
  Block &block = *op.getBlock();
  SmallVector<Value> roots;
  for (OpResult result : op->getResults()) {
    unsigned number = result.getResultNumber();
    if (!member.fusible.getResultMap(number))
      continue;
    const Reduction *reduction = member.fusible.getReduction(number);
    roots.push_back(reduction ? reduction->value
                              : block.getTerminator()->getOperand(number));
  }
  llvm::SmallDenseSet<Operation *> slice = getSlice(block, roots);
  auto cloneConstant = [&](Value value) {
    if (Operation *op = value.getDefiningOp())
      if (op->getBlock() != &block && !mapping.contains(value))
        mapping.map(value, builder.clone(*op)->getResult(0));
  };
  for (Operation &nested : block) {
    if (!slice.contains(&nested))
      continue;
    if (auto index = dyn_cast<linalg::IndexOp>(nested)) {
      mapping.map(index.getResult(),
                  getIndex(member.loops[index.getDim()], index.getLoc()));
      continue;
    }
    llvm::for_each(nested.getOperands(), cloneConstant);
    builder.clone(nested, mapping);
  }
  llvm::for_each(roots, cloneConstant);
  const auto *root = roots.begin();
  for (OpResult result : op->getResults()) {
    unsigned number = result.getResultNumber();
    if (!member.fusible.getResultMap(number))
      continue;
    const Reduction *reduction = member.fusible.getReduction(number);
    elements[result] =
        reduction ? reduce(member, *reduction, mapping) : mapping.lookup(*root);
    ++root;
  }
}

Value BodyBuilder::reduce(const Member &member, const Reduction &reduction,
                          IRMapping &mapping) {
  Location loc = reduction.combiner->getLoc();
  Value value = mapping.lookup(reduction.value);
  SmallVector<int64_t> over =
      getDims(member, member.fusible.getCombinedLoops());
  if (!over.empty())
    value = ReduceOp::create(builder, loc, value.getType(), reduction.kind,
                             value, /*where=*/Value(), getOver(over));
  bool isFirst = reduction.combiner->getOperand(0) == reduction.value;
  Value accumulator = reduction.combiner->getOperand(isFirst ? 1 : 0);
  Value init = mapping.lookup(accumulator);
  TypedAttr constant;
  if (matchPattern(init, m_Constant(&constant)) &&
      constant == ReduceOp::getIdentity(reduction.kind, value.getType()))
    return value;
  IRMapping combined;
  combined.map(accumulator, init);
  combined.map(reduction.value, value);
  return builder.clone(*reduction.combiner, combined)->getResult(0);
}

void BodyBuilder::addProgram(const Member &member, IRMapping &mapping) {
  auto program = cast<GenericOp>(member.getOperation());
  for (Operation &nested : program.getBody().front().without_terminator()) {
    if (auto index = dyn_cast<IndexOp>(nested)) {
      mapping.map(index.getResult(),
                  getIndex(member.loops[index.getDim()], index.getLoc()));
      continue;
    }
    Operation *cloned = builder.clone(nested, mapping);
    auto collective = dyn_cast<CollectiveOpInterface>(nested);
    if (!collective || isa<HeadMeanOp>(nested))
      continue;
    cloned->removeAttr("over");
    if (DenseI64ArrayAttr over =
            getOver(getDims(member, collective.getCombinedDims())))
      cloned->setAttr("over", over);
  }
  for (auto [result, value] :
       llvm::zip_equal(program->getResults(), program.getYield().getValues()))
    elements[result] = mapping.lookup(value);
}
