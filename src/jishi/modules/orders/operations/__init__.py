"""The verbs of carts and orders, one file each."""
