"""Proves `./run fuzz` and `./run test` on a clean machine: a bookworm chroot with python3, python3-venv and git alone.

In the chroot both commands run on a fresh clone of HEAD, first as a plain user, who can install no Debian package and
so gets the embedded default, then as root, who gets everything. Where no chroot can be made, that is said, and both
run in an environment with an empty PATH but for Python, git and the basic tools: no compiler, no Csmith, no QEMU.

How this machine reaches its package mirrors (apt's sources and settings, pip's configuration, certificates, name
resolution) is copied into the chroot, so that what works here works there; nothing of it is written down here.
"""

from __future__ import annotations

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUITE = "bookworm"
PACKAGES = "python3,python3-venv,git,ca-certificates"
USER = "tester"
# Enough for a POSIX script, git and pip; nothing that compiles, generates or emulates a program.
BASIC_TOOLS = """
sh env dash bash python3 git cat cksum chmod cp cut date dirname basename expr false find grep head id kill ln ls mkdir
mktemp mv nice printf pwd rm rmdir sed sleep sort tail test touch tr true uname uniq wc xargs tar gzip readlink
realpath tee stat unshare prlimit setsid timeout nproc getconf""".split()
FORBIDDEN = ("cc", "gcc", "clang", "zig", "csmith", "qemu-riscv64", "riscv64-linux-gnu-gcc", "as", "ld", "dpkg-query")


def say(text: str) -> None:
    print(f"fresh: {text}", flush=True)


def both_commands(minutes: int) -> list[str]:
    return [f"./run fuzz --yes --minutes {minutes}", "./run test --yes"]


class Verdict:
    """What ran and how it ended."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, int]] = []

    def run(self, where: str, command: str, argv: list[str], environment: dict[str, str], folder: Path | None) -> None:
        say(f"{where}: {command}")
        result = subprocess.run(argv, env=environment, cwd=folder, check=False, stdin=subprocess.DEVNULL)
        self.rows.append((where, command, result.returncode))

    def close(self) -> int:
        for where, command, code in self.rows:
            say(f"{'ok  ' if code == 0 else 'FAIL'} {where}: {command} (exit code {code})")
        return 0 if self.rows and all(code == 0 for _, _, code in self.rows) else 1


def apt_sources() -> list[str]:
    """This machine's apt sources if it is of the same suite, else none, which means Debian's default mirror."""
    candidates = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    usable = [path for path in candidates if path.suffix in (".list", ".sources") and path.is_file()]
    return [str(path) for path in usable if SUITE in path.read_text(errors="replace")]


def pip_settings() -> dict[str, str]:
    """pip's settings for every command, from all of this machine's files and environment variables."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listing = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found: dict[str, str] = {}
    for line in listing.splitlines():  # the environment's settings come first and win, as they do for pip
        name, equals, value = line.partition("=")
        section, _, setting = name.partition(".")
        if equals and section in ("global", "install", ":env:"):
            found.setdefault(setting.lstrip("."), str(ast.literal_eval(value)))
    return found


def write_pip_settings(place: Path) -> None:
    """The same settings as one file, for a user who has none of those files."""
    lines = ["[global]"]
    for name, value in pip_settings().items():
        lines.append(f"{name} = " + "\n    ".join(value.split("\n")))
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("\n".join(lines) + "\n")


def local_package_folders() -> list[Path]:
    """Folders of this machine that pip's settings name as places of packages, cut to two levels below the root."""
    words = " ".join(pip_settings().values()).replace("file://", "").split()
    folders = {Path("/", *Path(word).parts[1:3]) for word in words if word[:1] == "/"}
    system = ("/etc", "/usr", "/root", "/home", "/var")
    return sorted(path for path in folders if path.is_dir() and not str(path).startswith(system))


def make_chroot(target: Path) -> bool:
    """Fills `target` with the minimal system; False, with the reason said, if that cannot be done here."""
    if os.geteuid() != 0:
        say("no chroot: not root")
        return False
    if shutil.which("mmdebstrap"):
        settings = [f"--aptopt={path}" for path in sorted(Path("/etc/apt/apt.conf.d").glob("99*"))]
        command = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={PACKAGES}", *settings, SUITE, str(target),
                   *apt_sources()]
    elif shutil.which("debootstrap"):
        command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, str(target)]
    else:
        say("no chroot: neither mmdebstrap nor debootstrap is installed")
        return False
    say(f"making a {SUITE} chroot with {PACKAGES} ({command[0]})")
    if subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode != 0:
        say(f"no chroot: {command[0]} failed")
        return False
    return True


