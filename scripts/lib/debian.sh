# SPDX-License-Identifier: Apache-2.0
# debian.sh: the Debian and Ubuntu packages that the build and the tests need. Sourced by scripts/setup.

packages=(
  g++ cmake ninja-build git ca-certificates            # build
  python3 python3-venv python3-dev                     # Python front ends
  libcli11-dev libfmt-dev nlohmann-json3-dev           # command line
  libflint-dev libmpfr-dev libgmp-dev libxxhash-dev    # oracle and proofs; Arb is added below
  libboost-dev                                         # analysis: headers of Boost.Math
  libgtest-dev pkg-config                              # tests; C programs find the installed library with it
)
test_packages=(zsh fish) # shells whose completion is tested

installed_version() { # PACKAGE: its version, or nothing
  dpkg-query -W -f '${db:Status-Status} ${Version}\n' "$1" 2>/dev/null | sed -n 's/^installed //p' || true
}

candidate_version() { # PACKAGE: the version that apt would install, or nothing when apt knows none
  apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: \([^(].*\)/\1/p' || true
}

at_least() { # VERSION MINIMUM: an empty VERSION is less than any
  [ -n "$1" ] && dpkg --compare-versions "$1" ge "$2"
}

needs_arb_package() { # Arb has a package of its own until FLINT 3, which contains it
  [ -z "$(installed_version libflint-arb-dev)" ] || return 1
  local flint
  flint=$(installed_version libflint-dev)
  ! at_least "${flint:-$(candidate_version libflint-dev)}" 3
}

missing_packages() { # names, one a line
  local present package
  present=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null | sed -n 's/^installed //p' || true)
  for package in "${packages[@]}"; do
    grep -qxF -- "$package" <<<"$present" || echo "$package"
  done
  if needs_arb_package; then echo libflint-arb-dev; fi
}

debian_packages() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    other_system
    return
  fi
  local missing as_root=()
  mapfile -t missing < <(missing_packages)
  if [ ${#missing[@]} -eq 0 ]; then
    done_step "present"
    return
  fi
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || fail "packages are missing, and only root may install them. Please run as root, then try again:" \
      "apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
    as_root=(sudo -n)
  fi
  install_packages "${as_root[@]}"
}

install_packages() { # [sudo -n]
  local apt=("$@" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=120) missing
  note "reading the package lists"
  logged "${apt[@]}" update
  mapfile -t missing < <(missing_packages) # again: the fresh lists say where Arb is
  # A system new enough to package the Highway we need saves fetching its source.
  if ! highway_installed && at_least "$(candidate_version libhwy-dev)" "$highway_minimum"; then missing+=(libhwy-dev); fi
  note "installing ${#missing[@]}"
  logged "${apt[@]}" --no-install-recommends install "${missing[@]}"
  done_step "installed"
}

other_system() { # not Debian: name what cannot be found, and let CMake complain about libraries
  local tool absent=()
  for tool in g++ cmake ninja git "${PYTHON:-python3}"; do
    command -v "$tool" >/dev/null || absent+=("$tool")
  done
  [ ${#absent[@]} -eq 0 ] || fail "please install: ${absent[*]}" \
    "and the development files of CLI11, fmt, nlohmann-json, Boost, FLINT with Arb, MPFR, GMP, GoogleTest and xxHash"
  done_step "no apt on this system: the libraries listed in scripts/lib/debian.sh are taken as installed"
}
