"""Plain makers and fakes with behaviour that the tests of more than one room share."""