def copy_into(chroot: Path, path: Path) -> None:
    """Copies a file or folder of this machine to the same place in the chroot, links resolved."""
    if not path.exists():
        return
    place = chroot / path.relative_to("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        shutil.copytree(path, place, dirs_exist_ok=True, ignore_dangling_symlinks=True)
    else:
        shutil.copyfile(path, place)


def connect(chroot: Path) -> None:
    """Gives the chroot this machine's way to the network and the kernel's file systems."""
    if not apt_sources() or shutil.which("mmdebstrap") is None:
        (chroot / "etc/apt/sources.list").touch()
    for name in ("/etc/resolv.conf", "/etc/hosts", "/usr/local/share/ca-certificates",
                 "/etc/ssl/certs/ca-certificates.crt"):
        copy_into(chroot, Path(name))
    write_pip_settings(chroot / "etc/pip.conf")
    for setting in sorted(Path("/etc/apt/apt.conf.d").glob("99*")):
        copy_into(chroot, setting)
    mounts = [["-t", "proc", "proc", str(chroot / "proc")], ["--rbind", "/dev", str(chroot / "dev")]]
    for folder in local_package_folders():
        place = chroot / folder.relative_to("/")
        place.mkdir(parents=True, exist_ok=True)
        mounts.append(["--bind", str(folder), str(place)])
    for arguments in mounts:
        subprocess.run(["mount", *arguments], check=True)


def clone(place: Path) -> None:
    subprocess.run(["git", "clone", "-q", "--no-local", str(ROOT), str(place)], check=True)


def environment_for(home: str, path: str) -> dict[str, str]:
    """What a login shell would have, and this machine's settings for certificates and pip."""
    kept = {name: value for name, value in os.environ.items() if name.startswith("PIP_") or "CERT" in name}
    return {**kept, "HOME": home, "PATH": path, "LANG": "C.UTF-8", "TMPDIR": "/tmp"}


def in_chroot(chroot: Path, verdict: Verdict, roles: list[str], minutes: int) -> None:
    connect(chroot)
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    for tool in FORBIDDEN[:-1]:
        if shutil.which(tool, path=":".join(str(chroot) + part for part in path.split(":"))):
            raise RuntimeError(f"the chroot is not clean: it holds {tool}")
    # The plain user comes first, while no Debian package has been added.
    for role in sorted(roles, key=["user", "root"].index):
        home = "/root" if role == "root" else f"/home/{USER}"
        argv = ["chroot", str(chroot)]
        if role == "user":
            subprocess.run(["chroot", str(chroot), "useradd", "--create-home", "--shell", "/bin/sh", USER], check=True)
        clone(chroot / home.lstrip("/") / "pycc")
        if role == "user":
            subprocess.run(["chroot", str(chroot), "chown", "-R", f"{USER}:", home], check=True)
            argv = ["chroot", f"--userspec={USER}:{USER}", str(chroot)]
        for command in both_commands(minutes):
            verdict.run(f"chroot, {role}", command, [*argv, "sh", "-c", f"cd {home}/pycc && {command}"],
                        environment_for(home, path), None)


def in_empty_environment(folder: Path, verdict: Verdict, minutes: int) -> None:
    """A PATH of links to the basic tools only, a home of its own, a fresh clone."""
    tools = folder / "bin"
    tools.mkdir()
    for tool in BASIC_TOOLS:
        found = os.path.realpath(sys.executable) if tool == "python3" else shutil.which(tool)
        if found:
            (tools / tool).symlink_to(found)
    for tool in FORBIDDEN:
        assert shutil.which(tool, path=str(tools)) is None, tool
    clone(folder / "pycc")
    write_pip_settings(folder / "pip.conf")
    settings = {"TMPDIR": str(folder), "PIP_CONFIG_FILE": str(folder / "pip.conf")}
    for command in both_commands(minutes):
        verdict.run("empty environment", command, ["sh", "-c", command],
                    environment_for(str(folder), str(tools)) | settings, folder / "pycc")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=int, default=2, help="length of each campaign")
    parser.add_argument("--role", choices=["user", "root", "empty"], action="append", help="default: user, root")
    parser.add_argument("--keep", action="store_true", help="leave the chroot behind")
    options = parser.parse_args()
    roles: list[str] = options.role or ["user", "root"]
    if os.geteuid() == 0 and "PYCC_FRESH_NAMESPACE" not in os.environ and shutil.which("unshare"):
        # Mounts of our own, which the kernel takes down with us however we end.
        inside = ["unshare", "--mount", "--propagation", "private"]
        if subprocess.run([*inside, "true"], check=False, stderr=subprocess.DEVNULL).returncode == 0:
            os.environ["PYCC_FRESH_NAMESPACE"] = "1"
            os.execvp("unshare", [*inside, sys.executable, *sys.argv])
    verdict = Verdict()
    folder = Path(tempfile.mkdtemp(prefix="pycc-fresh-"))
    folder.chmod(0o755)
    own_mounts = "PYCC_FRESH_NAMESPACE" in os.environ
    if not own_mounts and os.geteuid() == 0:
        say("no chroot: no mount namespace can be made here")
    if "empty" not in roles and own_mounts and make_chroot(folder / "root"):
        in_chroot(folder / "root", verdict, roles, options.minutes)
    else:
        say("using an environment whose PATH holds no compiler, Csmith or QEMU")
        in_empty_environment(folder, verdict, options.minutes)
    code = verdict.close()
    if options.keep:
        say(f"kept: {folder}")
    elif own_mounts:
        # The mounts end with the namespace, so a process outside it may remove the folder; inside, they must go first.
        for mount in ("proc", "dev", *(str(path).lstrip("/") for path in local_package_folders())):
            subprocess.run(["umount", "--recursive", "--lazy", str(folder / "root" / mount)], check=False,
                           stderr=subprocess.DEVNULL)
        subprocess.run(["rm", "-rf", "--one-file-system", str(folder)], check=False)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
