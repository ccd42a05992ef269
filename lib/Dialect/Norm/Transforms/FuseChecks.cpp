// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// norm-fuse: which operations may join a group, and for which that pays.

#include "Fuse.h"
#include "norm/Analysis/RowCost.h"

using namespace mlir;
using namespace mlir::norm;
using namespace mlir::norm::fuse;

//===----------------------------------------------------------------------===//
// Dims
//===----------------------------------------------------------------------===//

std::optional<ProgramDims> ProgramDims::get(const IndexSpace &space,
                                            ArrayRef<AffineExpr> loops,
                                            ArrayRef<AffineExpr> coords,
                                            bool withUnits) {
  // Where each variable is cut: the places of its digits, as products of what
  // stands below.
  SmallVector<llvm::SmallSetVector<int64_t, 4>> cuts(space.getNumVariables());
  for (AffineExpr coord : coords) {
    std::optional<IndexDigits> digits = space.getDigits(coord);
    if (!digits)
      return std::nullopt;
    for (const IndexDigit &digit : *digits) {
      cuts[digit.variable].insert(digit.divisor);
      if (!ShapedType::isDynamic(digit.size))
        cuts[digit.variable].insert(digit.divisor * digit.size);
    }
  }
  ProgramDims dims(space);
  for (AffineExpr loop : loops) {
    auto index = dyn_cast<AffineDimExpr>(loop);
    if (!index) {
      if (withUnits)
        dims.digits.push_back({noVariable, 1, 1});
      continue;
    }
    unsigned variable = index.getPosition();
    SmallVector<int64_t> sorted = cuts[variable].takeVector();
    llvm::sort(sorted, std::greater<int64_t>());
    int64_t size = space.getSize(variable).constant;
    // Of no indices nothing is cut off.
    if (size == 0) {
      dims.digits.push_back({variable, 1, 0});
      continue;
    }
    if (ShapedType::isDynamic(size) && !sorted.empty())
      dims.digits.push_back({variable, sorted.front(), size});
    for (unsigned next = 1; next < sorted.size(); ++next) {
      int64_t above = sorted[next - 1], below = sorted[next];
      if (above % below != 0)
        return std::nullopt;
      dims.digits.push_back({variable, below, above / below});
    }
  }
  return dims;
}

SmallVector<int64_t> ProgramDims::of(AffineExpr coord) const {
  SmallVector<int64_t> dims;
  IndexDigits ofCoord = *space->getDigits(coord);
  for (const IndexDigit &digit : ofCoord)
    for (auto [dim, part] : llvm::enumerate(digits)) {
      bool isInside = part.variable == digit.variable &&
                      part.divisor >= digit.divisor &&
                      (ShapedType::isDynamic(digit.size) || digit.size == 0 ||
                       part.divisor < digit.divisor * digit.size);
      if (isInside)
        dims.push_back(dim);
    }
  return dims;
}

SmallVector<int64_t> ProgramDims::of(ArrayRef<AffineExpr> coords) const {
  SmallVector<int64_t> dims;
  for (AffineExpr coord : coords)
    llvm::append_range(dims, of(coord));
  return dims;
}

std::optional<ProgramDims> Group::findDims(bool withUnits) const {
  SmallVector<AffineExpr> coords;
  for (const Member &member : members)
    llvm::append_range(coords, member.loops);
  return ProgramDims::get(space, loops, coords, withUnits);
}

