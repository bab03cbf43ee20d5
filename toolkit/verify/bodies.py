"""SQL functions whose body is kept as text: does Postgres still accept it?

Nothing else looks at such a body until somebody calls it. Bodies between `begin atomic` and `end`
are parsed and tracked already; those of PL/pgSQL are the business of a rule.
"""

from toolkit.bodies import sql_bodies, sql_refusal
from toolkit.connect import Connection
from toolkit.verify.check import Check, Finding, judged

NAME = "sql_function_bodies"
CLAIM = "Postgres accepts the body of every SQL function that is kept as text."


def check_sql_bodies(connection: Connection, schemas: tuple[str, ...]) -> Check:
    """Let Postgres parse every such body as it does at CREATE.

    Args:
        connection: inside a transaction; as a role that may execute the functions.
        schemas: whose functions.

    Returns:
        One finding for each body that is refused. Two statements a function.
    """
    findings = []
    for oid, signature, search_path in sql_bodies(connection, schemas):
        refusal = sql_refusal(connection, oid, search_path)
        if refusal is not None:
            findings.append(
                Finding(signature, f"{refusal}.", "Correct the body, or drop the function.")
            )
    return judged(NAME, CLAIM, findings)
