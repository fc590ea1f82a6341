"""Drift as workflow commands, which GitHub Actions shows as annotations."""

from diffapply.model.drift import DriftReport
from diffapply.render.differences.approved import approved_blocks
from diffapply.render.differences.drift import DriftBlock, drift_blocks, drift_summary
from diffapply.render.differences.items import described
from diffapply.render.words.wording import examples, visible

_EXAMPLES = 10


def drift_annotations(report: DriftReport) -> str:
    """An error for each block of tenants with equal differences, and a summary line.

    What is approved, and hints, are notices.
    """
    errors = map(_annotation, drift_blocks(report))
    notices = [
        _notice(its.title, "\n".join((examples(its.tenants, _EXAMPLES), *its.told)))
        for its in approved_blocks(report)
    ]
    notices += (_notice("note", visible(note)) for note in report.notes)
    return "\n".join((*errors, *notices, drift_summary(report))) + "\n"


def _notice(title: str, message: str) -> str:
    return f"::notice title={_property(f'diffapply: {title}')}::{_data(message)}"


def _annotation(block: DriftBlock) -> str:
    message = "\n".join(
        (
            examples(block.tenants, _EXAMPLES),
            *([block.lacks] if block.empty else described(block.differences, block.whys)),
        )
    )
    return f"::error title={_property(f'diffapply: {block.title}')}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
