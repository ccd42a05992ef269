// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// norm-fuse: a group's row program, with its operands and results.

#include "FuseBody.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Utils/Utils.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace mlir::norm;
using namespace mlir::norm::fuse;

namespace {
/// Builds a group's program at the last member.
class ProgramBuilder {
public:
  ProgramBuilder(RewriterBase &rewriter, const Group &group);
  GenericOp build();

private:
  void addInputs();
  void addOutputs();
  Value getInit(OpResult output, const Coords &coords);
  Value findDeadInput(OpResult output, const Coords &coords);
  bool isAvailable(Value value) const;
  /// The program's dims that each dim of a tensor is made of; none for one of
  /// size 1 that the program does not have.
  SmallVector<SmallVector<int64_t>> getParts(const Coords &coords) const;
  AffineMap getMap(const Coords &coords) const;
  /// The tensor with one dim for each dim of the program that it has.
  Value toProgram(Value tensor, const Coords &coords);
  /// The other way round, as a tensor of a type.
  Value fromProgram(Value tensor, const Coords &coords, RankedTensorType type);
  Value getInput(const Member &member, const Read &read, OpBuilder &body,
                 ValueRange arguments);
  OpFoldResult getSize(int64_t dim);
  void replace(GenericOp program);

  RewriterBase &rewriter;
  const Group &group;
  ProgramDims dims;
  Location loc;
  SmallVector<Operation *> dependents;
  SmallVector<int64_t> normalizedDims;
  SmallVector<Access> inputs; // scalars have no coordinates
  SmallVector<OpResult> outputs;
  SmallVector<Value> operands, inits;
  SmallVector<AffineMap> maps, outputMaps;
};
} // namespace

/// The locations of all members.
static Location getFusedLoc(const Group &group) {
  SmallVector<Location> locations =
      llvm::map_to_vector(group.getMembers(), [](const Member &member) {
        return member.getOperation()->getLoc();
      });
  return FusedLoc::get(group.getMembers().front().getOperation()->getContext(),
                       locations);
}

/// For each dim of a tensor, the loop among those in order that it is; nothing
/// if some dim is none of them.
static std::optional<SmallVector<unsigned>> matchLoops(const Coords &loops,
                                                       const Coords &coords) {
  SmallVector<unsigned> matched;
  unsigned next = 0;
  for (AffineExpr coord : coords) {
    while (next < loops.size() && loops[next] != coord)
      ++next;
    if (next == loops.size())
      return std::nullopt;
    matched.push_back(next++);
  }
  return matched;
}

/// Whether dims of size 1 of the operation that the group grew from can stay
/// dims of the program: all outputs must have them.
static bool keepsUnits(const Group &group) {
  const Coords &loops = group.getLoops();
  auto isUnit = [](AffineExpr coord) { return isa<AffineConstantExpr>(coord); };
  return llvm::all_of(group.getOutputs(), [&](OpResult output) {
    Coords coords = *group.getCoords(output);
    return llvm::count_if(coords, isUnit) == llvm::count_if(loops, isUnit) &&
           matchLoops(loops, coords);
  });
}

ProgramBuilder::ProgramBuilder(RewriterBase &rewriter, const Group &group)
    : rewriter(rewriter), group(group), dims(group.getDims(keepsUnits(group))),
      loc(getFusedLoc(group)) {
  std::string why;
  dependents = *group.getDependents(why);
  for (unsigned dim = 0; dim < dims.size(); ++dim)
    if (!dims.isUnit(dim) && group.isNormalized(dims[dim].variable))
      normalizedDims.push_back(dim);
}

