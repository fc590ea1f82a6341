"""The parts of the query that replace a schema's own name by the stand-in.

A name is replaced as a whole word: `user_1` in ``user_1.t`` and ``'user_1'``, but not in
``user_10``. Only literals and bodies can contain it, because PostgreSQL writes no schema name
elsewhere; there, the word would mean something else. If a text contains the stand-in itself, an x
is added to it.
"""

import re

from diffapply.ddl.kind import Text
from diffapply.model.own_name import LETTER, STAND_IN, Naming
from diffapply.queries import query

_IN_NAMES = re.compile(r"own_name\(([\w.]+), (\w+)\)")


def with_names(query: str, naming: Naming) -> str:
    """The query with expressions in place of ``own_name(column, alias)``, an object's name.

    Args:
        query: in it, `alias` has the columns `nspname` and `hint` of the schema.
        naming: how the schema's own name is treated.
    """
    if naming is not Naming.OWN:
        return _IN_NAMES.sub(r"\1", query)
    text = _filled("_own_name_in_name")
    return _IN_NAMES.sub(lambda its: text.replace("<name>", its[1]).replace("<of>", its[2]), query)


def says_it(reads: Text, naming: Naming) -> str:
    """The expression for where in a definition the name is replaced; null for nowhere."""
    where = reads.says_own_name
    if not where or naming is Naming.AS_IT_IS:
        return "null::text"
    if naming is not Naming.OWN:
        words = reads.is_words if naming is Naming.TOKEN else not reads.is_code
        return "null::text" if words else f"'{where}'"
    text, hint = ("k.definition", "k.hint")
    if where != "literals":  # in code, people also write names in capitals
        text, hint = (f"lower({text})", f"lower({hint})")
    return (
        f"case when k.hint is not null and "
        f"({text} like {hint} or {text} like '%{STAND_IN}%') then '{where}' end"
    )


def replaced(naming: Naming) -> str:
    """The expression for the definition of `f` with replacements, as its column `says` tells."""
    if naming is Naming.AS_IT_IS:
        return "f.definition"
    return _filled("_own_name" if naming is Naming.OWN else "_token")


def _filled(name: str) -> str:
    text = query("catalog/sql", name)
    return (
        text.replace("<before>", f"(?<!{LETTER})")
        .replace("<after>", f"(?!{LETTER})")
        .replace("<stand-in>", STAND_IN)
        .replace("<STAND-IN>", STAND_IN.upper())
        .strip()
    )
