-- purpose:    The message that asks a worker to remove the file of an export from storage. SQL may
--             not delete it: the row would go and the file would stay.
-- security:   invoker; builds a value, reads nothing.
-- complexity: O(1).
-- callers:    the procedures behind internal.clean_up_exports().

create or replace function internal.describe_removal(
    p_dedup_key text, p_user_id uuid, p_path text
)
returns jsonb
language sql
immutable
security invoker
begin atomic
    select
        jsonb_build_object(
            'kind', 'remove_file',
            'dedup_key', describe_removal.p_dedup_key,
            'user_id', describe_removal.p_user_id,
            'payload', jsonb_build_object('bucket', 'exports', 'path', describe_removal.p_path)
        );
end;

grant create on schema internal to hephaitos_internal;
alter function internal.describe_removal(text, uuid, text) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.describe_removal(text, uuid, text)
from public, anon, authenticated, service_role;

comment on function internal.describe_removal(text, uuid, text) is
'The message that asks a worker to remove the file of an export.';