SmallVector<SmallVector<int64_t>>
ProgramBuilder::getParts(const Coords &coords) const {
  SmallVector<SmallVector<int64_t>> parts = llvm::map_to_vector(
      coords, [&](AffineExpr coord) { return dims.of(coord); });
  SmallVector<int64_t> units;
  for (unsigned dim = 0; dim < dims.size(); ++dim)
    if (dims.isUnit(dim))
      units.push_back(dim);
  std::optional<SmallVector<unsigned>> matched =
      units.empty() ? std::nullopt : matchLoops(group.getLoops(), coords);
  if (!matched)
    return parts;
  for (auto [part, loop] : llvm::zip_equal(parts, *matched))
    if (part.empty())
      part.push_back(units[llvm::count_if(
          ArrayRef(group.getLoops()).take_front(loop),
          [](AffineExpr other) { return isa<AffineConstantExpr>(other); })]);
  return parts;
}

AffineMap ProgramBuilder::getMap(const Coords &coords) const {
  SmallVector<AffineExpr> exprs;
  for (ArrayRef<int64_t> parts : getParts(coords))
    for (int64_t dim : parts)
      exprs.push_back(getAffineDimExpr(dim, rewriter.getContext()));
  return AffineMap::get(dims.size(), 0, exprs, rewriter.getContext());
}

Value ProgramBuilder::toProgram(Value tensor, const Coords &coords) {
  auto type = cast<RankedTensorType>(tensor.getType());
  SmallVector<ReassociationIndices> groups;
  SmallVector<int64_t> shape;
  SmallVector<OpFoldResult> sizes;
  llvm::SmallBitVector isUnit;
  for (auto [position, parts] : llvm::enumerate(getParts(coords))) {
    groups.emplace_back();
    int64_t below = 1;
    for (unsigned part = 1; part < parts.size(); ++part)
      below *= dims[parts[part]].size;
    for (unsigned part = 0; part < std::max<size_t>(1, parts.size()); ++part) {
      groups.back().push_back(shape.size());
      isUnit.push_back(parts.empty());
      if (part > 0) {
        shape.push_back(dims[parts[part]].size);
        sizes.push_back(rewriter.getIndexAttr(shape.back()));
        continue;
      }
      int64_t size = type.getDimSize(position);
      shape.push_back(ShapedType::isDynamic(size) ? size : size / below);
      OpFoldResult whole =
          tensor::getMixedSize(rewriter, loc, tensor, position);
      if (auto value = dyn_cast<Value>(whole); value && below > 1)
        whole = arith::DivUIOp::create(
                    rewriter, loc, value,
                    arith::ConstantIndexOp::create(rewriter, loc, below))
                    .getResult();
      sizes.push_back(ShapedType::isDynamic(size)
                          ? whole
                          : rewriter.getIndexAttr(shape.back()));
    }
  }
  if (shape.size() > static_cast<size_t>(type.getRank()))
    tensor = tensor::ExpandShapeOp::create(
        rewriter, loc,
        RankedTensorType::get(shape, type.getElementType(), type.getEncoding()),
        tensor, groups, sizes);
  if (isUnit.any())
    tensor = tensor::dropGivenUnitDims(rewriter, loc, tensor, isUnit);
  return tensor;
}

Value ProgramBuilder::fromProgram(Value tensor, const Coords &coords,
                                  RankedTensorType type) {
  SmallVector<ReassociationIndices> merged, units;
  unsigned next = 0;
  bool merges = false, hasUnits = false;
  SmallVector<SmallVector<int64_t>> parts = getParts(coords);
  for (auto [position, ofDim] : llvm::enumerate(parts)) {
    unsigned numParts = ofDim.size();
    merges |= numParts > 1;
    hasUnits |= numParts == 0;
    if (numParts > 0) {
      // Leading dims of size 1 go with the first other one.
      if (units.empty() || !merged.empty())
        units.emplace_back();
      merged.emplace_back();
      for (unsigned part = 0; part < numParts; ++part)
        merged.back().push_back(next++);
    } else if (units.empty()) {
      units.emplace_back();
    }
    units.back().push_back(position);
  }
  if (merges)
    tensor = tensor::CollapseShapeOp::create(rewriter, loc, tensor, merged);
  if (hasUnits) {
    if (merged.empty())
      units.clear();
    SmallVector<OpFoldResult> sizes;
    unsigned source = 0;
    for (ArrayRef<int64_t> ofDim : parts)
      sizes.push_back(ofDim.empty() ? rewriter.getIndexAttr(1)
                                    : tensor::getMixedSize(rewriter, loc,
                                                           tensor, source++));
    SmallVector<int64_t> shape;
    SmallVector<Value> dynamic;
    dispatchIndexOpFoldResults(sizes, dynamic, shape);
    tensor = tensor::ExpandShapeOp::create(
        rewriter, loc,
        RankedTensorType::get(shape, type.getElementType(), type.getEncoding()),
        tensor, units, sizes);
  }
  if (tensor.getType() != type)
    tensor = tensor::CastOp::create(rewriter, loc, type, tensor);
  return tensor;
}

