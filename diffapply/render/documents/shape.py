"""A structure with its statements as a JSON document."""

from diffapply.model.own_name import STAND_IN
from diffapply.model.pulled import ShownShape
from diffapply.render.documents.contract import VERSION, ShapeDocument
from diffapply.render.documents.shared import as_json


def shape_json(shown: ShownShape) -> str:
    """`shape_document` as text."""
    return as_json(shape_document(shown))


def shape_document(shown: ShownShape) -> ShapeDocument:
    """A structure with its statements."""
    return {
        "version": VERSION,
        "fingerprint": shown.shape.fingerprint,
        "own_name": STAND_IN,
        "tenants": shown.tenants,
        "known": shown.known,
        "statements": shown.shape.ddl or (),
    }
