# SPDX-License-Identifier: Apache-2.0
"""`rheobase choose`: the command itself, and its questions."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence

from rheobase._arguments import OK, UsageError, as_flag, require_modules, run_program
from rheobase.choosing.arguments import ANSWERS, PROGRAM, parse
from rheobase.choosing.scenario import HIDDEN, MOST_LAYERS, OUTPUT, QUESTIONS, SWITCHES, Scenario, scenario

NEEDED = ("numpy",)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code: 0, 1 (failure), 2 (bad input) or 130 (Ctrl-C)."""
    return run_program(PROGRAM, lambda: _choose(sys.argv[1:] if argv is None else argv), "stopped")


def _choose(argv: Sequence[str]) -> int:
    arguments = parse(argv, ask=sys.stdin.isatty() and sys.stdout.isatty())
    require_modules(NEEDED)
    from rheobase.choosing.choice import as_json, measurements, rank

    asked = arguments.scenario or _ask()
    try:
        found = rank(asked, measurements(asked, arguments.results, arguments.bench))
    except ValueError as error:
        raise UsageError(as_flag(str(error), ANSWERS)) from None
    width = min(shutil.get_terminal_size((100, 24)).columns, 120)
    print(as_json(found) if arguments.json else found.text(arguments.top, max(width, 40)), flush=True)
    return OK


def _ask() -> Scenario:
    try:
        return questions(input)
    except (KeyboardInterrupt, EOFError):
        print()
        raise KeyboardInterrupt from None


def questions(ask: Callable[[str], str]) -> Scenario:
    """Asks on the terminal; an empty answer takes the first, which is marked."""
    print("Enter takes the answer in brackets; a number or the beginning of a word will do.\n")
    given: dict = {"place": _word("place", ask)}
    if given["place"] == OUTPUT:
        given["output"] = _word("output", ask)
        if given["output"] == "bounded":
            given["range"] = _number("Low end", -1.0, ask), _number("High end", 1.0, ask)
    else:
        given["architecture"] = _word("architecture", ask)
        given["depth"] = int(_number("How many layers have it?", Scenario().depth, ask, whole=True))
        given["normalisation"] = _word("normalisation", ask)
    given["device"] = _word("device", ask)
    given["precision"] = _word("precision", ask)
    if given["place"] == HIDDEN:
        for name, (text, _) in SWITCHES.items():
            given[name] = _yes(text, ask)
    print()
    try:
        return scenario(**given)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _word(name: str, ask: Callable[[str], str]) -> str:
    question = QUESTIONS[name]
    words = list(question.words)
    print(question.asks)
    for i, word in enumerate(words, 1):
        print(f"  {i}. {word}: {question.words[word]}")
    while True:
        said = ask(f"[{words[0]}] ").strip().lower()
        if not said:
            return words[0]
        if said.isdecimal() and 1 <= int(said) <= len(words):
            return words[int(said) - 1]
        found = [word for word in words if word.startswith(said)]
        if said in words or len(found) == 1:
            return said if said in words else found[0]
        print(f"  one of {', '.join(words)}, please")


def _number(text: str, standard: float, ask: Callable[[str], str], whole: bool = False) -> float:
    while True:
        said = ask(f"{text} [{standard:g}] ").strip()
        if not said:
            return standard
        try:
            number = float(said)
        except ValueError:
            print("  a number, please")
            continue
        if not whole or (number.is_integer() and 1 <= number <= MOST_LAYERS):
            return number
        print(f"  a whole number from 1 to {MOST_LAYERS}, please")


def _yes(text: str, ask: Callable[[str], str]) -> bool:
    while True:
        said = ask(f"{text} [no] ").strip().lower()
        if said in ("", "n", "no"):
            return False
        if said in ("y", "yes"):
            return True
        print("  yes or no, please")


if __name__ == "__main__":
    sys.exit(main())
