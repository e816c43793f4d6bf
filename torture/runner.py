"""Run a suite with a compiler: in parallel, under limits, resumable, into the store.

Invariant: every test of the suite gets one result per level, tests that cannot run here included (`unsupported`,
which is a failure). Options that the compiler refuses are found by probing, left out, and named in the result. Only
the main thread touches the store; a run that is killed goes on with the tests that have no result.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path

from emulators.limits import COMPILE_LIMITS, RUN_LIMITS
from emulators.outcome import Behaviour
from oracle.compare import Expected, Verdict, verdict
from oracle.compilers import CompileJob, Compiler, CompileService, CompileStatus, subject
from oracle.execute import Executor
from oracle.outcome import Outcome
from oracle.services import open_service
from oracle.store import Result, Store, Unit
from torture.errors import judge_errors
from torture.expectations import Expectation, expect
from torture.selectors import MACHINES
from torture.suites import SUITES, Judged, Suite, Test


@dataclass(frozen=True, slots=True)
class Settings:
    """What to run; kept with the campaign as JSON."""

    suite: str
    target: str
    compiler: str  # pycc, or a command line
    levels: tuple[str, ...]
    sample: int = 1  # every so many-th test
    only: str = "*"  # a glob over test names
    cpu_seconds: float = 10.0

    def to_json(self) -> dict[str, object]:
        """As the store keeps it."""
        return {
            "suite": self.suite,
            "target": self.target,
            "compiler": self.compiler,
            "levels": list(self.levels),
            "sample": self.sample,
            "only": self.only,
            "cpu_seconds": self.cpu_seconds,
        }

    @staticmethod
    def from_json(data: Mapping[str, object]) -> Settings:
        """From the store's form."""
        levels = data["levels"]
        assert isinstance(levels, list)
        return Settings(
            suite=str(data["suite"]),
            target=str(data["target"]),
            compiler=str(data["compiler"]),
            levels=tuple(str(level) for level in levels),
            sample=int(str(data["sample"])),
            only=str(data["only"]),
            cpu_seconds=float(str(data["cpu_seconds"])),
        )

    def subjects(self) -> list[Compiler]:
        """The compiler at each level. Raises LookupError."""
        limits = replace(COMPILE_LIMITS, cpu_seconds=6 * self.cpu_seconds)
        return [replace(subject(self.compiler, self.target, level), limits=limits) for level in self.levels]


def chosen_tests(settings: Settings, root: Path) -> list[tuple[int, Test]]:
    """The tests that `settings` choose, with their number in the suite. Raises SuiteError."""
    tests = enumerate(SUITES[settings.suite].tests(root))
    matching = [(number, test) for number, test in tests if Path(test.name).match(settings.only)]
    return matching[:: settings.sample]


