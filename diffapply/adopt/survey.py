"""Surveys the live tenants: their shapes, and what is wrong in them. Reads only."""

from diffapply.adopt.alembic_folder import AlembicFolder
from diffapply.adopt.findings import in_order, structure_findings
from diffapply.adopt.revisions import find_revisions
from diffapply.adopt.sequences import sequence_findings
from diffapply.adopt.shapes import surveyed_shapes
from diffapply.model.survey import Survey
from diffapply.planning.means import Means
from diffapply.tenants.discovery import Chosen


def find_survey(means: Means, chosen: Chosen, folder: AlembicFolder | None = None) -> Survey:
    """The shapes of the chosen tenants, and what is wrong in them.

    Args:
        folder: of Alembic's revisions, to set the tenants beside.

    Raises:
        DatabaseError: other sessions keep changing them while they are read.
    """
    reader = means.reader
    shapes = surveyed_shapes(reader, chosen.tenants, means.progress)
    objects = {name: its.catalog.objects for its in shapes for name in its.tenants}
    numbers, unchecked = sequence_findings(reader.database, objects, reader.jobs, means.progress)
    findings = in_order([*structure_findings(shapes), *numbers])
    revisions = find_revisions(means, folder, shapes) if folder else None
    return Survey(shapes, findings, chosen.unreadable, unchecked, revisions)
