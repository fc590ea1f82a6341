"""What the changelog must say before there is a release."""

import re


def shortcoming(changelog: str, version: str) -> str | None:
    """What is missing for a release of that version, in a sentence; None: nothing."""
    sections = re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]
    parts = [its.partition("\n") for its in sections]
    told = {title.strip(): text.strip() for title, _, text in parts}
    dated = [text for title, text in told.items() if title.split()[0] == version]
    if told.get("Unreleased"):
        return (
            f"CHANGELOG.md has changes under Unreleased. Move them under a heading "
            f"'## {version} (date)'."
        )
    if not dated:
        return f"CHANGELOG.md has no section for {version}."
    return None if dated[0] else f"The section for {version} in CHANGELOG.md is empty."
