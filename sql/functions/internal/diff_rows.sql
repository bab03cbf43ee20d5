-- purpose:    What differs between two images of a row, by column.
-- security:   invoker; touches only its arguments.
-- complexity: O(columns), no table.
-- callers:    audit.differences and audit.versions_of().

create or replace function internal.diff_rows(p_old jsonb, p_new jsonb)
returns jsonb
language sql
immutable
security invoker
parallel safe
begin atomic
    select
        coalesce(
            jsonb_object_agg(
                coalesce(gone.key, fresh.key),
                jsonb_build_object('old', gone.value, 'new', fresh.value)
            ),
            '{}'
        )
    from jsonb_each(coalesce(diff_rows.p_old, '{}')) as gone
    full join jsonb_each(coalesce(diff_rows.p_new, '{}')) as fresh
        on gone.key = fresh.key
    -- As text: 1.0 and 1.00 are equal, and not the same.
    where gone.value::text is distinct from fresh.value::text;
end;

revoke all on function internal.diff_rows(jsonb, jsonb)
from public, anon, authenticated, service_role;
grant execute on function internal.diff_rows(jsonb, jsonb) to hephaitos_internal;

comment on function internal.diff_rows(jsonb, jsonb) is
'An object with a member for each column that differs: its old and its new value.';
