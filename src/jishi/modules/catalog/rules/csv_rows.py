"""Reading a table of products as a stream: header, encoding, the shape of each row.

The file is never held in memory: it is read twice, once to count what belongs together, once to use it.
"""

import csv
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

from jishi.modules.catalog.rules.cells import unguarded
from jishi.modules.catalog.rules.parsed import RowProblem

FILE_BYTES_MAX: Final = 64 * 1024 * 1024
ROWS_MAX: Final = 200_000
CELL_LENGTH_MAX: Final = 100_000
COLUMNS_MAX: Final = 400
_FIELD_READ_MAX: Final = 4 * 1024 * 1024

OpenFile = Callable[[], BinaryIO]


class FileProblem(Exception):
    """The file as a whole cannot be read (further)."""

    def __init__(self, problem: RowProblem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Header:
    """`keys[i]` is our name of column i, empty for one we do not use; `names` maps ours to the file's."""

    delimiter: str
    titles: tuple[str, ...]
    keys: tuple[str, ...]
    names: Mapping[str, str]

    def has(self, key: str) -> bool:
        return key in self.names

    def name(self, key: str) -> str:
        return self.names.get(key, key)


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    cells: Mapping[str, str]

    def text(self, key: str) -> str:
        return self.cells.get(key, "")


def read_titles(open_file: OpenFile) -> tuple[str, tuple[str, ...]]:
    """The delimiter and the titles of the columns. Raises FileProblem."""
    with open_file() as stream:
        lines = _text_lines(stream)
        first = next(lines, "")
        if not first.strip():
            raise FileProblem(RowProblem(line=1, column="", code="file_empty"))
        delimiter = max(",;\t", key=first.count)
        reader = csv.reader(_chain(first, lines), delimiter=delimiter)
        try:
            titles = tuple(cell.strip() for cell in next(reader))
        except csv.Error as error:
            raise FileProblem(_quotes(1, error)) from error
    if len(titles) > COLUMNS_MAX:
        raise FileProblem(RowProblem(line=1, column="", code="not_csv"))
    return delimiter, titles


def read_rows(open_file: OpenFile, header: Header) -> Iterator[Row | RowProblem]:
    """Every row after the header: usable, or why not. Raises FileProblem where reading has to stop."""
    csv.field_size_limit(_FIELD_READ_MAX)
    with open_file() as stream:
        reader = csv.reader(_text_lines(stream), delimiter=header.delimiter, strict=True)
        next(reader, None)
        count = 0
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield _quotes(line, error)
                continue
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > ROWS_MAX:
                yield RowProblem(line=line, column="", code="too_many_rows", facts={"limit": ROWS_MAX})
                return
            yield _row(line, cells, header)


def group_rows(
    *, open_file: OpenFile, header: Header, key_of: Callable[[Row], Hashable | None], sizes: Counter[Hashable]
) -> Iterator[list[Row] | RowProblem]:
    """Rows that belong together, wherever they stand. A group leaves as soon as its last row is read.

    `sizes` says how many rows each key has; only groups that are not complete are held in memory.
    Rows without a key are left out: the caller has reported them while counting.
    """
    waiting: dict[Hashable, list[Row]] = {}
    for row in read_rows(open_file, header):
        if isinstance(row, RowProblem):
            yield row
            continue
        key = key_of(row)
        if key is None:
            continue
        rows = waiting.setdefault(key, [])
        rows.append(row)
        if len(rows) >= sizes[key]:
            yield waiting.pop(key)
    yield from waiting.values()


def _row(line: int, cells: list[str], header: Header) -> Row | RowProblem:
    expected = len(header.keys)
    if len(cells) > expected and not any(cell.strip() for cell in cells[expected:]):
        cells = cells[:expected]
    if len(cells) != expected:
        facts = {"found": len(cells), "expected": expected}
        return RowProblem(line=line, column="", code="wrong_cell_count", facts=facts)
    values: dict[str, str] = {}
    for key, title, cell in zip(header.keys, header.titles, cells, strict=True):
        if not key:
            continue
        if len(cell) > CELL_LENGTH_MAX:
            facts = {"length": len(cell), "limit": CELL_LENGTH_MAX}
            return RowProblem(line=line, column=title, code="cell_too_long", facts=facts)
        if "\x00" in cell:
            return RowProblem(line=line, column=title, code="control_character")
        values[key] = unguarded(cell.strip())
    return Row(line=line, cells=values)


def _text_lines(stream: BinaryIO) -> Iterator[str]:
    """Lines of UTF-8 text with or without a byte-order mark. Raises FileProblem with the line that is not."""
    for number, raw in enumerate(stream, start=1):
        body = raw
        if number == 1:
            if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
                raise FileProblem(RowProblem(line=1, column="", code="not_utf8"))
            if raw[:4] in (b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0"):
                raise FileProblem(RowProblem(line=1, column="", code="not_csv"))
            body = raw.removeprefix(b"\xef\xbb\xbf")
        try:
            yield body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise FileProblem(RowProblem(line=number, column="", code="not_utf8")) from error


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _quotes(line: int, error: csv.Error) -> RowProblem:
    return RowProblem(line=line, column="", code="bad_quotes", facts={"detail": str(error)})
