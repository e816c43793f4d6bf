"""`pycc-fuzz`: campaigns, and what belongs to them.

Exit status: 0 nothing found, 1 findings, 2 wrong usage or a failure of the suite itself. No Python traceback reaches a
user: what was not foreseen is saved in a file, and its name is shown.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fuzz import campaign as engine
from fuzz.abi import run_abi
from fuzz.campaign import CampaignError, Cluster
from fuzz.choices import derive_seed
from fuzz.doctor import rows as doctor_rows
from fuzz.executor import references_of, subjects_of
from fuzz.mutants import PROGRAMS, SEED, Fate, MutantError, campaign_of, choose, judge_all, lacking
from fuzz.mutants import clean as clean_tree
from fuzz.progress import Filing, JsonLines, Lines, Rich, show_summary
from fuzz.replay import replay_finding
from fuzz.settings import Settings, SettingsError, make_generator, parse_generators, total_programs
from oracle.compilers import TARGETS
from oracle.outcome import Outcome
from oracle.salvage import salvage
from oracle.store import Store, StoreError
from reports.render import render_campaign
from reports.schema import Summary, summarize

FOUND_NOTHING, FOUND, FAILED = 0, 1, 2
STORE_NAME = "pycc-fuzz.sqlite"
DEFAULT_MINUTES = 5.0
DEFAULT_GENERATORS = "csmith-small,csmith-swarm,grammar"
EMBEDDED_GENERATOR = "grammar"
OUT = click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("reports/out"), show_default=True,
    help="Folder of the store and the reports.",
)  # fmt: skip
LOG = click.option(
    "--log-format", type=click.Choice(("rich", "lines", "json")), default=None,
    help="Default: rich on a terminal, else lines.",
)  # fmt: skip
JOBS = click.option("--jobs", "-j", type=click.IntRange(1, 1024), default=os.cpu_count() or 1, show_default=True)
SCHEDULER = click.option("--scheduler", default="", help="Address of a running dask scheduler; default: own processes.")


class DefaultsToRun(click.Group):
    """`pycc-fuzz --target riscv64` means `pycc-fuzz run --target riscv64`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ("--help", "--version")):
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(cls=DefaultsToRun)
@click.version_option(package_name="pycc", prog_name="pycc-fuzz")
def commands() -> None:
    """Fuzz compilers. Without a command: run a campaign (see `pycc-fuzz run --help`)."""


@commands.command("run")
@click.option("--target", type=click.Choice(TARGETS), default="riscv64", show_default=True)
@click.option("--hours", type=click.FloatRange(min=0, min_open=True), help="End after this many hours.")
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), help="End after this many minutes.")
@click.option("--programs", type=click.IntRange(1), help="End after this many programs, shared by the generators.")
@click.option("--seed", default=None, metavar="HEX", help="Seed of the campaign, hexadecimal; default: from the clock.")
@JOBS
@click.option("--opt", default="0,1", show_default=True, help="Optimization levels, such as 0,1,s.")
@click.option("--generator", default=None, help=f"NAME[:COUNT],... Default: {DEFAULT_GENERATORS}, as far as found.")
@click.option("--reference", default=None, help="Reference compilers by name, `none`, or default: those found.")
@click.option("--subject", default="pycc", show_default=True, help="What to test: pycc, or any compiler command.")
@click.option("--compiler-root", default="", hidden=True, help="Another source tree of pycc to test.")
@OUT
@LOG
@SCHEDULER
def run_command(
    target: str, hours: float | None, minutes: float | None, programs: int | None, seed: str | None, jobs: int,
    opt: str, generator: str | None, reference: str | None, subject: str, compiler_root: str, out: Path,
    log_format: str | None, scheduler: str,
) -> int:  # fmt: skip
    """Run a campaign: generate programs, compile them, run them, compare."""
    seconds = None if hours is None and minutes is None else (hours or 0.0) * 3600 + (minutes or 0.0) * 60
    names = parse_generators(generator) if generator else installed_generators(target)
    settings = Settings(
        target=target,
        seed=campaign_seed(seed),
        generators=names,
        programs=programs or 0,
        levels=levels_of(opt),
        subject=subject,
        references=() if reference in (None, "none") else tuple(str(reference).split(",")),
        no_references=reference == "none",
        root=str(Path(compiler_root).resolve()) if compiler_root else "",
    )
    if programs and any(count for _, count in names):
        raise SettingsError("--programs and counts behind generators exclude each other")
    if seconds is None and not total_programs(settings):
        seconds = DEFAULT_MINUTES * 60
    check_settings(settings)
    with open_store(out) as store:
        identifier = engine.begin(store, settings)
        return run_campaign(store, identifier, out, Cluster(jobs, scheduler), log_format, seconds)