ProgramDims Group::getDims(bool withUnits) const {
  return *findDims(withUnits);
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

/// Whether no dim occurs twice.
static bool isProjectedPermutation(ArrayRef<int64_t> dims) {
  llvm::SmallDenseSet<int64_t> seen;
  return llvm::all_of(dims,
                      [&](int64_t dim) { return seen.insert(dim).second; });
}

bool Group::check(const Member &added, std::string &why) const {
  std::optional<ProgramDims> dims = findDims();
  if (!dims) {
    why = "the parts into which reshapes cut rows do not nest";
    return false;
  }
  if (!isProjectedPermutation(dims->of(added.loops))) {
    why = "two of its loops would run along one dim";
    return false;
  }
  for (int64_t loop : added.fusible.getCombinedLoops())
    for (int64_t dim : dims->of(added.loops[loop]))
      if (!isNormalized((*dims)[dim].variable)) {
        why = "it combines across rows";
        return false;
      }
  return checkRows(added, *dims, why) && checkSizes(*dims, why) &&
         checkCost(added, *dims, why) && getDependents(why).has_value();
}

/// Sizes come from what is read, and each dim is one of an operand's.
bool Group::checkSizes(const ProgramDims &dims, std::string &why) const {
  llvm::SmallBitVector known(dims.size()), accessed(dims.size());
  for (unsigned dim = 0; dim < dims.size(); ++dim)
    if (!ShapedType::isDynamic(dims[dim].size))
      known.set(dim);
  for (const Access &input : getInputs())
    for (int64_t dim : dims.of(input.coords)) {
      known.set(dim);
      accessed.set(dim);
    }
  if (!known.all()) {
    why = "nothing that is read has its size";
    return false;
  }
  for (OpResult output : getOutputs())
    for (int64_t dim : dims.of(*getCoords(output)))
      accessed.set(dim);
  if (accessed.all())
    return true;
  why = "no tensor that is read or written would have all of its dims";
  return false;
}

/// Everything that stays visible, and everything that combines, is there once
/// for each row.
bool Group::checkRows(const Member &added, const ProgramDims &dims,
                      std::string &why) const {
  auto hasAllRows = [&](const Coords &coords) {
    SmallVector<int64_t> present = dims.of(coords);
    for (unsigned dim = 0; dim < dims.size(); ++dim)
      if (!isNormalized(dims[dim].variable) &&
          !llvm::is_contained(present, int64_t(dim)))
        return false;
    return true;
  };
  bool sumsOverRows = false;
  for (OpResult result : added.getOperation()->getResults())
    sumsOverRows |= added.fusible.isAccumulator(result.getResultNumber());
  if ((added.fusible.hasCollectives() || sumsOverRows) &&
      !hasAllRows(added.loops)) {
    why = "it would be computed again for each row";
    return false;
  }
  for (OpResult result : getOutputs())
    if (result.getOwner() == added.getOperation() &&
        !added.fusible.isAccumulator(result.getResultNumber()) &&
        !hasAllRows(added.apply(
            added.fusible.getResultMap(result.getResultNumber())))) {
      why = "its result is needed elsewhere, and once for all rows";
      return false;
    }
  return true;
}

unsigned Group::getReadPhase(const Member &member,
                             ArrayRef<unsigned> phases) const {
  unsigned phase = 0;
  for (const Read &read : member.fusible.getReads()) {
    Operation *producer = stripReshapes(read.value).getDefiningOp();
    if (producer && contains(producer))
      phase = std::max(phase, phases[positions.lookup(producer)]);
  }
  return phase;
}

SmallVector<unsigned> Group::getPhases() const {
  SmallVector<unsigned> phases(members.size());
  for (auto [phase, member] : llvm::zip_equal(phases, members))
    phase = getReadPhase(member, phases) + member.fusible.getNumPhases();
  return phases;
}

/// The sweeps over the row, as bits, in which each member's elements are
/// computed: those of the collectives that they go into, and the last one for
/// outputs.
SmallVector<uint64_t> Group::getSweeps() const {
  SmallVector<unsigned> phases = getPhases();
  auto bit = [](unsigned phase) { return uint64_t(1) << std::min(phase, 63u); };
  SmallVector<uint64_t> sweeps(members.size());
  for (OpResult output : getOutputs())
    sweeps[positions.lookup(output.getOwner())] |=
        bit(*llvm::max_element(phases));
  for (unsigned user = members.size(); user-- > 0;) {
    const FusibleOp &fusible = members[user].fusible;
    uint64_t needed = sweeps[user];
    unsigned first = getReadPhase(members[user], phases);
    if (fusible.isProgram() && needed)
      for (unsigned phase = 0; phase < fusible.getNumPhases(); ++phase)
        needed |= bit(first + phase);
    else if (fusible.hasCollectives())
      needed = bit(first);
    for (const Read &read : fusible.getReads()) {
      Operation *producer = stripReshapes(read.value).getDefiningOp();
      if (producer && contains(producer))
        sweeps[positions.lookup(producer)] |= needed;
    }
  }
  return sweeps;
}

unsigned Group::getNumPhases() const {
  return *llvm::max_element(getPhases()) + 1;
}

unsigned fuse::getNumBytes(Type elementType) {
  return elementType.isIntOrFloat()
             ? llvm::divideCeil(elementType.getIntOrFloatBitWidth(), 8)
             : 8;
}

/// Whether a member's elements vary along rows, or from row to row.
static bool variesAlong(const Group &group, const ProgramDims &dims,
                        const Member &member, bool isAlongRow) {
  return llvm::any_of(dims.of(member.loops), [&](int64_t dim) {
    return group.isNormalized(dims[dim].variable) == isAlongRow;
  });
}

/// What is computed anew for each row must be next to nothing.
bool Group::checkCost(const Member &added, const ProgramDims &dims,
                      std::string &why) const {
  constexpr unsigned cheapWeight = 4;
  bool hasRowDims = false;
  for (unsigned dim = 0; dim < dims.size(); ++dim)
    hasRowDims |= !isNormalized(dims[dim].variable);
  if (hasRowDims && variesAlong(*this, dims, added, /*isAlongRow=*/true) &&
      !variesAlong(*this, dims, added, /*isAlongRow=*/false) &&
      added.fusible.getWeight() > cheapWeight) {
    why = "it would be computed again for each row";
    return false;
  }
  return checkSweeps(dims, why);
}

/// What is computed anew in each sweep must cost less time than its trip
/// through memory would: of all members, as each may make others repeat.
bool Group::checkSweeps(const ProgramDims &dims, std::string &why) const {
  for (auto [member, inSweeps] : llvm::zip_equal(members, getSweeps())) {
    unsigned sweeps = llvm::popcount(inSweeps);
    if (sweeps < 2 || !variesAlong(*this, dims, member, /*isAlongRow=*/true))
      continue;
    unsigned bytes = 0;
    for (Value result : member.getOperation()->getResults())
      if (!result.use_empty())
        bytes += 2 * getNumBytes(getElementTypeOrSelf(result.getType()));
    if ((sweeps - 1) * member.fusible.getWeight() <= operationsPerByte * bytes)
      continue;
    why = (member.getOperation()->getName().getStringRef() +
           " would be computed in each of " + Twine(sweeps) +
           " sweeps over the row, which takes longer than memory does")
              .str();
    return false;
  }
  return true;
}

unsigned Group::rankLanes(const ProgramDims &dims) const {
  SmallVector<SmallVector<int64_t>> accesses;
  for (const Access &input : getInputs())
    accesses.push_back(dims.of(input.coords));
  for (OpResult output : getOutputs())
    accesses.push_back(dims.of(*getCoords(output)));
  unsigned rank = 0;
  for (unsigned dim = 0; dim < dims.size(); ++dim) {
    bool isContiguous = llvm::all_of(accesses, [&](ArrayRef<int64_t> access) {
      return !llvm::is_contained(access, int64_t(dim)) ||
             access.back() == int64_t(dim);
    });
    bool isAccessed = llvm::any_of(accesses, [&](ArrayRef<int64_t> access) {
      return llvm::is_contained(access, int64_t(dim));
    });
    if (isContiguous && isAccessed)
      rank = std::max(rank, isNormalized(dims[dim].variable) ? 2u : 1u);
  }
  return rank;
}

bool Group::isWorthwhile() const {
  // What nobody uses is left for others to remove.
  if (members.size() < 2 || getOutputs().empty())
    return false;
  bool hasProgram = llvm::any_of(
      members, [](const Member &member) { return member.fusible.isProgram(); });
  bool hasCollectives = llvm::any_of(members, [](const Member &member) {
    return member.fusible.hasCollectives();
  });
  return hasProgram || (hasCollectives && rankLanes(getDims()) > 0);
}
