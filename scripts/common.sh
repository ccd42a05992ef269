# Shared by the scripts of this folder, which source it: paths, messages, packages, the build.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Which LLVM to build with. What is not the default has a build folder of its own; formatting and linting stay.
llvm=${NORM_LLVM_VERSION:-22}
build=$root/build/release
[[ $llvm == 22 ]] || build=$root/build/release-llvm$llvm

step() { printf '==> %s\n' "$*"; }
die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

build_packages=(cmake ninja-build g++ "libmlir-$llvm-dev" "mlir-$llvm-tools" "llvm-$llvm-dev" "llvm-$llvm-tools"
                "libomp-$llvm-dev" python3 python3-numpy libgtest-dev)
emulator_packages=(qemu-user gcc-12-aarch64-linux-gnu libc6-dev-arm64-cross)
# pip fetches ptxas.
cuda_packages=(python3-pip)
packaging_packages=(clang-22 dpkg-dev)
style_packages=(git clang-format-22)
tidy_packages=(clang-22 clang-tidy-22)

# Says which of the given packages Debian's package manager does not have installed.
missing_packages() {
  local installed
  installed=$(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
  local package
  for package in "$@"; do
    grep -qxF "installed $package" <<<"$installed" || echo "$package"
  done
}

# Installs the given packages where they are missing; touches nothing when all are there.
install_packages() {
  if ! command -v dpkg-query >/dev/null; then
    step "Not a Debian system: $* or their equivalents are taken to be there"
    return
  fi
  local missing
  mapfile -t missing < <(missing_packages "$@")
  if [[ ${#missing[@]} -eq 0 ]]; then
    step "Packages: all there"
    return
  fi
  [[ $EUID -eq 0 ]] || die "run as root: apt-get install --no-install-recommends ${missing[*]}"
  step "Installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq || step "apt-get update reported errors; trying with what it has"
  require_candidates "${missing[@]}"
  apt-get install -qq -y --no-install-recommends "${missing[@]}" </dev/null ||
    die "apt-get could not install ${missing[*]}"
}

# Fails with advice when apt does not know one of the given packages.
require_candidates() {
  local package policy unknown=()
  for package in "$@"; do
    policy=$(apt-cache policy "$package" 2>/dev/null || true)
    [[ $policy =~ Candidate:\ [^\(] ]] || unknown+=("$package")
  done
  [[ ${#unknown[@]} -eq 0 ]] && return
  if [[ "${unknown[*]}" == *-22* ]]; then
    echo "LLVM and MLIR 22 are in the security suite of Debian 12: 'bookworm-security main' must be among the" \
         "sources of apt. Elsewhere, build with an MLIR of your own: cmake --preset release -DMLIR_DIR=..." >&2
  fi
  die "apt has no package ${unknown[*]}"
}

# How many compilers fit: one a core, with the 1.5 GB that each may need.
parallel_jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable:/ { print int($2 / 1500000) }' /proc/meminfo)
  echo $((memory < 1 ? 1 : memory < cores ? memory : cores))
}

# Configures the release preset and builds the given targets, or everything.
build_release() {
  # Warnings are errors with the compilers for which there are to be none: g++ 12 and clang 22.
  local werror=OFF
  [[ $("${CXX:-c++}" -dumpversion) =~ ^(12|22)(\.|$) ]] && werror=ON
  step "Configuring in ${build#"$root"/}"
  (cd "$root" && cmake --preset release -B "$build" -DNORM_WERROR=$werror \
    -DNORM_DEBIAN_LLVM_PREFIX="/usr/lib/llvm-$llvm" >/dev/null) || die "the configuration failed"
  step "Building"
  cmake --build "$build" --parallel "$(parallel_jobs)" --target "${@:-all}" || die "the build failed"
}
