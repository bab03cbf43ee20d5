-- purpose:    Refuse a change of status that internal.status_transitions does not have.
-- security:   definer: writers may not read what is allowed. Reads only the rows at hand besides.
-- complexity: one statement for n updated rows, by hash: a check of each row by itself would be n.
-- callers:    triggers t10_validate_status on public.strategies and public.backtest_jobs.
-- order:      after the record, which goes with the statement when that is refused. A row whose key
--             was changed counts as another row.
-- raises:     23514; the hint says where the row may go.

create or replace function internal.check_status_trigger()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_from pg_catalog.text;
    v_to pg_catalog.text;
begin
    select
        old_rows.status,
        new_rows.status
    into v_from, v_to
    from new_rows
    inner join old_rows
        on old_rows.user_id = new_rows.user_id and old_rows.id = new_rows.id
    where
        old_rows.status <> new_rows.status
        and not exists (
            select
            from internal.status_transitions as known
            where
                known.table_name = tg_table_name
                and known.from_status = old_rows.status
                and known.to_status = new_rows.status
        )
    order by new_rows.user_id, new_rows.id
    limit 1;
    if not found then
        return null;
    end if;

    raise exception 'a status may not change like that'
        using errcode = 'check_violation',
              table = tg_table_name,
              schema = tg_table_schema,
              detail = format('In %s nothing goes from %s to %s.', tg_table_name, v_from, v_to),
              hint = (
                  select
                      format(
                          'From %s it goes to: %s.',
                          v_from,
                          coalesce(
                              string_agg(known.to_status, ', ' order by known.to_status), 'nowhere'
                          )
                      )
                  from internal.status_transitions as known
                  where known.table_name = tg_table_name and known.from_status = v_from
              );
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.check_status_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.check_status_trigger()
from public, anon, authenticated, service_role;

comment on function internal.check_status_trigger() is
'Refuses a change of status that internal.status_transitions does not have.';
