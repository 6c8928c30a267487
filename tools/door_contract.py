"""An import-linter contract: a room is entered by its door, and only surfaces and runtime may wire its entries.

type = "door"
container = "jishi.modules"
nested = ["plays"]                          # folders of the container that hold rooms themselves
doors = ["public"]
wiring = ["api", "pages", "tasks", "reactions"]
wired_by = ["jishi.surfaces", "jishi.runtime"]
"""

from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class DoorContract(Contract):
    type_name = "door"

    container = fields.StringField()
    nested = fields.ListField(subfield=fields.StringField(), required=False, default=[])
    doors = fields.ListField(subfield=fields.StringField())
    wiring = fields.ListField(subfield=fields.StringField())
    wired_by = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        del verbose
        found = sorted(
            (importer, imported)
            for importer in graph.modules
            for imported in graph.find_modules_directly_imported_by(importer)
            if self.trespasses(importer, imported)
        )
        return ContractCheck(kept=not found, metadata={"found": found, "lines": _lines(graph, found)})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["found"]:
            where = check.metadata["lines"][importer, imported]
            output.print_error(f"{importer} -> {imported} (l.{where}): enter the room by its public door")
        output.new_line()

    def trespasses(self, importer: str, imported: str) -> bool:
        """True when `imported` lies inside a room that `importer` does not belong to, behind its door."""
        target = self._room_of(imported)
        if target is None or self._room_of(importer) == target:
            return False
        entry = imported.removeprefix(f"{target}.").partition(".")[0]
        if imported == target or entry in self._names(self.doors):
            return False
        wires = any(_is_within(importer, name) for name in self._names(self.wired_by))
        return not (wires and entry in self._names(self.wiring))

    def _room_of(self, module: str) -> str | None:
        """The room a module belongs to; `plays` itself is a room whose folders are rooms too."""
        prefix = f"{self.container}."
        if not module.startswith(prefix):
            return None
        first, _, rest = module.removeprefix(prefix).partition(".")
        second = rest.partition(".")[0]
        if first in self._names(self.nested) and second and second not in self._names(self.doors):
            return f"{prefix}{first}.{second}"
        return f"{prefix}{first}"

    @staticmethod
    def _names(value: Any) -> list[str]:
        return list(value or [])


def _is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _lines(graph: ImportGraph, found: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
    return {
        (importer, imported): graph.get_import_details(importer=importer, imported=imported)[0]["line_number"]
        for importer, imported in found
    }
