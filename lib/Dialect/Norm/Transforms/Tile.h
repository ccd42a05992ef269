// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_DIALECT_NORM_TRANSFORMS_TILE_H
#define NORM_LIB_DIALECT_NORM_TRANSFORMS_TILE_H

#include "TilingSpace.h"

namespace mlir::norm {

/// The part of a tensor or memref.
Value makeSlice(OpBuilder &builder, Location loc, Value value, const Box &box);

/// Gives a program one more input, the last, in place.
BlockArgument appendInput(GenericOp program, Value value, AffineMap map);

/// The operation on a tile, which cuts no dim that must be whole. `inits`, if
/// given, are the tile's inits; else they are slices like the other operands.
TilingResult makeTile(OpBuilder &builder, DestinationStyleOpInterface op,
                      const TilingSpace &space, const Box &tile,
                      ValueRange inits = {});

} // namespace mlir::norm

#endif // NORM_LIB_DIALECT_NORM_TRANSFORMS_TILE_H
