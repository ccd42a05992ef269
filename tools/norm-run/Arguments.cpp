// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Arguments.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::norm;

namespace {

llvm::Error atArgument(unsigned index, const Twine &message) {
  return llvm::createStringError("argument " + Twine(index) + ": " + message);
}

bool fits(ArrayRef<int64_t> shape, const ValueSpec &spec) {
  return shape.size() == spec.shape.size() &&
         llvm::all_of(llvm::zip_equal(shape, spec.shape), [](auto sizes) {
           auto [size, wanted] = sizes;
           return ShapedType::isDynamic(wanted) || size == wanted;
         });
}

/// splitmix64 (Steele, Lea and Flood, 2014): the same numbers everywhere.
class Random {
public:
  explicit Random(uint64_t seed) : state(seed) {}

  uint64_t next() {
    uint64_t bits = state += 0x9e3779b97f4a7c15;
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
    return bits ^ (bits >> 31);
  }
  /// In [0, 1).
  double nextUniform() { return double(next() >> 11) * 0x1p-53; }

private:
  uint64_t state;
};

/// Data of mean 1.25 and variance 3; parameters, which may be variances or
/// epsilons, are positive.
double drawElement(Random &random, ElementKind kind, unsigned rank) {
  if (!isFloat(kind))
    return double(random.next() % (kind == ElementKind::I1 ? 2 : 8));
  if (rank < 2)
    return 0.5 + random.nextUniform();
  double sum = 0;
  for (int i = 0; i < 4; ++i)
    sum += random.nextUniform() - 0.5;
  return 1.25 + 3 * sum;
}

llvm::Expected<HostArray> makeSeeded(const ValueSpec &spec,
                                     ArrayRef<int64_t> shape, uint64_t seed,
                                     unsigned index) {
  llvm::Expected<HostArray> array = HostArray::allocate(spec, shape);
  if (!array)
    return atArgument(index, llvm::toString(array.takeError()));
  Random random(seed * 0x100000001b3 + index);
  array->forEach([&](int64_t, char *element) {
    storeElement(spec.kind, element,
                 drawElement(random, spec.kind, shape.size()));
  });
  return array;
}

/// `INDEX:4x768`
llvm::Error parseShape(StringRef text, ArrayRef<ValueSpec> specs,
                       std::vector<std::optional<SmallVector<int64_t>>> &into) {
  auto [number, sizes] = text.split(':');
  unsigned index;
  if (!text.contains(':') || number.getAsInteger(10, index))
    return llvm::createStringError("--shape=" + text +
                                   ": INDEX:SIZExSIZE… expected");
  if (index >= specs.size())
    return llvm::createStringError(
        "--shape=" + text + ": the function takes " + Twine(specs.size()) +
        (specs.size() == 1 ? " argument" : " arguments"));
  SmallVector<int64_t> shape;
  for (StringRef size : llvm::split(sizes, 'x')) {
    uint64_t value;
    if (size.empty() && sizes.empty())
      break;
    if (size.getAsInteger(10, value) || value > uint64_t(INT64_MAX))
      return llvm::createStringError("--shape=" + text + ": '" + size +
                                     "' is not a size");
    shape.push_back(value);
  }
  if (!fits(shape, specs[index]))
    return llvm::createStringError("--shape=" + text + ": argument " +
                                   Twine(index) + " is " + specs[index].str());
  if (into[index])
    return llvm::createStringError("--shape=" + text + ": argument " +
                                   Twine(index) + " has a shape already");
  into[index] = std::move(shape);
  return llvm::Error::success();
}

} // namespace

llvm::Expected<SmallVector<ValueSpec>> norm::getSpecs(ArrayRef<Type> types,
                                                      StringRef what) {
  SmallVector<ValueSpec> specs;
  for (auto [index, type] : llvm::enumerate(types)) {
    llvm::Expected<ValueSpec> spec = ValueSpec::get(type);
    if (!spec)
      return llvm::createStringError(what + " " + Twine(index) + ": " +
                                     llvm::toString(spec.takeError()));
    specs.push_back(std::move(*spec));
  }
  return specs;
}

llvm::Expected<HostArray> norm::readValue(StringRef path,
                                          const ValueSpec &spec) {
  llvm::Expected<NpyArray> file = readNpy(path);
  if (!file)
    return file.takeError();
  HostArray array = HostArray::fromNpy(std::move(*file));
  auto mismatch = [&](StringRef what) {
    return llvm::createStringError(path + " holds " + array.getTypeName() +
                                   " where " + spec.str() +
                                   " is expected: " + what + " differ");
  };
  if (!fits(array.getShape(), spec))
    return mismatch("shapes");
  bool isSame =
      array.getKind() == spec.kind ||
      (array.getKind() == ElementKind::I64 && spec.kind == ElementKind::Index);
  if (!isSame && !(array.getKind() == ElementKind::F32 && isFloat(spec.kind)))
    return mismatch("element types");
  return array.convert(spec);
}

llvm::Expected<SmallVector<HostArray>>
norm::makeArguments(ArrayRef<ValueSpec> specs, const ArgumentOptions &options) {
  if (!options.files.empty() && options.files.size() != specs.size())
    return llvm::createStringError(
        Twine(options.files.size()) +
        (options.files.size() == 1 ? " input" : " inputs") +
        " where the function takes " + Twine(specs.size()) +
        (specs.size() == 1 ? " argument" : " arguments") +
        " (--input= seeds one)");
  std::vector<std::optional<SmallVector<int64_t>>> shapes(specs.size());
  for (const std::string &shape : options.shapes)
    if (llvm::Error error = parseShape(shape, specs, shapes))
      return error;
  SmallVector<HostArray> arguments;
  for (auto [index, spec] : llvm::enumerate(specs)) {
    bool isFromFile = !options.files.empty() && !options.files[index].empty();
    if (isFromFile && shapes[index])
      return atArgument(index, "--shape beside a file, which has one");
    if (!isFromFile && !shapes[index] && spec.hasDynamicSizes())
      return atArgument(index, spec.str() +
                                   " has dynamic sizes: give it a file by "
                                   "--input, or sizes by --shape=" +
                                   Twine(index) + ":SIZExSIZE…");
    llvm::Expected<HostArray> value =
        isFromFile
            ? readValue(options.files[index], spec)
            : makeSeeded(spec, shapes[index] ? *shapes[index] : spec.shape,
                         options.seed, index);
    if (!value)
      return isFromFile ? atArgument(index, llvm::toString(value.takeError()))
                        : value.takeError();
    arguments.push_back(std::move(*value));
  }
  return arguments;
}
