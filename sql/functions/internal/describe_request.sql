-- purpose:    When and in whose request a statement runs, and whose rows those of a relation are.
-- security:   invoker; reads settings of the session. Claims are data: they say who acts, and open
--             nothing. The role in force is the caller's, inside definer functions too.
-- complexity: one row; a look into the catalog only for partitions. Inlined, so that it is no
--             statement of its own.
-- callers:    the record_*_trigger() functions.
-- raises:     22P02 when claims or headers are no JSON.

create or replace function internal.describe_request(
    p_relation oid, p_schema text, p_table text
)
returns table (
    changed_at timestamptz,
    table_schema text,
    table_name text,
    actor_id uuid,
    actor_role text,
    request_id text
)
language sql
stable
security invoker
rows 1
begin atomic
    select
        clock_timestamp() as changed_at,
        -- A row is the table's, whichever of its partitions a statement named.
        coalesce(
            (
                select pg_namespace.nspname::text
                from pg_catalog.pg_class
                inner join pg_catalog.pg_namespace
                    on pg_class.relnamespace = pg_namespace.oid
                where pg_class.oid = pg_partition_root(describe_request.p_relation)
            ),
            describe_request.p_schema
        ) as table_schema,
        coalesce(
            (
                select pg_class.relname::text
                from pg_catalog.pg_class
                where pg_class.oid = pg_partition_root(describe_request.p_relation)
            ),
            describe_request.p_table
        ) as table_name,
        -- A service may call itself by something else than a uuid.
        case
            when claimed.sub ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                then claimed.sub::uuid
        end as actor_id,
        nullif(current_setting('role'), 'none') as actor_role,
        nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-request-id'
            as request_id
    from (
        values
        (
            coalesce(
                nullif(current_setting('request.jwt.claim.sub', true), ''),
                nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
            )
        )
    ) as claimed (sub);
end;

grant create on schema internal to hephaitos_internal;
alter function internal.describe_request(oid, text, text) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.describe_request(oid, text, text)
from public, anon, authenticated, service_role;

comment on function internal.describe_request(oid, text, text) is
'Who acts, as which role and in which request; and the table that a relation is a part of.';
