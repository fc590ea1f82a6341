"""What all formats say in the same way: words, folded statements, wrapped lines."""
