"""A backup is one folder: the database as PostgreSQL dumps it, the uploaded files and the signing key."""

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

from jishi.runtime.cli.processes import database
from jishi.runtime.environment import SECRET_FILE, environment
from jishi.runtime.server_user import installed_programs
from jishi.runtime.trouble import Trouble

DUMP, FILES = "database.dump", "files.tar"
UPLOADS = ("media", "private")  # what everybody may see, and what only pages that ask who looks give out


def back_up(folder: str) -> int:
    env, target = environment(), Path(folder)
    if target.exists() and any(target.iterdir()):
        raise Trouble(f"目录 {target} 不是空的。", f"the folder {target} is not empty.")
    target.mkdir(parents=True, exist_ok=True)
    os.chmod(target, 0o700)
    with database(env):
        _run("pg_dump", "--format=custom", "--no-owner", f"--file={target / DUMP}", env.database_url)
    with tarfile.open(target / FILES, "w") as archive:
        for name in (*UPLOADS, SECRET_FILE):
            if (env.home / name).exists():
                archive.add(env.home / name, arcname=name)
    return 0


def restore(folder: str) -> int:
    """Replaces the database's content; refuses a folder that is not a backup before touching anything."""
    env, source = environment(), Path(folder)
    if not (source / DUMP).is_file() or not (source / FILES).is_file():
        raise Trouble(f"{source} 不是 jishi 的备份。", f"{source} is not a backup of jishi.")
    with database(env):
        _run(
            "pg_restore", "--clean", "--if-exists", "--no-owner", "--exit-on-error", "--single-transaction",
            f"--dbname={env.database_url}", str(source / DUMP),
        )  # fmt: skip
    for name in UPLOADS:
        shutil.rmtree(env.home / name, ignore_errors=True)
    with tarfile.open(source / FILES) as archive:
        archive.extractall(env.home, filter="data")
    return 0


def _run(program: str, *arguments: str) -> None:
    """The wheel's own programs: a machine's may be older than the server and refuse."""
    path = installed_programs() / "bin" / program
    done = subprocess.run([str(path), *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Trouble(f"{program} 没有成功。", f"{program} did not succeed.", detail=done.stderr)
