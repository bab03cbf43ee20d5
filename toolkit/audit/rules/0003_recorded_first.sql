-- purpose: Of the statement triggers after an event, the one that records fires first.
-- why:     One that changes rows before the change it answers is recorded puts effects before their
--          causes, and a replay of the record ends wrong.

with recording as (
    select
        pg_trigger.tgrelid,
        pg_trigger.tgname,
        pg_trigger.tgtype,
        pg_trigger.tgfoid
    from pg_catalog.jsonb_array_elements(
        pg_catalog.current_setting('hephaitos.audit_wanted')::jsonb
    ) as entry (value)
    inner join pg_catalog.pg_trigger
        on
            pg_catalog.to_regprocedure(entry.value ->> 'function') = pg_trigger.tgfoid
            and pg_catalog.to_regclass(entry.value ->> 'name') = pg_trigger.tgrelid
)

select distinct
    pg_catalog.format(
        'trigger %I on %s', pg_trigger.tgname, pg_trigger.tgrelid::regclass
    ) as object,
    pg_catalog.format('It fires before trigger %I.', recording.tgname) as detail,
    'Rename it: triggers fire in the order of their names.' as hint
from recording
inner join pg_catalog.pg_trigger
    on recording.tgrelid = pg_trigger.tgrelid
where
    not pg_trigger.tgisinternal
    and pg_trigger.tgname < recording.tgname
    and pg_trigger.tgfoid <> recording.tgfoid
    -- After, and once a statement, and for an event in common.
    and pg_trigger.tgtype & 67 = 0
    and pg_trigger.tgtype & recording.tgtype & 60 <> 0
order by object;
