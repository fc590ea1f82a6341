"""A software bill of materials in the format of CycloneDX: what is installed with diffapply.

The versions are those of this environment, which constraints.txt pins: all is proved with them.
"""

import json
import re
from importlib.metadata import Distribution, distribution
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from packaging.requirements import Requirement

ROOT = "diffapply"


def sbom() -> str:
    """The document, as JSON; the same as long as the versions are."""
    found = _needed()
    components = [_component(its) for name, (its, _) in found.items() if name != ROOT]
    needs = [
        {"ref": _ref(its), "dependsOn": sorted(_ref(found[name][0]) for name in names)}
        for its, names in found.values()
    ]
    about = {"component": {**_component(found[ROOT][0]), "type": "application"}}
    serial = uuid5(NAMESPACE_URL, json.dumps([about, components, needs]))
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": about,
        "components": components,
        "dependencies": needs,
    }
    return json.dumps(document, indent=2) + "\n"


def _needed() -> dict[str, tuple[Distribution, set[str]]]:
    """Name → what is installed, and the names of what that needs; by name, diffapply first."""
    found: dict[str, tuple[Distribution, set[str]]] = {}
    waiting: list[tuple[str, frozenset[str]]] = [(ROOT, frozenset())]
    seen = set(waiting)
    while waiting:
        name, extras = waiting.pop()
        package = distribution(name)
        needs = {
            (_normal(wanted.name), frozenset(wanted.extras))
            for wanted in map(Requirement, package.requires or ())
            if wanted.marker is None
            or any(wanted.marker.evaluate({"extra": extra}) for extra in ("", *extras))
        }
        _, before = found.get(name, (package, set()))
        found[name] = package, before | {needed for needed, _ in needs}
        waiting += needs - seen
        seen |= needs
    return dict(sorted(found.items(), key=lambda entry: (entry[0] != ROOT, entry[0])))


def _component(package: Distribution) -> dict[str, Any]:
    licence = package.metadata["License-Expression"] or package.metadata["License"]
    named = {"licenses": [{"license": {"name": licence.splitlines()[0]}}]} if licence else {}
    return {
        "type": "library",
        "bom-ref": _ref(package),
        "name": package.metadata["Name"],
        "version": package.version,
        "purl": _ref(package),
        **named,
    }


def _ref(package: Distribution) -> str:
    return f"pkg:pypi/{_normal(package.metadata['Name'])}@{package.version}"


def _normal(name: str) -> str:
    """A name as packages are told apart by."""
    return re.sub(r"[-_.]+", "-", name).lower()
