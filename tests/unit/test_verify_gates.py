"""Gates: one before each statement that may reach a table or a lock, and nowhere else."""

import re

from toolkit.verify.gates import GATE_CLASS, with_gates

FUNCTION = """\
CREATE OR REPLACE FUNCTION public.f(p integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
    v_first integer := (select 1);
begin
    -- select; this is no statement
    v_first := (select 2);
    perform pg_sleep(0);
    if p > 1 then
        insert into t (a) select 1 where 'x; select' <> '';
    else
        begin
            update t set a = 2;
        exception
            when unique_violation then
                return 3;
        end;
    end if;
    raise notice 'done';
    return 4;
end;
$function$
"""


def test_every_statement_that_may_wait_has_its_gate() -> None:
    gated, count = with_gates(FUNCTION)

    opened = re.findall(
        rf"perform pg_catalog.pg_advisory_xact_lock_shared\({GATE_CLASS}, [^;]*\+ (\d)\);\n(\w+)",
        gated,
    )
    assert count == 5
    assert opened == [
        ("0", "perform"), ("1", "insert"), ("2", "update"), ("3", "return"), ("4", "return"),
    ]  # fmt: skip


def test_nothing_else_changes() -> None:
    gated, _ = with_gates(FUNCTION)

    assert re.sub(r"perform pg_catalog.pg_advisory[^;]*;\n", "", gated) == FUNCTION


def test_what_has_no_text_for_a_body_has_no_gates() -> None:
    parsed = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END"

    assert with_gates(parsed) == (parsed, 0)
