# SPDX-License-Identifier: Apache-2.0
"""A comparison from its checks to its outcome: what is trained, in which order, and what is there already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from rheobase._arguments import UsageError
from rheobase.bench.machine import cores
from rheobase.lab import crew, modules, pairs, sets, tuning, user_code, worker
from rheobase.lab.activations import Spec
from rheobase.lab.arguments import Arguments
from rheobase.lab.journal import Journal
from rheobase.lab.results import Outcome, header
from rheobase.lab.settings import Case, Job, Settings
from rheobase.lab.summary import summarise
from rheobase.lab.training import Run


def cases_of(specs: Sequence[Spec], settings: Settings) -> list[Case]:
    """All activations in all networks, network by network."""
    return [
        Case(spec.label, depth, width)
        for depth in settings.depth
        for width in settings.width
        for spec in specs
    ]


def sizes_of_model(settings: Settings, accepted: Sequence[str], typed: str) -> Settings:
    """The settings with None for a size that the user's model does not take. Raises UsageError where such a
    size was asked for. accepted: what the maker takes; typed: the command line."""
    for name in ("depth", "width"):
        if name in accepted:
            continue
        if f"--{name}" in typed or (name == "width" and "--hidden" in typed):
            raise UsageError(f"--{name}: {settings.model} does not take {name!r}")
        settings = replace(settings, **{name: (None,)})
    return settings


def prepare(specs: Sequence[Spec], arguments: Arguments) -> Comparison:
    """Reads the data and tries each activation and the model once. Raises UsageError."""
    settings = arguments.settings
    model = None
    if settings.model is not None:
        accepted = user_code.accepts(user_code.load(settings.model))
        settings = sizes_of_model(settings, accepted, arguments.command)
        path, name = user_code.split(settings.model)
        model = {"file": path.name, "callable": name, "digest": user_code.digest(path)}
    for spec in specs:
        modules.check(spec)
    data = sets.load(settings)
    train = len(data.train_labels)
    if settings.batch > train:
        raise UsageError(f"--batch {settings.batch}: there are only {train} training examples")
    if settings.tune:
        data.for_validation()  # raises where there are too few examples
    cases = cases_of(specs, settings)
    if model:
        task = worker.parts_of(data, settings)[False]
        by_label = {spec.label: spec for spec in specs}
        for case in cases:
            task.check(by_label[case.activation], case)
    head = header(settings, specs, data.description, model, arguments.command)
    journal = Journal(arguments.out, head, arguments.resume)
    return Comparison(specs, cases, settings, data, head, journal, arguments.jobs)


class Comparison:
    """What is to be trained and what has been. runs: results, searched: what chose learning rates."""

    def __init__(
        self,
        specs: Sequence[Spec],
        cases: Sequence[Case],
        settings: Settings,
        data: sets.Data,
        head: dict,
        journal: Journal,
        jobs: int | None,
    ):
        self.head, self.journal = head, journal
        self.choices: dict[Case, tuning.Choice] = {}
        self._specs, self._cases, self._settings, self._data = specs, cases, settings, data
        self._planned = len(cases) * settings.seeds
        try:
            self._done = {run.job: run for run in map(Run.from_record, journal.records)}
        except (KeyError, TypeError):
            raise UsageError(f"{journal.path}: a line lacks fields of a run") from None
        missing = self._planned - sum(run.round is None for run in self._done.values())
        self.jobs = max(1, min(jobs or cores() // settings.threads, missing))

    @property
    def runs(self) -> list[Run]:
        """The results that are there, in the order of the plan, whichever ended first."""
        jobs = self._result_jobs() if self._rates_known() else []
        return [self._done[job] for job in jobs if job in self._done]

    def train(self, display, interrupt) -> None:
        """All that is missing; less after Ctrl-C. Raises WorkerError."""
        try:
            with self._crew() as people:
                if self._settings.tune and not self._search(people, display, interrupt):
                    return
                jobs = self._result_jobs()
                self._carry_out(people, "results", jobs, self._settings.seeds, display, interrupt)
        except crew.WorkerError as error:
            kept = f"; {self.journal.path} has what was done, for --resume" if self._done else ""
            raise crew.WorkerError(f"{error}{kept}") from None

    def searching(self) -> str:
        """What to say where it was stopped before the first result; "" where nothing was written either."""
        where = f"; {self.journal.path} has what was done, for --resume"
        return "stopped while learning rates were searched for" + where if self._done else ""

    def _crew(self):
        labels = [spec.label for spec in self._specs]
        if self.jobs == 1:
            return crew.Alone(self._settings, labels, self._data)
        return crew.Crew(self.jobs, self._settings, labels, self._data)

    def _search(self, people, display, interrupt) -> bool:
        """Chooses a learning rate for each case; whether that came to its end."""
        for number in range(1, len(tuning.ROUNDS) + 1):
            searched = self._searched()
            rates = {case: tuning.candidates(number, case, searched) for case in self._cases}
            jobs = tuning.jobs(number, self._settings, rates)
            title = f"learning rates, round {number} of {len(tuning.ROUNDS)}"
            if not self._carry_out(people, title, jobs, None, display, interrupt):
                return False
        searched = self._searched()
        self.choices = {case: tuning.choose(case, searched) for case in self._cases}
        return True

    def _carry_out(self, people, title: str, jobs: list[Job], seeds, display, interrupt) -> bool:
        """Those of the jobs that have not been done; whether all are done then."""
        missing = [job for job in jobs if job not in self._done]
        display.begin(title, missing, seeds if len(missing) == len(jobs) else None)
        for run in people.carry_out(missing, display.epoch_ends, lambda: interrupt.asked):
            self._done[run.job] = run
            self.journal.add(run.record())
            display.run_ends(run.name, run.accuracy, run.epochs - len(run.losses))
        return all(job in self._done for job in jobs)

    def _rates_known(self) -> bool:
        return not self._settings.tune or len(self.choices) == len(self._cases)

    def _result_jobs(self) -> list[Job]:
        """Seeds are the outer loop: whenever it stops, all activations have about the same number of runs,
        and a slow minute of the machine does not fall on one of them."""
        settings = self._settings
        rates: Mapping[Case, float] = {case: choice.lr for case, choice in self.choices.items()}
        return [
            Job(case, rates.get(case, settings.lr), seed, settings.epochs)
            for seed in range(settings.first_seed, settings.first_seed + settings.seeds)
            for case in self._cases
        ]

    def _searched(self) -> list[Run]:
        """In an order that does not depend on which ended first."""
        found = [run for run in self._done.values() if run.round is not None]
        return sorted(found, key=lambda run: (run.round, self._cases.index(run.case), run.lr, run.seed))

    def outcome(self, twins: Mapping[str, Sequence[str]], started: datetime) -> Outcome:
        """Rows, tests and all else that results.json is made of."""
        runs = self.runs
        rows = summarise(self._cases, runs)
        tests = pairs.compare(rows, runs, 1 / len(self._data.test_labels))
        return Outcome(
            self._specs, rows, tests, runs, self._searched(), self.choices, self._planned, twins, self.jobs,
            started,
        )  # fmt: skip