void ProgramBuilder::addInputs() {
  auto insert = [&](Value value, Coords coords) {
    for (const Access &input : inputs)
      if (input.tensor == value && input.coords == coords)
        return;
    operands.push_back(isa<RankedTensorType>(value.getType())
                           ? toProgram(value, coords)
                           : value);
    maps.push_back(getMap(coords));
    inputs.push_back({value, coords});
  };
  for (const Member &member : group.getMembers())
    for (const Read &read : member.fusible.getReads()) {
      if (read.isInit || group.getCoords(read.value))
        continue;
      if (Splat splat = getSplat(read.value)) {
        if (splat.value)
          insert(splat.value, {});
      } else {
        insert(read.value, member.apply(read.map));
      }
    }
}

Value ProgramBuilder::getInput(const Member &member, const Read &read,
                               OpBuilder &body, ValueRange arguments) {
  Value value = read.value;
  Coords coords = member.apply(read.map);
  if (Splat splat = getSplat(value)) {
    if (splat.constant)
      return arith::ConstantOp::create(body, value.getLoc(), splat.constant);
    value = splat.value;
    coords.clear();
  }
  const auto *input = llvm::find_if(inputs, [&](const Access &input) {
    return input.tensor == value && input.coords == coords;
  });
  return arguments[input - inputs.begin()];
}

OpFoldResult ProgramBuilder::getSize(int64_t dim) {
  if (!ShapedType::isDynamic(dims[dim].size))
    return rewriter.getIndexAttr(dims[dim].size);
  for (auto [operand, map] : llvm::zip_equal(operands, maps))
    for (auto [position, expr] : llvm::enumerate(map.getResults()))
      if (cast<AffineDimExpr>(expr).getPosition() == dim)
        return tensor::getMixedSize(rewriter, loc, operand, position);
  llvm_unreachable("checked when members were added");
}

/// Whether a value is there before the program, and none of what it replaces.
bool ProgramBuilder::isAvailable(Value value) const {
  Operation *producer = value.getDefiningOp();
  return !producer || (!group.contains(producer) &&
                       !llvm::is_contained(dependents, producer));
}

/// An input at the same positions and of the same type as the output that
/// nobody reads any more: the output may take its place.
Value ProgramBuilder::findDeadInput(OpResult output, const Coords &coords) {
  for (auto [index, input] : llvm::enumerate(inputs)) {
    Value operand = operands[index];
    if (input.coords != coords || input.tensor.getType() != output.getType() ||
        llvm::is_contained(inits, operand))
      continue;
    // What another operation made for this purpose alone, and what is read at
    // no other positions.
    Value tensor = input.tensor;
    if (llvm::count_if(inputs, [&](const Access &other) {
          return other.tensor == tensor;
        }) > 1)
      continue;
    auto isReadHereAlone = [&](Value value) {
      return llvm::all_of(value.getUsers(), [&](Operation *user) {
        return group.contains(user) || user == operand.getDefiningOp();
      });
    };
    bool isDead = isReadHereAlone(tensor);
    while (isDead && tensor.getDefiningOp() &&
           isReshape(tensor.getDefiningOp())) {
      tensor = tensor.getDefiningOp()->getOperand(0);
      isDead = tensor.hasOneUse();
    }
    Operation *producer = tensor.getDefiningOp();
    if (isDead && isa_and_nonnull<DestinationStyleOpInterface>(producer) &&
        producer->getBlock() == output.getOwner()->getBlock())
      return operand;
  }
  return {};
}

