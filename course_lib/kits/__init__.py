"""`course export`: kits, which hold all that a class or a platform needs, and no solution."""
