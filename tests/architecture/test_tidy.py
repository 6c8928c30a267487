from pathlib import Path

from tools.tidy import RATCHET, ROOT, complaints


def test_the_house_is_tidy() -> None:
    assert complaints(ROOT, ratchet=RATCHET) == []


def test_every_exception_says_why() -> None:
    assert [name for name, (_, reason) in RATCHET.items() if len(reason) < 20] == []


def write(root: Path, text: str, name: str = "long.py") -> None:
    (root / "src").mkdir()
    (root / "src" / name).write_text(text)


def test_a_long_file_is_found(tmp_path: Path) -> None:
    write(tmp_path, "x = 1\n" * 401)

    assert complaints(tmp_path, ratchet={}) == ["src/long.py: 401 lines, at most 400"]


def test_a_long_function_is_found(tmp_path: Path) -> None:
    write(tmp_path, "def long():\n" + "    x = 1\n" * 50)

    assert complaints(tmp_path, ratchet={}) == ["src/long.py::long: 51 lines, at most 50"]


def test_a_drawer_is_found(tmp_path: Path) -> None:
    write(tmp_path, "", "utils.py")

    assert len(complaints(tmp_path, ratchet={})) == 1


def test_an_exception_that_is_no_longer_needed_is_found(tmp_path: Path) -> None:
    write(tmp_path, "x = 1\n")

    assert complaints(tmp_path, ratchet={"src/long.py": (900, "was long once, is no more")}) != []
