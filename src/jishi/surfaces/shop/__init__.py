"""The phone storefront."""
