# SPDX-License-Identifier: Apache-2.0
# common.sh: places, messages, and running a step with its details in a log. Sourced by the scripts.

export LC_ALL=C.UTF-8 # the output of dpkg, ctest and others is parsed, and printf needs a decimal point
# A caller's settings that would mix other packages into .venv, move the installation or change where `cd` goes.
unset PYTHONHOME PYTHONPATH DESTDIR CDPATH
export PYTHONNOUSERSITE=1

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
program=scripts/$(basename -- "$0")
venv=$root/.venv
log=$root/build/setup.log
cache=${RHEOBASE_CACHE:-${XDG_CACHE_HOME:-${HOME:-$(echo ~)}/.cache}/rheobase}

# A step is shown as one line, "[2/5] Title ... result (time)".
step_number=0

usage_error() { # MESSAGE
  printf '%s: %s; see %s --help\n' "$program" "$1" "$program" >&2
  exit 2
}

fail() { # MESSAGE...: one line on stderr per argument, then exit 1
  if [ "$step_number" -gt 0 ]; then echo >&2; fi # a step's line is still open
  printf '%s: %s\n' "$program" "$1" >&2
  shift
  [ $# -eq 0 ] || printf '  %s\n' "$@" >&2
  exit 1
}

duration() { # SECONDS: "42 s" or "6 min 10 s"
  if [ "$1" -lt 60 ]; then printf '%d s' "$1"; else printf '%d min %d s' $(($1 / 60)) $(($1 % 60)); fi
}

usage() { # prints the calling script's leading comment: its help, kept in one place
  sed -n '3,/^[^#]/{s/^# \{0,1\}//p}' "$0"
}

step() { # TITLE
  step_number=$((step_number + 1))
  step_started=$SECONDS
  printf '[%d/%d] %s ... ' "$step_number" "$step_count" "$1"
}

note() { # TEXT: says inside the line of a step what takes long
  printf '%s ... ' "$1"
}

done_step() { # RESULT
  local took=$((SECONDS - step_started))
  if [ "$took" -lt 2 ]; then printf '%s\n' "$1"; else printf '%s (%s)\n' "$1" "$(duration "$took")"; fi
}

show_log_and_exit() { # the last words of the log usually hold the reason
  {
    printf 'failed. The last lines of the log:\n\n'
    tail -n 30 -- "$log" | sed 's/^/  | /'
  } >&2
  fail "step $step_number of $step_count failed; the whole log is $log"
}

logged() { # COMMAND...: its output goes to the log only; ends the script when it fails
  printf '\n$ %s\n' "$*" >>"$log"
  "$@" >>"$log" 2>&1 </dev/null || show_log_and_exit
}

logged_progress() { # COMMAND...: as logged, and on a terminal shows ninja's "[12/130]" as it goes
  printf '\n$ %s\n' "$*" >>"$log"
  { "$@" 2>&1 </dev/null || echo "exit status $?: $*" >&3; } 3>"$root/build/.failed" | tee -a -- "$log" | counter
  [ ! -s "$root/build/.failed" ] || show_log_and_exit
}

counter() {
  [ -t 1 ] || exec cat >/dev/null
  local line
  printf '\0337' # remember the place of the cursor
  while IFS= read -r line; do
    [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]] && printf '\0338\033[K%s of %s ' "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
  done
  printf '\0338\033[K'
}
