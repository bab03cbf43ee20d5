-- purpose:    Of a row as an object, these columns only: what tells it from all others. One to
--             four of them; those that are null count as not there.
-- security:   invoker; touches only the row at hand.
-- complexity: O(columns) per row, no table. Inlined, which a subquery in its body would prevent.
--             A name a parameter: out of an array, each use would be one more node to set up in
--             every statement.
-- callers:    the record_*_trigger() functions, for the key of each row.

create or replace function internal.pick_columns(
    p_row jsonb, p_first text, p_second text, p_third text, p_fourth text
)
returns jsonb
language sql
stable
security invoker
begin atomic
    select
        case
            when pick_columns.p_first is null
                then null
            when pick_columns.p_second is null
                then jsonb_build_object(
                    pick_columns.p_first, pick_columns.p_row -> pick_columns.p_first
                )
            when pick_columns.p_third is null
                then jsonb_build_object(
                    pick_columns.p_first, pick_columns.p_row -> pick_columns.p_first,
                    pick_columns.p_second, pick_columns.p_row -> pick_columns.p_second
                )
            -- No column is named '': it stands for the fourth where there are three.
            else
                jsonb_build_object(
                    pick_columns.p_first, pick_columns.p_row -> pick_columns.p_first,
                    pick_columns.p_second, pick_columns.p_row -> pick_columns.p_second,
                    pick_columns.p_third, pick_columns.p_row -> pick_columns.p_third,
                    coalesce(pick_columns.p_fourth, ''),
                    pick_columns.p_row -> pick_columns.p_fourth
                ) - ''
        end;
end;

grant create on schema internal to hephaitos_internal;
alter function internal.pick_columns(jsonb, text, text, text, text) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.pick_columns(jsonb, text, text, text, text)
from public, anon, authenticated, service_role;

comment on function internal.pick_columns(jsonb, text, text, text, text) is
'The part of a row that consists of these columns, one to four of them; null without one.';
