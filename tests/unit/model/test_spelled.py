"""A tenant's own name in statements stays what it is: no text ends where the name says so."""

import pglast
import pytest
from pglast import keywords

from diffapply.errors import TenantError
from diffapply.model.identifier import is_plain
from diffapply.model.own_name import spelled

_END = "; drop table public.accounts; --"
_BODY = "create function f() returns text language sql as $function$ {} $function$"
_REMARKED = f"-- of diffapply_tenant\nselect 1; {_BODY.format('select 1 -- diffapply_tenant')}"
_BREAKING = {
    "dollars": (f"t$function${_END}", _BODY.format("select 'diffapply_tenant'")),
    "dollars in a plain name": ("t$function$", _BODY.format("select 'diffapply_tenant'")),
    "no tag": (f"t$${_END}", "do $$begin perform 'diffapply_tenant'; end$$"),
    "a backslash": (f"t\\'{_END}", "comment on table t is E'a\\\\b diffapply_tenant'"),
    "a line's end": (f"t\n{_END}", _REMARKED),
    "a remark's end": (f"t*/{_END}", "/* diffapply_tenant */ select 1"),
}


@pytest.mark.parametrize("which", _BREAKING)
def test_a_name_that_would_end_the_text_around_it_is_refused(which: str) -> None:
    """It would run as a statement."""
    name, text = _BREAKING[which]
    with pytest.raises(TenantError, match="cannot stand where the structure says it"):
        spelled(text, name)


@pytest.mark.parametrize(
    "name", ["o'brien", 'we"ird $1', "a\\b", "a\n-- b", "a$b", "/* a", "x$tag$y", "';--"]
)
@pytest.mark.parametrize(
    "text",
    [
        _BODY.format("select 'diffapply_tenant' from diffapply_tenant.doc"),
        "select 'diffapply_tenant', \"ix_diffapply_tenant\", diffapply_tenant.f()",
        "comment on table t is 'it''s diffapply_tenant'",
    ],
)
def test_other_names_leave_statements_what_they_are(name: str, text: str) -> None:
    """As many tokens, of the same kinds, as with a plain name."""
    hostile, plain = (
        [token.name for token in pglast.parser.scan(spelled(text, its))] for its in (name, "user_1")
    )
    assert hostile == plain


def test_a_backslash_in_a_literal_hides_no_quote() -> None:
    """A literal with escapes is one literal, whatever stands in it."""
    text = "select E'a\\\\''b\\'diffapply_tenant', 'diffapply_tenant'"
    assert spelled(text, "o'neil") == "select E'a\\\\''b''o''neil', 'o''neil'"


def test_no_keyword_has_a_digit() -> None:
    """So a name with one is plain, whatever the list of keywords says."""
    assert not [its for its in keywords.RESERVED_KEYWORDS if any(map(str.isdigit, its))]
    assert is_plain("user_1")
    assert not is_plain("user")
