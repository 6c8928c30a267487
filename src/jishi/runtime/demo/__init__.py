"""Everything the demo shop is made of: drawn pictures, copy and the seeding of a living shop."""
