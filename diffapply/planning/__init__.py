"""Makes plans: each shape and its goal, and what leads there."""
