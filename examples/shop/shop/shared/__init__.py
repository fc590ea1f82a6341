"""What all merchants share: facts of the world, and what they pay us."""
