-- Stands in for: supautils, the library by which Supabase gives its postgres role a little of what
--                only owners may: policies and dropping triggers on tables of auth, storage and
--                realtime. Nothing else there passes; what plain Postgres would let the owners'
--                member migrator do (10_roles.sql) is refused here as it is there.
-- Leaves out:    the lock: there, each CREATE, ALTER or DROP POLICY by postgres takes ACCESS
--                EXCLUSIVE on all those tables until commit. CREATE PUBLICATION, GRANT, REVOKE and
--                REASSIGN OWNED are not looked at.
-- Runs:          once in a fresh database, after the schemas that it guards.

create function extensions.guard_platform_schemas()
returns event_trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    -- a table or function itself, or a trigger, policy or rule on a table
    platform constant text := '(^| on )(auth|storage|realtime)\.';
    intrusion record;
begin
    if exists (
        select from pg_catalog.pg_roles
        where pg_roles.rolname = current_user and pg_roles.rolsuper
    ) then
        return;
    end if;
    if tg_event = 'sql_drop' then
        select dropped.object_type, dropped.object_identity
        into intrusion
        from pg_catalog.pg_event_trigger_dropped_objects() as dropped
        where
            dropped.object_identity ~ platform
            and dropped.object_type not in ('policy', 'trigger')
        limit 1;
    else
        select command.object_type, command.object_identity
        into intrusion
        from pg_catalog.pg_event_trigger_ddl_commands() as command
        where
            command.object_identity ~ platform
            and command.command_tag not in ('CREATE POLICY', 'ALTER POLICY', 'CREATE TRIGGER')
        limit 1;
    end if;
    if found then
        raise exception 'must be owner of % %', intrusion.object_type, intrusion.object_identity
            using errcode = 'insufficient_privilege',
                  detail = 'Schemas auth, storage and realtime belong to Supabase.',
                  hint = 'Keep to policies and triggers there.';
    end if;
end;
$$;
comment on function extensions.guard_platform_schemas()
is 'stand-in for supautils: refuses what Supabase refuses its postgres role';

create event trigger guard_platform_schemas on ddl_command_end
execute function extensions.guard_platform_schemas();

create event trigger guard_platform_schemas_against_drops on sql_drop
execute function extensions.guard_platform_schemas();
