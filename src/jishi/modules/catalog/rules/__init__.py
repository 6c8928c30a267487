"""Pure decisions of the catalogue: reading files, comparing, drawing, what may follow what."""
