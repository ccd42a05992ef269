// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// norm-fuse: operations that are to become one row program, and where the
// loops of each stand in it.

#include "Fuse.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::norm;
using namespace mlir::norm::fuse;

//===----------------------------------------------------------------------===//
// Coordinates
//===----------------------------------------------------------------------===//

Coords Member::apply(AffineMap map) const {
  return llvm::map_to_vector(map.getResults(), [&](AffineExpr expr) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    return dim ? loops[dim.getPosition()] : expr;
  });
}

Value Group::stripReshapes(Value tensor) {
  while (Operation *op = tensor.getDefiningOp()) {
    if (!isReshape(op))
      break;
    tensor = op->getOperand(0);
  }
  return tensor;
}

/// The coordinates of a reshape's result where those of its source are given,
/// or, backwards, the other way round.
std::optional<Coords> Group::follow(Operation *reshape, const Coords &coords,
                                    bool backwards) const {
  if (isa<tensor::CastOp>(reshape))
    return coords;
  auto shapeOf = [](Value value) {
    return cast<RankedTensorType>(value.getType()).getShape();
  };
  ArrayRef<int64_t> from = shapeOf(reshape->getOperand(0)),
                    to = shapeOf(reshape->getResult(0));
  if (backwards)
    std::swap(from, to);
  auto expand = dyn_cast<tensor::ExpandShapeOp>(reshape);
  SmallVector<ReassociationIndices> groups =
      expand ? expand.getReassociationIndices()
             : cast<tensor::CollapseShapeOp>(reshape).getReassociationIndices();
  return space.reassociate(coords, from, to, groups,
                           /*isFromWide=*/(expand != nullptr) == backwards);
}

std::optional<Coords> Group::getCoords(Value tensor) const {
  Operation *op = tensor.getDefiningOp();
  if (!op)
    return std::nullopt;
  if (auto position = positions.find(op); position != positions.end()) {
    const Member &member = members[position->second];
    return member.apply(
        member.fusible.getResultMap(cast<OpResult>(tensor).getResultNumber()));
  }
  if (!isReshape(op))
    return std::nullopt;
  std::optional<Coords> source = getCoords(op->getOperand(0));
  return source ? follow(op, *source, /*backwards=*/false) : std::nullopt;
}

