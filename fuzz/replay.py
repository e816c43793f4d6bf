"""Shows a finding again: the stored program, the stored subject, the references of this machine.

Invariant: what is compiled is the stored program, byte for byte; a generator that has changed since is not asked.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from emulators.outcome import Behaviour
from fuzz.executor import references_of, subjects_of
from fuzz.settings import Settings
from oracle.compare import Voice, Vote
from oracle.execute import Executor
from oracle.judge import Program, judge
from oracle.outcome import is_finding
from oracle.services import open_service
from oracle.store import Finding, StoreError


@dataclass(frozen=True, slots=True)
class Replay:
    """What a replay gave: lines for people, and whether the subject still fails."""

    lines: list[str]
    fails: bool


def settings_of(finding: Finding) -> Settings:
    """The part of a campaign's settings that a finding's record holds."""
    record = finding.record
    try:
        return Settings(
            target=str(record["target"]),
            seed=0,
            generators=((str(record["generator"]), 1),),
            programs=1,
            levels=(str(record["level"]),),
            subject=str(record["subject_command"]),
            root=str(record.get("root", "")),
        )
    except KeyError as error:
        raise StoreError(f"finding {finding.id} lacks {error}: another version wrote it") from None


def own_votes(finding: Finding) -> tuple[Vote, ...]:
    """The output that the generator itself expects, where the finding has one."""
    votes = finding.record.get("votes")
    for vote in votes if isinstance(votes, list) else []:
        if vote["reference"] == finding.record["generator"] and vote["exit_code"] is not None:
            behaviour = Behaviour(int(vote["exit_code"]), str(vote["stdout"]).encode())
            return (Vote(str(vote["reference"]), str(vote["reference"]), Voice.FINISHED, behaviour),)
    return ()


def replay_finding(finding: Finding) -> Replay:
    """Compile, run and judge a finding's program again; raises LookupError where the subject is not installed."""
    settings = settings_of(finding)
    options = finding.record.get("program_options")
    program = Program(
        finding.program,
        tuple(str(option) for option in options) if isinstance(options, list) else (),
        extra_votes=own_votes(finding),
    )
    subjects = [open_service(compiler) for compiler in subjects_of(settings)]
    references = [open_service(compiler) for compiler in references_of(settings)]
    lines = [f"finding {finding.id}: {finding.title}"]
    with tempfile.TemporaryDirectory(prefix="pycc-fuzz-") as folder, Executor() as executor:
        judgement = judge(program, subjects=subjects, references=references, executor=executor, folder=Path(folder))
    for vote in judgement.votes:
        said = "" if vote.behaviour is None else repr(vote.behaviour.stdout.decode("utf-8", "backslashreplace")[-200:])
        lines.append(f"  {vote.reference}: {vote.voice} {said or vote.detail}".rstrip())
    fails = False
    for one in judgement.subjects:
        lines.append(f"  {one.subject.name}: {one.verdict.outcome} {one.verdict.detail}".rstrip())
        lines.append(f"    {' '.join(one.compiled.command)}")
        fails = fails or is_finding(one.verdict.outcome)
    for service in (*subjects, *references):
        service.close()
    lines.append("still fails" if fails else "does not fail any more")
    return Replay(lines, fails)