class OptionProbe:
    """Which options a compiler accepts, asked once each with an empty program."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], bool] = {}
        self._lock = threading.Lock()

    def accepts(self, service: CompileService, option: str, *, library: bool = False) -> bool:
        """Whether `option` (a library such as -lm, if `library`) is accepted."""
        key = (service.compiler.identity, option)
        with self._lock:
            known = self._known.get(key)
        if known is None:
            known = self._ask(service, option, library)
            with self._lock:
                self._known[key] = known
        return known

    @staticmethod
    def _ask(service: CompileService, option: str, library: bool) -> bool:
        with tempfile.TemporaryDirectory(prefix="probe-") as name:
            folder = Path(name)
            source = folder / "empty.c"
            source.write_text("int main(void) { return 0; }\n")
            # Without linking: what an option makes of the program may want functions that only the test has.
            options = () if library else ("-c", option)
            libraries = (option,) if library else ()
            job = CompileJob(source, folder / "empty", folder, options, libraries=libraries)
            return service.compile(job).status is CompileStatus.OK


@dataclass
class _Bench:
    """What one thread works with."""

    services: list[CompileService]
    executor: Executor


@dataclass
class SuiteRun:
    """One run of a suite."""

    settings: Settings
    root: Path
    probe: OptionProbe = field(default_factory=OptionProbe)

    @property
    def suite(self) -> Suite:
        """The suite."""
        return SUITES[self.settings.suite]

    def result(self, test: Test, service: CompileService, executor: Executor) -> Result:
        """One test at one level."""
        compiler = service.compiler
        level = compiler.options[-1] if compiler.options else ""
        machine = MACHINES[self.settings.target]
        errors = self.suite.judged is Judged.BY_ERRORS
        expectation = expect(test.sources[0], machine, level, "compile" if errors else "run")
        if not expectation.not_run and expectation.kind != ("compile" if errors else "run"):
            expectation.not_run = f"wants dg-do {expectation.kind}"
        if expectation.not_run:
            return Result(compiler.name, Outcome.UNSUPPORTED, expectation.not_run)
        with tempfile.TemporaryDirectory(prefix="test-") as name:
            if errors:
                return self._result_of_errors(test, expectation, service, Path(name))
            return self._result_of_run(test, expectation, service, executor, Path(name))

    def _result_of_run(
        self, test: Test, expectation: Expectation, service: CompileService, executor: Executor, folder: Path
    ) -> Result:
        wanted = [*test.options, *expectation.options]
        options = [option for option in wanted if self.probe.accepts(service, option)]
        libraries = [library for library in test.libraries if self.probe.accepts(service, library, library=True)]
        source = test.sources[0]
        more = [*test.sources[1:], *(source.parent / name for name in expectation.sources)]
        job = CompileJob(source, folder / "test.exe", folder, tuple(options), tuple(more), tuple(libraries))
        compiled = service.compile(job)
        run = None
        if compiled.executable is not None:
            limits = replace(RUN_LIMITS, cpu_seconds=self.settings.cpu_seconds)
            run = executor.run(compiled.executable, service.compiler.machine, limits)
        # What a test prints is of no account: it exits with 0, or calls abort.
        expected = Expected(Behaviour(0, run.stdout if run is not None else b""), Outcome.OK)
        judged = verdict(expected, compiled, run)
        refused = [option for option in wanted if option not in options]
        detail = _with_refused(judged, refused)
        return Result(
            service.compiler.name,
            judged.outcome,
            detail,
            compiled.cpu_seconds,
            run.cpu_seconds if run is not None else 0.0,
        )

    def _result_of_errors(self, test: Test, expectation: Expectation, service: CompileService, folder: Path) -> Result:
        wanted = [option for option in expectation.options if option != "-fsyntax-only"]
        options = [option for option in wanted if self.probe.accepts(service, option)]
        source = test.sources[0]
        job = CompileJob(source, folder / "test.s", folder, ("-S", *options))
        compiled = service.compile(job)
        judged = judge_errors(expectation.errors, compiled, source.name)
        refused = [option for option in wanted if option not in options]
        return Result(service.compiler.name, judged.outcome, _with_refused(judged, refused), compiled.cpu_seconds)


def _with_refused(judged: Verdict, refused: Sequence[str]) -> str:
    if not refused:
        return judged.detail
    note = f"without {' '.join(refused)}"
    return f"{judged.detail} ({note})" if judged.detail else note


def _guarded(run: SuiteRun, test: Test, service: CompileService, executor: Executor) -> Result:
    """The result of one test; what goes wrong on our side (a full disk, a file that cannot be read) is one too."""
    try:
        return run.result(test, service, executor)
    except OSError as error:
        return Result(service.compiler.name, Outcome.HARNESS_ERROR, str(error))


def begin(store: Store, settings: Settings, root: Path) -> str:
    """Create the campaign with one unit per test; its id. Raises LookupError, SuiteError, StoreError."""
    subjects = settings.subjects()
    tests = chosen_tests(settings, root)
    campaign = store.create_campaign("torture", settings.target, settings.to_json(), subjects[0].version).id
    store.add_units(campaign, [Unit(settings.suite, number, test.name) for number, test in tests])
    return campaign


def carry_on(
    store: Store, campaign: str, root: Path, jobs: int, progress: Callable[[str, Sequence[Result]], None]
) -> None:
    """Run the tests of `campaign` that have no result yet; `progress` hears of each, in the main thread.

    Interrupted (KeyboardInterrupt passes through), it has lost only the tests under way.
    """
    record = store.campaign(campaign)
    run = SuiteRun(Settings.from_json(record.settings), root)
    compilers = run.settings.subjects()
    tests = dict(enumerate(run.suite.tests(root)))
    pending = store.pending_units(campaign)
    local = threading.local()
    benches: list[_Bench] = []
    lock = threading.Lock()

    def work(number: int) -> list[Result]:
        bench: _Bench | None = getattr(local, "bench", None)
        if bench is None:
            bench = local.bench = _Bench([open_service(compiler) for compiler in compilers], Executor())
            with lock:
                benches.append(bench)
        return [_guarded(run, tests[number], service, bench.executor) for service in bench.services]

    pool = ThreadPoolExecutor(max_workers=jobs)
    try:
        under_way: dict[Future[list[Result]], int] = {}
        queue = iter(pending)
        while True:
            for unit in queue:
                under_way[pool.submit(work, unit.unit.seed)] = unit.id
                if len(under_way) >= 2 * jobs:
                    break
            if not under_way:
                break
            finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in finished:
                unit_id = under_way.pop(future)
                results = future.result()
                store.finish_unit(unit_id, "", results)
                progress(store.unit(unit_id).unit.options, results)
        store.set_campaign_state(campaign, "done")
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        store.set_campaign_state(campaign, "interrupted")
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        for bench in benches:
            for service in bench.services:
                service.close()
            bench.executor.close()
