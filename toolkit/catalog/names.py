"""Names as SQL spells them: quoted only where PostgreSQL itself would quote.

Pure, and held equal to the server's quote_ident by a test.
"""

import re

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")
# Every word that quote_ident quotes: the keywords of PostgreSQL 15 to 18 that are not unreserved.
_WORDS = """
all analyse analyze and any array as asc asymmetric authorization between bigint binary bit
boolean both case cast char character check coalesce collate collation column concurrently
constraint create cross current_catalog current_date current_role current_schema current_time
current_timestamp current_user dec decimal default deferrable desc distinct do else end except
exists extract false fetch float for foreign freeze from full grant greatest group grouping having
ilike in initially inner inout int integer intersect interval into is isnull join json json_array
json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize
json_table json_value lateral leading least left like limit localtime localtimestamp merge_action
national natural nchar none normalize not notnull null nullif numeric offset on only or order out
outer overlaps overlay placing position precision primary real references returning right row
select session_user setof similar smallint some substring symmetric system_user table tablesample
then time timestamp to trailing treat trim true union unique user using values varchar variadic
verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest
xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
"""
_KEYWORDS = frozenset(_WORDS.split())


def quoted(name: str) -> str:
    """Return a name as an identifier in SQL.

    >>> quoted("orders"), quoted("Orders"), quoted("order")
    ('orders', '"Orders"', '"order"')
    """
    if _PLAIN.match(name) and name not in _KEYWORDS:
        return name
    return '"' + name.replace('"', '""') + '"'


def qualified(schema: str, name: str) -> str:
    """Return a name with its schema, or without when it lives in none.

    >>> qualified("sales", "orders"), qualified("", "reporting")
    ('sales.orders', 'reporting')
    """
    return f"{quoted(schema)}.{quoted(name)}" if schema else quoted(name)


def literal(text: str) -> str:
    """Return a text as a string constant in SQL.

    >>> literal("it's")
    "'it''s'"
    """
    escaped = text.replace("'", "''")
    if "\\" in escaped:
        return "E'" + escaped.replace("\\", "\\\\") + "'"
    return f"'{escaped}'"