/// Sets loops so that a map gives the coordinates; false if it cannot.
static bool bind(AffineMap map, const Coords &coords, Coords &loops) {
  for (auto [expr, coord] : llvm::zip_equal(map.getResults(), coords)) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    AffineExpr known = dim ? loops[dim.getPosition()] : expr;
    if (known && known != coord)
      return false;
    if (!known)
      loops[dim.getPosition()] = coord;
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Placing
//===----------------------------------------------------------------------===//

Group::Group(const FusibleOp &seed) : space(seed.getOperation()->getContext()) {
  Member member{seed, {}};
  for (auto [loop, size] : llvm::enumerate(seed.getLoopSizes())) {
    if (size.constant == 1) {
      member.loops.push_back(
          getAffineConstantExpr(0, seed.getOperation()->getContext()));
      continue;
    }
    if (seed.isCombined(loop))
      normalized.insert(space.getNumVariables());
    member.loops.push_back(space.newIndex(size));
  }
  loops = member.loops;
  insert(std::move(member));
}

/// Binds the loops by which the operation reads what members compute, and
/// writes what they read.
bool Group::bindToMembers(const FusibleOp &fusible, Coords &loops,
                          std::string &why) const {
  for (const Read &read : fusible.getReads())
    if (std::optional<Coords> coords = getCoords(read.value))
      if (read.isInit || !bind(read.map, *coords, loops)) {
        why = "it reads a result at other positions than it is computed for";
        return false;
      }
  for (const Member &member : members)
    for (const Read &read : member.fusible.getReads()) {
      Value tensor = read.value;
      if (stripReshapes(tensor).getDefiningOp() != fusible.getOperation())
        continue;
      std::optional<Coords> coords = member.apply(read.map);
      while (coords && tensor.getDefiningOp() != fusible.getOperation()) {
        coords = follow(tensor.getDefiningOp(), *coords, /*backwards=*/true);
        tensor = tensor.getDefiningOp()->getOperand(0);
      }
      if (!coords) {
        why = "the reshape between cannot be followed";
        return false;
      }
      unsigned number = cast<OpResult>(tensor).getResultNumber();
      if (fusible.isAccumulator(number)) {
        why = "it sums over rows, which must be complete before it is used";
        return false;
      }
      if (!bind(fusible.getResultMap(number), *coords, loops)) {
        why = "its result is read at several positions";
        return false;
      }
    }
  return true;
}

/// Binds further loops by what is read by members too.
bool Group::bindToSharedInputs(const FusibleOp &fusible, Coords &loops) const {
  for (const Access &input : getInputs())
    for (const Read &read : fusible.getReads()) {
      Coords bound = loops;
      if (read.value == input.tensor && bind(read.map, input.coords, bound))
        loops = bound;
    }
  return llvm::all_of(loops, [](AffineExpr loop) { return bool(loop); });
}

/// Binds further loops to parts of rows that are as long and not bound yet.
bool Group::bindBySize(const FusibleOp &fusible, Coords &loops) const {
  for (auto [loop, coord] : llvm::enumerate(loops)) {
    if (coord)
      continue;
    for (unsigned variable : normalized) {
      AffineExpr index = space.getIndex(variable);
      if (space.getSize(variable) == fusible.getLoopSizes()[loop] &&
          !llvm::is_contained(loops, index)) {
        coord = index;
        break;
      }
    }
    if (!coord)
      return false;
  }
  return true;
}

std::optional<Coords> Group::place(const FusibleOp &fusible, std::string &why) {
  Coords loops(fusible.getNumLoops());
  for (auto [loop, size] : llvm::zip_equal(loops, fusible.getLoopSizes()))
    if (size.constant == 1)
      loop = getAffineConstantExpr(0, fusible.getOperation()->getContext());
  if (!bindToMembers(fusible, loops, why))
    return std::nullopt;
  if (bindToSharedInputs(fusible, loops) || bindBySize(fusible, loops))
    return loops;
  for (auto [loop, coord] : llvm::enumerate(loops))
    if (!coord && fusible.isCombined(loop)) {
      why = "it combines along rows of another length";
      return std::nullopt;
    }
  why = "it has more rows, each of which would compute the same again";
  return std::nullopt;
}

bool Group::add(const FusibleOp &fusible, std::string &why) {
  std::optional<Coords> loops = place(fusible, why);
  if (!loops)
    return false;
  Member member{fusible, *loops};
  llvm::SmallSetVector<unsigned, 4> before = normalized;
  if (normalized.empty())
    for (int64_t loop : fusible.getCombinedLoops())
      if (auto variable = dyn_cast<AffineDimExpr>((*loops)[loop]))
        normalized.insert(variable.getPosition());
  std::optional<ProgramDims> dims = findDims();
  unsigned lanes = rankLanes(*dims);
  insert(member);
  bool canAdd = check(member, why);
  if (canAdd && rankLanes(getDims()) < lanes) {
    why = "its elements lie in another order in memory";
    canAdd = false;
  }
  if (canAdd)
    return true;
  remove(fusible.getOperation());
  normalized = before;
  return false;
}

void Group::insert(Member member) {
  auto *position = llvm::find_if(members, [&](const Member &other) {
    return member.getOperation()->isBeforeInBlock(other.getOperation());
  });
  members.insert(position, std::move(member));
  for (auto [index, other] : llvm::enumerate(members))
    positions[other.getOperation()] = index;
}

void Group::remove(Operation *op) {
  members.erase(members.begin() + positions.at(op));
  positions.erase(op);
  for (auto [index, other] : llvm::enumerate(members))
    positions[other.getOperation()] = index;
}

//===----------------------------------------------------------------------===//
// What goes in and out
//===----------------------------------------------------------------------===//

SmallVector<Access> Group::getInputs() const {
  SmallVector<Access> inputs;
  for (const Member &member : members)
    for (const Read &read : member.fusible.getReads()) {
      if (!isa<RankedTensorType>(read.value.getType()) ||
          getCoords(read.value) || getSplat(read.value))
        continue;
      Access access{read.value, member.apply(read.map)};
      if (llvm::none_of(inputs, [&](const Access &other) {
            return other.tensor == access.tensor &&
                   other.coords == access.coords;
          }))
        inputs.push_back(std::move(access));
    }
  return inputs;
}

/// Whether somebody needs the tensor in memory once the group is one program.
static bool isUsedOutside(Value tensor, const Group &group,
                          ArrayRef<Member> members) {
  return llvm::any_of(tensor.getUses(), [&](OpOperand &use) {
    Operation *user = use.getOwner();
    if (group.contains(user))
      return false;
    return !isReshape(user) ||
           user->getBlock() != members.front().getOperation()->getBlock() ||
           isUsedOutside(user->getResult(0), group, members);
  });
}

SmallVector<OpResult> Group::getOutputs() const {
  SmallVector<OpResult> outputs;
  for (const Member &member : members)
    for (OpResult result : member.getOperation()->getResults())
      if (isUsedOutside(result, *this, members))
        outputs.push_back(result);
  return outputs;
}

SmallVector<Operation *> Group::getNeighbours() const {
  llvm::SmallSetVector<Operation *, 8> neighbours;
  Block *block = members.front().getOperation()->getBlock();
  auto insert = [&](Operation *op) {
    if (op && op->getBlock() == block && !contains(op))
      neighbours.insert(op);
  };
  for (const Member &member : members) {
    for (const Read &read : member.fusible.getReads())
      insert(stripReshapes(read.value).getDefiningOp());
    SmallVector<Value> results(member.getOperation()->getResults());
    for (unsigned next = 0; next < results.size(); ++next)
      for (Operation *user : results[next].getUsers()) {
        if (isReshape(user))
          results.push_back(user->getResult(0));
        else
          insert(user);
      }
  }
  // Norms and reductions of what is read here already.
  for (const Access &input : getInputs())
    if (llvm::any_of(input.coords, [&](AffineExpr coord) {
          auto variable = dyn_cast<AffineDimExpr>(coord);
          return variable && !isNormalized(variable.getPosition());
        }))
      for (Operation *user : input.tensor.getUsers()) {
        auto linalgOp = dyn_cast<linalg::LinalgOp>(user);
        if (isa<GenericOp>(user) ||
            (linalgOp && linalgOp.getNumReductionLoops() > 0))
          insert(user);
      }
  SmallVector<Operation *> sorted = neighbours.takeVector();
  llvm::sort(sorted,
             [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  return sorted;
}

std::optional<SmallVector<Operation *>>
Group::getDependents(std::string &why) const {
  SmallVector<Operation *> dependents;
  // Reshapes of what members compute are no obstacle to members.
  llvm::SmallDenseSet<Operation *> reshapes, others;
  Operation *last = members.back().getOperation();
  for (Operation *op = members.front().getOperation(); op != last;) {
    op = op->getNextNode();
    if (contains(op)) {
      for (const Read &read :
           members[positions.lookup(op)].fusible.getReads()) {
        Operation *producer = read.value.getDefiningOp();
        if (others.contains(producer)) {
          why = (producer->getName().getStringRef() +
                 " between needs a result of the one for the other")
                    .str();
          return std::nullopt;
        }
        if (reshapes.contains(producer) && !getCoords(read.value)) {
          why = "the reshape between cannot be followed";
          return std::nullopt;
        }
      }
      continue;
    }
    auto dependsOnMembers = [&](Value value) {
      Operation *producer = value.getDefiningOp();
      return producer && (contains(producer) || reshapes.contains(producer) ||
                          others.contains(producer));
    };
    bool depends =
        op->walk([&](Operation *nested) {
            return llvm::any_of(nested->getOperands(), dependsOnMembers)
                       ? WalkResult::interrupt()
                       : WalkResult::advance();
          }).wasInterrupted();
    if (!depends)
      continue;
    if (!isMemoryEffectFree(op)) {
      why = (op->getName().getStringRef() +
             " between uses a result and has side effects")
                .str();
      return std::nullopt;
    }
    Operation *source =
        isReshape(op) ? op->getOperand(0).getDefiningOp() : nullptr;
    bool isOfMember = source && (contains(source) || reshapes.contains(source));
    (isOfMember ? reshapes : others).insert(op);
    dependents.push_back(op);
  }
  return dependents;
}