@commands.command("resume")
@click.argument("identifier", metavar="ID")
@click.option("--hours", type=click.FloatRange(min=0, min_open=True))
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True))
@JOBS
@OUT
@LOG
@SCHEDULER
def resume_command(
    identifier: str, hours: float | None, minutes: float | None, jobs: int, out: Path, log_format: str | None,
    scheduler: str,
) -> int:  # fmt: skip
    """Go on with an interrupted campaign; ID may be the beginning of its name."""
    seconds = None if hours is None and minutes is None else (hours or 0.0) * 3600 + (minutes or 0.0) * 60
    with open_store(out, existing=True) as store:
        found = store.campaign(identifier)
        settings = engine.stored_settings(store, found.id)
        if seconds is None and not total_programs(settings):
            seconds = DEFAULT_MINUTES * 60
        check_settings(settings)
        return run_campaign(store, found.id, out, Cluster(jobs, scheduler), log_format, seconds)


@commands.command("status")
@click.argument("identifier", metavar="[ID]", required=False)
@OUT
def status_command(identifier: str | None, out: Path) -> int:
    """Show a campaign's table again, or the list of all campaigns."""
    console = plain_console()
    with open_store(out, existing=True) as store:
        if identifier:
            found = store.campaign(identifier)
            show_summary(console, summary_of(store, found.id))
            return FOUND_NOTHING
        table = Table()
        for name in ("campaign", "target", "state", "programs", "findings", "begun"):
            table.add_column(name)
        for one in store.campaigns(engine.KIND):
            done, _ = store.unit_counts(one.id)
            begun = time.strftime("%Y-%m-%d %H:%M", time.localtime(one.created))
            table.add_row(one.id, one.target, one.state, str(done), str(len(store.findings(one.id))), begun)
        console.print(table)
    return FOUND_NOTHING


@commands.command("replay")
@click.argument("identifier", type=int, metavar="FINDING")
@OUT
def replay_command(identifier: int, out: Path) -> int:
    """Compile and run a finding's program again and say whether it still fails."""
    with open_store(out, existing=True) as store:
        finding = store.finding(identifier)
    report = replay_finding(finding)
    for line in report.lines:
        click.echo(line)
    return FOUND if report.fails else FOUND_NOTHING


