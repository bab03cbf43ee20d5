-- purpose:    Of a row as an object, these columns only: what tells it from all others.
-- security:   invoker; touches only the row at hand.
-- complexity: O(columns) per row, no table. Inlined, which a subquery in its body would prevent.
-- callers:    the record_*_trigger() functions, for the key of each row.

create or replace function internal.pick_columns(p_row jsonb, p_columns text[])
returns jsonb
language sql
stable
security invoker
begin atomic
    select
        case cardinality(pick_columns.p_columns)
            when 1
                then jsonb_build_object(
                    pick_columns.p_columns[1], pick_columns.p_row -> pick_columns.p_columns[1]
                )
            when 2
                then jsonb_build_object(
                    pick_columns.p_columns[1], pick_columns.p_row -> pick_columns.p_columns[1],
                    pick_columns.p_columns[2], pick_columns.p_row -> pick_columns.p_columns[2]
                )
            when 3
                then jsonb_build_object(
                    pick_columns.p_columns[1], pick_columns.p_row -> pick_columns.p_columns[1],
                    pick_columns.p_columns[2], pick_columns.p_row -> pick_columns.p_columns[2],
                    pick_columns.p_columns[3], pick_columns.p_row -> pick_columns.p_columns[3]
                )
            when 4
                then jsonb_build_object(
                    pick_columns.p_columns[1], pick_columns.p_row -> pick_columns.p_columns[1],
                    pick_columns.p_columns[2], pick_columns.p_row -> pick_columns.p_columns[2],
                    pick_columns.p_columns[3], pick_columns.p_row -> pick_columns.p_columns[3],
                    pick_columns.p_columns[4], pick_columns.p_row -> pick_columns.p_columns[4]
                )
        end;
end;

grant create on schema internal to hephaitos_internal;
alter function internal.pick_columns(jsonb, text[]) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.pick_columns(jsonb, text[])
from public, anon, authenticated, service_role;

comment on function internal.pick_columns(jsonb, text[]) is
'The part of a row that consists of these columns, one to four of them; else null.';
