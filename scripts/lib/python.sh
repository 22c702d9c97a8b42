# SPDX-License-Identifier: Apache-2.0
# python.sh: .venv with the pinned packages of requirements/, from a wheel cache outside the clone. Sourced by scripts/setup.
#
# Every wheel is kept in the cache, so a second clone on the same machine needs no network. Packages come from wherever
# the caller's own pip configuration says; to choose another source of PyTorch, for example one without CUDA, set it there.

python_minimum=3.10 # PyTorch's own minimum

python_version() { # PYTHON: "3.11", or nothing when it does not run
  "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || true
}

virtual_environment() { # makes .venv unless a working one is there
  local version stamp=$venv/.made-for
  version=$(python_version "$venv/bin/python")
  # A .venv that someone else made is used as it is. Ours is made anew after the clone was moved or Python upgraded.
  if [ -n "$version" ] && { [ ! -e "$stamp" ] || [ "$(<"$stamp")" = "$version $root" ]; }; then
    check_python "$venv/bin/python" "$version"
    return
  fi
  local python=${PYTHON:-python3}
  version=$(python_version "$python")
  check_python "$python" "$version"
  "$python" -c 'import ensurepip, venv' 2>/dev/null || fail "$python cannot make virtual environments: install python3-venv"
  note "making .venv"
  rm -rf -- "$venv" && mkdir -- "$venv"
  echo unfinished >"$stamp" # so that an interrupted attempt is not taken for someone's own
  logged "$python" -m venv "$venv"
  echo "$version $root" >"$stamp"
}

check_python() { # NAME VERSION
  [ -n "$2" ] || fail "$1 does not run; set PYTHON to a Python $python_minimum or newer"
  [ "$(printf '%s\n' "$python_minimum" "$2" | sort -V | head -n 1)" = "$python_minimum" ] ||
    fail "$1 is Python $2, and $python_minimum is the oldest that works; set PYTHON to a newer one"
}

requirement_hash() { # SET: changes with the file
  sha256sum <"$root/requirements/$1.txt" | cut -d ' ' -f 1
}

has_torch() { # a PyTorch that someone put into .venv is kept if it has the stable ABI we build for
  "$venv/bin/python" - <<'P' 2>/dev/null
import sys
from importlib.metadata import version
sys.exit(tuple(map(int, version("torch").split(".")[:2])) < (2, 10))
P
}

# Reads neither the network nor anyone's settings: what it installs is what the cache holds. Compiling every module of
# PyTorch to bytecode would take four times as long as the installation; Python does it at the first import.
cached_pip() { # ARGUMENTS...
  PIP_CONFIG_FILE=/dev/null "$venv/bin/python" -m pip --isolated --disable-pip-version-check \
    install --no-compile --no-index --find-links "$cache/wheels" "$@"
}

fill_wheel_cache() { # FILES...: a wheel enters the cache by renaming, or an interruption would leave half of one there
  local arriving=$cache/wheels-arriving
  (
    flock 8
    rm -rf -- "$arriving" && mkdir -p -- "$cache/wheels"
    logged "$venv/bin/python" -m pip --disable-pip-version-check --no-input wheel \
      --find-links "$cache/wheels" --wheel-dir "$arriving" "$@"
    mv -f -- "$arriving"/*.whl "$cache/wheels/"
    rmdir -- "$arriving"
  ) 8>"$cache/.lock"
}

python_packages() { # SETS...: files of requirements/ without their ending
  local set files=() stale=()
  virtual_environment
  for set in "$@"; do
    [ "$(cat "$venv/.has-$set" 2>/dev/null)" = "$(requirement_hash "$set")" ] || stale+=("$set")
  done
  if [ ${#stale[@]} -eq 0 ]; then
    done_step "present"
    return
  fi
  for set in "${stale[@]}"; do
    if [ "$set" = torch ] && has_torch; then continue; fi
    files+=(-r "$root/requirements/$set.txt")
  done
  if [ ${#files[@]} -gt 0 ]; then install_requirements "${files[@]}"; fi
  for set in "${stale[@]}"; do requirement_hash "$set" >"$venv/.has-$set"; done
  done_step "installed"
}

install_requirements() { # FILES...
  note "installing"
  if cached_pip "$@" >>"$log" 2>&1; then return; fi
  note "downloading what the cache lacks, about 0.3 GB for all (far more if your pip brings CUDA)"
  fill_wheel_cache "$@"
  note "installing"
  printf '\n$ pip install --no-compile --no-index %s\n' "$*" >>"$log"
  cached_pip "$@" >>"$log" 2>&1 || show_log_and_exit
}
