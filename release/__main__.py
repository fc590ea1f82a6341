"""``python -m release``: all of a release; ``python -m release --sbom``: the SBOM alone."""

import argparse
import sys

from diffapply.version import VERSION
from release import packages
from release.changelog import shortcoming
from release.sbom import sbom

DIST = packages.ROOT / "dist"


def main() -> None:
    """Read the command line, and do it."""
    parser = argparse.ArgumentParser(description="Make a release in dist/; publish nothing.")
    parser.add_argument("--sbom", action="store_true", help="the SBOM alone")
    given = parser.parse_args()
    DIST.mkdir(exist_ok=True)
    bill = DIST / f"diffapply-{VERSION}.cdx.json"
    made = [bill]
    if not given.sbom:
        changelog = (packages.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
        if reason := shortcoming(changelog, VERSION):
            sys.exit(f"No release was made. {reason}")
        made += packages.build(DIST)
    bill.write_text(sbom(), encoding="utf-8")
    for file in made:
        print(file.relative_to(packages.ROOT))


if __name__ == "__main__":
    main()
