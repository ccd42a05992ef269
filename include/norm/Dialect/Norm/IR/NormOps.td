#ifndef NORM_DIALECT_NORM_IR_NORMOPS_TD
#define NORM_DIALECT_NORM_IR_NORMOPS_TD

include "norm/Dialect/Norm/IR/NormNamedOps.td"
include "norm/Dialect/Norm/IR/NormRowProgram.td"
include "norm/Dialect/Norm/IR/NormStatistics.td"

#endif // NORM_DIALECT_NORM_IR_NORMOPS_TD
