"""Guesses which extension is missing when PostgreSQL does not find a name."""

import re

from diffapply.database.names_said import called_in, is_english, quoted_in

_LACKING = re.compile(
    r"(?:type|operator class|access method|foreign-data wrapper|function) "
    r'"?(?:\w+\.)?(?P<name>\w+)[("].*does not exist'
)
_NO_DEFAULT = re.compile(r'has no default operator class for access method "(?P<method>gin|gist)"')
_EXTENSIONS = {
    "btree_gin": "btree_gin",
    "btree_gist": "btree_gist",
    "citext": "citext",
    "cube": "cube",
    "earthdistance": "earth ll_to_earth earth_distance",
    "fuzzystrmatch": "levenshtein soundex metaphone dmetaphone",
    "hstore": "hstore",
    "intarray": "gin__int_ops gist__int_ops gist__intbig_ops",
    "ltree": "ltree lquery ltxtquery",
    "pg_trgm": "gin_trgm_ops gist_trgm_ops similarity word_similarity show_trgm",
    "pgcrypto": "digest hmac crypt gen_salt pgp_sym_encrypt pgp_sym_decrypt gen_random_bytes",
    "postgis": "geometry geography raster box2d box3d st_makepoint st_setsrid st_transform",
    "postgres_fdw": "postgres_fdw",
    "tablefunc": "crosstab",
    "unaccent": "unaccent",
    "uuid-ossp": "uuid_generate_v1 uuid_generate_v1mc uuid_generate_v3 uuid_generate_v4 "
    "uuid_generate_v5",
    "vector": "vector halfvec sparsevec hnsw ivfflat vector_l2_ops vector_cosine_ops vector_ip_ops",
}
"""Extension → names that it defines."""
_EXTENSION_OF = {name: ext for ext, names in _EXTENSIONS.items() for name in names.split()}


def missing_extension(message: str) -> str | None:
    """The extension that defines the missing name, if it is a known one."""
    if lacking := _LACKING.search(message):
        return _EXTENSION_OF.get(lacking["name"])
    if plain := _NO_DEFAULT.search(message):
        return f"btree_{plain['method']}"
    if is_english(message):
        return None
    quoted = quoted_in(message)
    if quoted in (["gin"], ["gist"]):  # the access method: the type has no quotation marks
        return f"btree_{quoted[0]}"
    names = (its.rpartition(".")[2] for its in (*quoted, *called_in(message)))
    return next((_EXTENSION_OF[its] for its in names if its in _EXTENSION_OF), None)
