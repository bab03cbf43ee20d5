-- purpose:    What is recorded stays as it was recorded.
-- security:   invoker. Holds the owner of the record, too; who may drop the trigger or the table
--             can still get past it, and verification of the audit tells.
-- complexity: O(1), and never called by who appends.
-- callers:    triggers t10_refuse_rewrite and t10_refuse_truncate on audit.changes.
-- raises:     42501, always.

create or replace function internal.refuse_rewrite_trigger()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    raise exception 'permission denied to rewrite %.%', tg_table_schema, tg_table_name
        using errcode = 'insufficient_privilege',
              detail = 'Records are appended, and neither changed nor removed.',
              hint = 'Append a record of what is right.';
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.refuse_rewrite_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.refuse_rewrite_trigger()
from public, anon, authenticated, service_role;

comment on function internal.refuse_rewrite_trigger() is
'Refuses whatever statement it is called for.';
