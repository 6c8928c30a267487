"""The JSON API, version 1: the same flows and rooms as the shop and the console, for programs."""
