"""Surveys the live tenants: their shapes, and what is wrong in them. Reads only."""

from collections.abc import Sequence

from diffapply.adopt.findings import in_order, structure_findings
from diffapply.adopt.revisions import find_revisions
from diffapply.adopt.sequences import sequence_findings
from diffapply.adopt.shapes import surveyed_shapes
from diffapply.model.survey import Survey
from diffapply.planning.means import Means
from diffapply.setup.alembic import AlembicFolder
from diffapply.tenants.discovery import Chosen


def find_survey(means: Means, chosen: Chosen, folders: Sequence[AlembicFolder] = ()) -> Survey:
    """The shapes of the chosen tenants, and what is wrong in them.

    Args:
        folders: of Alembic's revisions, to set the tenants beside; if there are several, none is
            run.

    Raises:
        DatabaseError: other sessions keep changing them while they are read.
    """
    reader = means.reader
    shapes = surveyed_shapes(means, chosen.tenants)
    objects = {name: its.catalog.objects for its in shapes for name in its.tenants}
    numbers, unchecked = sequence_findings(reader.database, objects, reader.jobs, means.progress)
    findings = in_order([*structure_findings(shapes), *numbers])
    revisions = find_revisions(means, folders, shapes) if folders else None
    return Survey(shapes, findings, means.unreadable(chosen), unchecked, revisions)
