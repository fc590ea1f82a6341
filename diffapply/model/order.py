"""The order in which people expect to see names."""

import re


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key by which user_2 comes before user_10."""
    return tuple(
        (0, int(piece), piece) if piece.isascii() and piece.isdigit() else (1, 0, piece)
        for piece in re.split(r"(\d+)", name)
        if piece
    )
