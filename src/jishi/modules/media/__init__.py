"""Media: pictures and short videos that people send."""
