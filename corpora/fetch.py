"""Fetch a corpus named in the manifest into the cache: `python -m corpora.fetch gcc-torture`.

Invariant: the folder that `fetch` returns is complete and has the manifest's hash; it appears under its name in one
step, so an interrupted or failed fetch leaves nothing that could be taken for it. The cache is $PYCC_CACHE, or pycc/
in the user's cache folder.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from corpora.manifest import Corpus, load_manifest

NETWORK_SECONDS = 1800


class FetchError(Exception):
    """The corpus cannot be had; the message says why and what to do."""


def cache_folder() -> Path:
    """Where fetched corpora are kept."""
    own = os.environ.get("PYCC_CACHE")
    if own:
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "pycc"


def corpus_folder(corpus: Corpus, cache: Path | None = None) -> Path:
    """Where `corpus` is or would be: the hash is part of the name, so another version is another folder."""
    return (cache or cache_folder()) / f"{corpus.name}-{corpus.sha256[:12]}"


def fetch(name: str, cache: Path | None = None) -> Path:
    """The folder of the corpus, fetched first if it is not there. Raises FetchError."""
    corpora = load_manifest()
    if name not in corpora:
        raise FetchError(f"no corpus '{name}'; there are: {', '.join(corpora)}")
    corpus = corpora[name]
    folder = corpus_folder(corpus, cache)
    if folder.is_dir():
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="fetch-", dir=folder.parent) as temporary:
            archive = _archive(corpus, Path(temporary))
            unpacked = Path(temporary) / "unpacked"
            unpack(corpus, archive, unpacked)
            try:
                unpacked.rename(folder)
            except OSError:
                if not folder.is_dir():  # somebody else's fetch may have come first: theirs is as good
                    raise
    except OSError as error:
        raise FetchError(f"cannot keep '{name}' in '{folder.parent}': {error}") from error
    return folder


def _archive(corpus: Corpus, folder: Path) -> Path:
    """The package's inner archive: from the installed package if there is one, else from a download."""
    installed = Path("/") / corpus.member
    if installed.is_file():
        return installed
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise FetchError(
                f"'{tool}' is not here: unpack Debian's {corpus.package} yourself, so that {installed} exists"
            )
    _run(["apt-get", "download", "-q", corpus.package], folder, "try 'apt-get update' first")
    packages = list(folder.glob("*.deb"))
    if len(packages) != 1:
        raise FetchError(f"apt-get downloaded {len(packages)} packages for {corpus.package}, not one")
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", packages[0]], stdout=subprocess.PIPE, cwd=folder) as child:
        assert child.stdout is not None
        found = _extract_member(child.stdout, corpus.member, folder / "archive")
        child.stdout.close()
        child.kill()  # what follows the member is not wanted
    packages[0].unlink()
    if not found:
        raise FetchError(
            f"the package {corpus.package} holds no {corpus.member}: it is another version than the manifest's"
        )
    return folder / "archive"


def _extract_member(stream: object, member: str, target: Path) -> bool:
    with tarfile.open(fileobj=stream, mode="r|") as tar:  # type: ignore[call-overload]  # any readable object will do
        for entry in tar:
            if entry.name.removeprefix("./") == member:
                content = tar.extractfile(entry)
                if content is None:
                    return False
                with target.open("wb") as file:
                    shutil.copyfileobj(content, file)
                return True
    return False


def unpack(corpus: Corpus, archive: Path, into: Path) -> None:
    """Check the hash of `archive` and unpack the corpus's folders into the new folder `into`. Raises FetchError."""
    digest = hashlib.sha256()
    with archive.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    if digest.hexdigest() != corpus.sha256:
        raise FetchError(f"{archive.name} has SHA-256 {digest.hexdigest()}, where the manifest has {corpus.sha256}")
    into.mkdir()
    wanted = tuple(corpus.strip + folder + "/" for folder in corpus.folders)
    files = 0
    with tarfile.open(archive, "r|*") as tar:
        for entry in tar:
            if entry.isfile() and entry.name.startswith(wanted):
                _extract(tar, entry, into, entry.name.removeprefix(corpus.strip))
                files += 1
    if files != corpus.files:
        raise FetchError(f"{archive.name} holds {files} files of {corpus.name}, where the manifest has {corpus.files}")


def _extract(tar: tarfile.TarFile, entry: tarfile.TarInfo, into: Path, name: str) -> None:
    """One regular file. Not by `extract`, which asks for a filter in some versions and does not know it in others."""
    place = into / name
    if ".." in Path(name).parts or place.is_absolute() != into.is_absolute() or not place.is_relative_to(into):
        raise FetchError(f"the archive's file '{entry.name}' would be written outside of its folder")
    content = tar.extractfile(entry)
    assert content is not None, entry.name
    place.parent.mkdir(parents=True, exist_ok=True)
    with content, place.open("wb") as file:
        shutil.copyfileobj(content, file)


def _run(command: list[str], folder: Path, advice: str) -> None:
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, check=False, timeout=NETWORK_SECONDS, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        raise FetchError(f"'{' '.join(command)}' did not end in {NETWORK_SECONDS} s") from None
    if done.returncode:
        last = (done.stderr or done.stdout).decode("utf-8", "replace").strip().splitlines()
        raise FetchError(f"'{' '.join(command)}' failed: {last[-1] if last else 'no message'}; {advice}")


def main(arguments: list[str] | None = None) -> int:
    """Fetch each named corpus and print its folder; without names, list what there is."""
    names = sys.argv[1:] if arguments is None else arguments
    if not names:
        for corpus in load_manifest().values():
            state = "here" if corpus_folder(corpus).is_dir() else "not fetched"
            print(f"{corpus.name}: {corpus.purpose} ({corpus.licence}; {corpus.origin}), {state}")
        return 0
    for name in names:
        try:
            print(fetch(name))
        except FetchError as error:
            print(f"corpora.fetch: error: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
