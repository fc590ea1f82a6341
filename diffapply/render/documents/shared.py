"""What the JSON documents share: how they are written, and who could not be read.

Fields are added, never changed. Names and SQL are in them unchanged. The text is ASCII, so that it
survives any encoding of the terminal, also with lone surrogates.
"""

import json
from collections.abc import Mapping

from diffapply.model.unreadable import Unreadable
from diffapply.render.documents.contract import UnreadableTenant


def unreadable_tenant(tenant: Unreadable) -> UnreadableTenant:
    """A tenant that could not be compared."""
    return {"name": tenant.name, "remedy": tenant.remedy, "why": tenant.why.word}


def as_json(document: Mapping[str, object]) -> str:
    """A document as text."""
    return json.dumps(document, indent=2) + "\n"