Value ProgramBuilder::getInit(OpResult output, const Coords &coords) {
  Operation *op = output.getOwner();
  Value init;
  if (auto destinationStyle = dyn_cast<DestinationStyleOpInterface>(op))
    init = destinationStyle.getTiedOpOperand(output)->get();
  if (auto program = dyn_cast<GenericOp>(op);
      program && program.isAccumulator(output.getResultNumber()))
    return toProgram(init, coords);
  if (init)
    if (auto fill = init.getDefiningOp<linalg::FillOp>())
      init = fill.output();
  bool isEmpty = !init || init.getDefiningOp<tensor::EmptyOp>();
  if (isEmpty)
    if (Value dead = findDeadInput(output, coords))
      return dead;
  if (init && isAvailable(init))
    return toProgram(init, coords);
  SmallVector<OpFoldResult> sizes;
  for (ArrayRef<int64_t> parts : getParts(coords))
    for (int64_t dim : parts)
      sizes.push_back(getSize(dim));
  return tensor::EmptyOp::create(rewriter, loc, sizes,
                                 getElementTypeOrSelf(output.getType()));
}

void ProgramBuilder::addOutputs() {
  outputs = group.getOutputs();
  for (OpResult output : outputs) {
    Coords coords = *group.getCoords(output);
    inits.push_back(getInit(output, coords));
    outputMaps.push_back(getMap(coords));
  }
}

GenericOp ProgramBuilder::build() {
  rewriter.setInsertionPointAfter(group.getMembers().back().getOperation());
  addInputs();
  addOutputs();
  llvm::append_range(maps, outputMaps);
  auto program = GenericOp::create(
      rewriter, loc, operands, inits, maps, normalizedDims,
      [&](OpBuilder &body, Location, ValueRange arguments) {
        auto getArgument = [&](const Member &member, const Read &read) {
          return getInput(member, read, body, arguments);
        };
        BodyBuilder elements(body, group, dims, normalizedDims, getArgument);
        for (const Member &member : group.getMembers())
          elements.add(member);
        YieldOp::create(body, loc,
                        llvm::map_to_vector(outputs, [&](Value output) {
                          return elements.lookup(output);
                        }));
      });
  for (const Member &member : group.getMembers())
    if (member.fusible.isProgram())
      program->setDiscardableAttrs(
          member.getOperation()->getDiscardableAttrDictionary());
  replace(program);
  return program;
}

/// Erases an operation and the reshapes of its results that are left.
static void eraseWithReshapes(RewriterBase &rewriter, Operation *op) {
  for (Operation *user :
       llvm::make_early_inc_range(llvm::to_vector(op->getUsers())))
    if (isReshape(user))
      eraseWithReshapes(rewriter, user);
  rewriter.eraseOp(op);
}

void ProgramBuilder::replace(GenericOp program) {
  Operation *next = nullptr;
  for (auto [output, result] :
       llvm::zip_equal(outputs, program->getResults())) {
    Value replacement = fromProgram(result, *group.getCoords(output),
                                    cast<RankedTensorType>(output.getType()));
    rewriter.replaceAllUsesWith(output, replacement);
  }
  next = &*rewriter.getInsertionPoint();
  for (Operation *dependent : dependents)
    rewriter.moveOpBefore(dependent, next);
  for (const Member &member : llvm::reverse(group.getMembers()))
    eraseWithReshapes(rewriter, member.getOperation());
}

GenericOp fuse::build(RewriterBase &rewriter, const Group &group) {
  return ProgramBuilder(rewriter, group).build();
}