@commands.command("abi")
@click.option("--target", type=click.Choice(TARGETS), default="riscv64", show_default=True)
@click.option("--signatures", type=click.IntRange(1), default=500, show_default=True)
@click.option("--seed", default="0", metavar="HEX", help="Seed, hexadecimal.", show_default=True)
@click.option("--opt", default="0,1", show_default=True, help="Optimization levels of the subject.")
@click.option("--subject", default="pycc", show_default=True)
@click.option("--histogram/--no-histogram", default=True, show_default=True, help="Print what was covered.")
def abi_command(target: str, signatures: int, seed: str, opt: str, subject: str, histogram: bool) -> int:
    """Link the subject's callers with a reference's callees and the other way round."""
    settings = Settings(target, campaign_seed(seed), (("grammar", 0),), 1, levels_of(opt), subject)
    partners = [one for one in references_of(settings) if one.machine == target]
    if not partners:
        raise SettingsError(f"no reference compiler here that makes programs for {target}")
    size = 10
    seeds = [derive_seed(settings.seed, "abi", number) for number in range(-(-signatures // size))]
    console = plain_console()
    table = Table(title=f"{len(seeds) * size} signatures, {target}")
    for name in ("caller", "callee", "outcome"):
        table.add_column(name)
    table.add_column("programs", justify="right")
    bad = False
    coverage: Counter[str] = Counter()
    for compiler in subjects_of(settings):
        directions, coverage = run_abi(compiler, partners[0], seeds, size)
        for one in directions:
            if one.outcome is not Outcome.OK:
                bad = True
                click.echo(f"ERROR {one.seed:010d} {one.caller} calls {one.callee}: {one.outcome}: {one.detail}")
        counts = Counter((one.caller, one.callee, str(one.outcome)) for one in directions)
        for (caller, callee, outcome), count in sorted(counts.items()):
            table.add_row(caller, callee, outcome, f"{count}/{len(seeds)}")
    console.print(table)
    if histogram:
        most = max(coverage.values(), default=1)
        for label, count in sorted(coverage.items()):
            console.print(Text(f"{label:44} {count:6d} {'#' * max(1, 40 * count // most)}"))
    return FOUND if bad else FOUND_NOTHING


@commands.command("mutants")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--target", type=click.Choice(TARGETS), default="riscv64", show_default=True)
@click.option("--programs", type=click.IntRange(1), default=PROGRAMS, show_default=True, help="At most, each.")
@click.option("--seed", default=f"{SEED:x}", metavar="HEX", show_default=True)
@click.option("--clean/--no-clean", default=True, show_default=True, help="Also run them on the tree as it is.")
@JOBS
def mutants_command(names: tuple[str, ...], target: str, programs: int, seed: str, clean: bool, jobs: int) -> int:
    """Plant known bugs in copies of the compiler and see that a short campaign catches each."""
    chosen = choose(names)
    if clean:
        chosen += [clean_tree(generator) for generator in sorted({mutant.generator for mutant in chosen})]
    for mutant in chosen:
        missing = lacking(mutant, target)
        if missing:
            raise MutantError(f"mutant '{mutant.name}': {missing}")
    campaigns = [campaign_of(mutant, target, programs, campaign_seed(seed)) for mutant in chosen]
    table = Table(title="planted bugs")
    for name in ("mutant", "area", "campaign", "programs", "fate", "outcome", "what it is"):
        table.add_column(name, justify="right" if name == "programs" else "left")
    caught = total = dirty = 0
    for result in judge_all(chosen, campaigns, jobs):
        mutant = result.mutant
        wanted = Fate.SURVIVED if mutant.patch is None else Fate.CAUGHT
        good = result.fate is wanted
        if mutant.patch is None:
            dirty += not good
        else:
            total += 1
            caught += good
        word = "PASS" if good else "ERROR"
        click.echo(f"{word} {mutant.name} {result.fate} after {result.programs} programs: {result.detail}")
        table.add_row(
            mutant.name, mutant.area, " ".join((mutant.generator, *mutant.levels)), str(result.programs),
            Text(str(result.fate), style="" if good else "red"), str(result.outcome or ""), mutant.about,
        )  # fmt: skip
    plain_console().print(table)
    click.echo(f"caught {caught}/{total} mutants" + ("; the tree itself is NOT clean" if dirty else ""))
    return FOUND if dirty or caught < total else FOUND_NOTHING


@commands.command("doctor")
def doctor_command() -> int:
    """List the tools that the suite can use: what is here, and which package brings what is not."""
    console = plain_console()
    table = Table()
    for name in ("tool", "version", "purpose", "package"):
        table.add_column(name, overflow="fold")
    for row in doctor_rows():
        version = row.version or "[yellow]missing[/yellow]"
        table.add_row(row.name, version, row.purpose, " ".join(row.packages))
    console.print(table)
    return FOUND_NOTHING


@commands.command("salvage")
@click.argument("damaged", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("into", type=click.Path(path_type=Path))
def salvage_command(damaged: Path, into: Path) -> int:
    """Copy what can be read of a damaged store into a new one."""
    for table, rows in salvage(damaged, into).items():
        click.echo(f"{table}: {rows} rows")
    return FOUND_NOTHING


def plain_console() -> Console:
    """A console that folds lines for terminals only, so that what is piped stays one line."""
    return Console(width=None if sys.stdout.isatty() else 200)


def campaign_seed(text: str | None) -> int:
    if text is None:
        return time.time_ns() & 0xFFFFFFFF
    try:
        seed = int(text, 16)
    except ValueError:
        raise SettingsError(f"--seed: '{text}' is no hexadecimal number") from None
    if not 0 <= seed < 1 << 64:
        raise SettingsError("--seed: a number of at most 16 hexadecimal digits")
    return seed


def levels_of(text: str) -> tuple[str, ...]:
    words = [word.strip().removeprefix("-O") for word in text.split(",")]
    for word in words:
        if word not in ("0", "1", "2", "3", "s", "g", "z", "fast"):
            raise SettingsError(f"--opt: '{word}' is no optimization level")
    if len(set(words)) != len(words):
        raise SettingsError(f"--opt: '{text}' names a level twice")
    return tuple(f"-O{word}" for word in words)


def installed_generators(target: str) -> tuple[tuple[str, int], ...]:
    """The default generators, as far as they can run here; says once what is missing."""
    found = []
    for name, count in parse_generators(DEFAULT_GENERATORS):
        reason = make_generator(name, target).missing()
        if reason is None:
            found.append((name, count))
    if len(found) < len(DEFAULT_GENERATORS.split(",")):
        note(f"{make_generator('csmith-small', target).missing()}: programs come from the embedded grammar")
    return tuple(found)


def check_settings(settings: Settings) -> None:
    """Everything that can be known to be missing before the first program."""
    for name, _ in settings.generators:
        reason = make_generator(name, settings.target).missing()
        if reason is not None:
            raise SettingsError(f"generator '{name}': {reason}")
    if settings.root and not (Path(settings.root) / "compiler").is_dir():
        raise SettingsError(f"--compiler-root: no folder 'compiler' in '{settings.root}'")
    subjects_of(settings)
    if not references_of(settings):
        others = [name for name, _ in settings.generators if name != EMBEDDED_GENERATOR]
        if others:
            raise SettingsError(
                f"no reference compiler for {settings.target}, which {', '.join(others)} needs; install gcc, or use "
                f"--generator {EMBEDDED_GENERATOR}, whose programs know their own output"
            )
        if not settings.no_references:
            note("no reference compiler is installed: each program's own expected output is the reference")


def note(text: str) -> None:
    click.echo(f"pycc-fuzz: note: {text}", err=True)


def open_store(out: Path, existing: bool = False) -> Store:
    path = out / STORE_NAME
    if existing and not path.is_file():
        raise StoreError(f"no store at '{path}'; --out names the folder of the campaign")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot make the folder '{out}': {error.strerror}") from None
    return Store(path)


def summary_of(store: Store, identifier: str) -> Summary:
    settings = engine.stored_settings(store, identifier)
    done, _ = store.unit_counts(identifier)
    command = " ".join([own_command(), *map(shlex.quote, settings.command(done)[1:])])
    return summarize(store, identifier, command, total_programs(settings))


def own_command() -> str:
    """How the user called this; what is printed for copying begins with it."""
    return os.environ.get("PYCC_FUZZ_COMMAND", "pycc-fuzz")


def verdict_line(summary: Summary) -> str:
    """What it all means."""
    if not summary.done:
        return "result: no program was tested"
    if not summary.clean:
        count = len(summary.findings)
        return f"result: {count} finding{'s' if count != 1 else ''}" if count else "result: failures, all known before"
    if any(str(row.outcome) == "harness-error" for row in summary.outcomes):
        return "result: nothing found, but the suite itself failed on some programs (harness-error)"
    sure = min((row.count for row in summary.outcomes if row.kind == "good"), default=0)
    return f"result: nothing found; {sure} of {summary.done} programs did what they must at every level"


def watcher_for(store: Store, out: Path, log_format: str | None) -> Filing:
    chosen = log_format or ("rich" if sys.stdout.isatty() else "lines")
    if chosen == "json":
        return JsonLines(store, out)
    return Rich(store, out, Console()) if chosen == "rich" else Lines(store, out)


def run_campaign(
    store: Store, identifier: str, out: Path, cluster: Cluster, log_format: str | None, seconds: float | None
) -> int:
    """Run it, write the reports, show the table; returns the exit status."""
    watcher = watcher_for(store, out, log_format)
    interrupted = False
    # `kill` ends a campaign as tidily as Ctrl-C does.
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGTERM, lambda number, frame: raise_interrupt())
    try:
        engine.run(store, identifier, cluster, watcher, seconds)
    except KeyboardInterrupt:
        interrupted = True
    summary = summary_of(store, identifier)
    index = render_campaign(summary, out)
    if isinstance(watcher, JsonLines):
        watcher.put(
            {
                "event": "end",
                "campaign": identifier,
                "state": summary.campaign.state,
                "outcomes": [
                    {"subject": row.subject, "outcome": str(row.outcome), "count": row.count, "of": row.total}
                    for row in summary.outcomes
                ],
                "findings": [finding.id for finding in summary.findings],
                "command": summary.command,
                "report": str(index),
            }
        )
    else:
        show_summary(plain_console(), summary)
        click.echo(verdict_line(summary))
        click.echo(f"report: {index}")
        if interrupted:
            click.echo(f"interrupted; go on with: {own_command()} resume {identifier} --out {shlex.quote(str(out))}")
    harness = any(str(row.outcome) == "harness-error" for row in summary.outcomes)
    if not summary.clean:
        return FOUND
    return FAILED if interrupted or harness else FOUND_NOTHING


def raise_interrupt() -> None:
    raise KeyboardInterrupt


def error(text: str) -> int:
    click.echo(f"pycc-fuzz: error: {text}", err=True)
    return FAILED


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns the exit status."""
    try:
        result = commands.main(
            args=None if arguments is None else list(arguments), prog_name="pycc-fuzz", standalone_mode=False
        )
        return result if isinstance(result, int) else FOUND_NOTHING
    except click.ClickException as problem:
        problem.show()
        return FAILED
    except (click.Abort, KeyboardInterrupt):
        return error("interrupted")
    except (StoreError, SettingsError, CampaignError, MutantError, LookupError) as problem:
        return error(str(problem.args[0]) if problem.args else type(problem).__name__)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - stays open for what the interpreter flushes at its end
        return FAILED
    except OSError as problem:
        where = f" '{problem.filename}'" if problem.filename else ""
        return error(f"{problem.strerror or problem}{where}")
    except Exception:  # the last line of defence: a defect of the suite, named as such
        return error(f"internal error; details are in {save_crash(traceback.format_exc())}")


def save_crash(text: str) -> str:
    """Where the traceback of a defect was written; in the temporary folder, for the working one may be the trouble."""
    try:
        with tempfile.NamedTemporaryFile("w", prefix="pycc-fuzz-crash-", suffix=".txt", delete=False) as file:
            file.write(text)
            return file.name
    except OSError:
        return text.strip().splitlines()[-1]


if __name__ == "__main__":
    sys.exit(main())
