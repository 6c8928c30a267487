"""Plain Python that everything may use and that uses nothing but the standard library."""
