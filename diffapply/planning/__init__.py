"""Makes plans: for each shape its goal, and the transition that leads there."""
