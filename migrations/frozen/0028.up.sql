set local lock_timeout = '2s';

create table internal.status_transitions (
    table_name text not null,
    from_status text not null,
    to_status text not null,
    constraint status_transitions_pkey primary key (table_name, from_status, to_status),
    constraint status_transitions_to_status_check check (to_status <> from_status)
);

comment on table internal.status_transitions is
'Which status may follow which. Only what happens to a row is held against it: a row may be '
'inserted in any status, since history that is loaded has happened already.';
comment on constraint status_transitions_pkey on internal.status_transitions is
'global: what may follow what is the same for every tenant.';

insert into internal.status_transitions (table_name, from_status, to_status)
values
('strategies', 'draft', 'backtesting'),
('strategies', 'draft', 'ready'),
('strategies', 'draft', 'archived'),
-- Back to what it was; or wherever its user sends it meanwhile.
('strategies', 'backtesting', 'draft'),
('strategies', 'backtesting', 'ready'),
('strategies', 'backtesting', 'running'),
('strategies', 'backtesting', 'paused'),
('strategies', 'backtesting', 'stopped'),
('strategies', 'backtesting', 'archived'),
('strategies', 'ready', 'draft'),
('strategies', 'ready', 'backtesting'),
('strategies', 'ready', 'running'),
('strategies', 'ready', 'archived'),
-- Not archived: whoever trades is stopped first.
('strategies', 'running', 'backtesting'),
('strategies', 'running', 'paused'),
('strategies', 'running', 'stopped'),
('strategies', 'paused', 'backtesting'),
('strategies', 'paused', 'running'),
('strategies', 'paused', 'stopped'),
('strategies', 'paused', 'archived'),
('strategies', 'stopped', 'draft'),
('strategies', 'stopped', 'backtesting'),
('strategies', 'stopped', 'ready'),
('strategies', 'stopped', 'running'),
('strategies', 'stopped', 'archived'),
('strategies', 'archived', 'draft'),
('strategies', 'archived', 'ready'),
('backtest_jobs', 'queued', 'running'),
('backtest_jobs', 'queued', 'failed'),
('backtest_jobs', 'queued', 'cancelled'),
-- Whoever ran it is gone: somebody else may begin anew.
('backtest_jobs', 'running', 'queued'),
('backtest_jobs', 'running', 'completed'),
('backtest_jobs', 'running', 'failed'),
('backtest_jobs', 'running', 'cancelled');

alter table public.strategies add column status_before_backtesting text;

comment on column public.strategies.status_before_backtesting is
'What a strategy in backtesting goes back to, kept by triggers; null for ready.';

-- purpose:    Which status may follow which, set by revisions.
-- security:   no role of the API has a right here.
-- complexity: a policy without a condition: nothing here belongs to a user.
-- callers:    hephaitos_internal, inside the functions it owns.

revoke all on internal.status_transitions
from public, anon, authenticated, service_role,
hephaitos_api, hephaitos_internal, hephaitos_worker;
grant select on internal.status_transitions to hephaitos_internal;

alter table internal.status_transitions enable row level security;
alter table internal.status_transitions force row level security;

drop policy if exists status_transitions_select_internal on internal.status_transitions;
create policy status_transitions_select_internal on internal.status_transitions
for select to hephaitos_internal
using (true);

-- purpose:    A strategy is seen and edited by the user it belongs to, and by nobody else: a public
--             one shows in the ranking, by functions that leave its config out.
-- security:   user_id is given once, at insert: no grant lets a user change it. hephaitos_api reads
--             for the caller alone, or for service_role, whatever its functions ask for.
-- complexity: one policy check per row, the caller's id and role read once per statement.
-- callers:    role authenticated, hephaitos_api and hephaitos_internal through policies;
--             service_role past them.

revoke all on public.strategies
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select, delete on public.strategies to authenticated;
grant insert (id, user_id, name, description, config, is_public)
on public.strategies to authenticated;
grant update (name, description, status, config, is_public) on public.strategies to authenticated;
grant select, insert, update, delete on public.strategies to service_role;
grant select on public.strategies to hephaitos_api, hephaitos_internal;
grant update (status, status_before_backtesting, last_activity_at)
on public.strategies to hephaitos_internal;

alter table public.strategies enable row level security;
alter table public.strategies force row level security;

drop policy if exists strategies_select_own on public.strategies;
create policy strategies_select_own on public.strategies
for select to authenticated
using (user_id = (select auth.uid()));

drop policy if exists strategies_insert_own on public.strategies;
create policy strategies_insert_own on public.strategies
for insert to authenticated
with check (user_id = (select auth.uid()));

drop policy if exists strategies_update_own on public.strategies;
create policy strategies_update_own on public.strategies
for update to authenticated
using (user_id = (select auth.uid()))
with check (user_id = (select auth.uid()));

drop policy if exists strategies_delete_own on public.strategies;
create policy strategies_delete_own on public.strategies
for delete to authenticated
using (user_id = (select auth.uid()));

-- "or" instead of "case" lets the planner expect next to no rows and probe totals one by one:
-- 20,000 buffers instead of 300 for 5,000 strategies.
drop policy if exists strategies_select_api on public.strategies;
create policy strategies_select_api on public.strategies
for select to hephaitos_api
using (
    case
        when (select current_setting('role')) = 'service_role' then true
        else user_id = (select auth.uid())
    end
);

-- The ranking is made of everybody's strategies.
drop policy if exists strategies_select_internal on public.strategies;
create policy strategies_select_internal on public.strategies
for select to hephaitos_internal
using (true);

-- A strategy goes along with its jobs, whoever's they are.
drop policy if exists strategies_update_internal on public.strategies;
create policy strategies_update_internal on public.strategies
for update to hephaitos_internal
using (true)
with check (true);

-- purpose:    A user follows the backtests they asked for; services queue, run and finish them.
-- security:   users only read: a job costs money, so asking for one goes through a function.
--             hephaitos_api reads and asks for the caller alone, or for service_role, whatever its
--             functions ask for.
-- complexity: one policy check per row, the caller's id and role read once per statement.
-- callers:    role authenticated, hephaitos_api and hephaitos_internal through policies;
--             service_role past them.

revoke all on public.backtest_jobs
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select on public.backtest_jobs to authenticated, hephaitos_api;
grant select, insert, update, delete on public.backtest_jobs to service_role;
grant insert (user_id, strategy_id, config, idempotency_key)
on public.backtest_jobs to hephaitos_api;
grant select, update (status, finished_at) on public.backtest_jobs to hephaitos_internal;

alter table public.backtest_jobs enable row level security;
alter table public.backtest_jobs force row level security;

drop policy if exists backtest_jobs_select_own on public.backtest_jobs;
create policy backtest_jobs_select_own on public.backtest_jobs
for select to authenticated
using (user_id = (select auth.uid()));

-- "case", not "or": see the policy of the same name on strategies.
drop policy if exists backtest_jobs_select_api on public.backtest_jobs;
create policy backtest_jobs_select_api on public.backtest_jobs
for select to hephaitos_api
using (
    case
        when (select current_setting('role')) = 'service_role' then true
        else user_id = (select auth.uid())
    end
);

drop policy if exists backtest_jobs_insert_api on public.backtest_jobs;
create policy backtest_jobs_insert_api on public.backtest_jobs
for insert to hephaitos_api
with check (
    case
        when (select current_setting('role')) = 'service_role' then true
        else user_id = (select auth.uid())
    end
);

-- A job is cancelled with its strategy, whoever's they are.
drop policy if exists backtest_jobs_select_internal on public.backtest_jobs;
create policy backtest_jobs_select_internal on public.backtest_jobs
for select to hephaitos_internal
using (true);

drop policy if exists backtest_jobs_update_internal on public.backtest_jobs;
create policy backtest_jobs_update_internal on public.backtest_jobs
for update to hephaitos_internal
using (true)
with check (true);

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

-- purpose:    Bring strategies in line with their jobs: one with a running job is in backtesting,
--             one that was and has none any more is back where it was. The answer is whether one of
--             them is archived.
-- security:   definer: writers of jobs may not write strategies.
-- complexity: two statements for s strategies, O(log n) each by their keys.
-- callers:    internal.follow_updated_jobs_trigger(), internal.follow_deleted_jobs_trigger().
-- order:      locks strategies by (user_id, id): two statements cannot deadlock on them; and
--             looks at jobs only then, so that of two last jobs ending at once the second sees the
--             first. That takes read committed: above it, the second fails with 40001 or comes too
--             early, and the strategy goes back with the next job that ends.

create or replace function internal.settle_strategies(p_user_ids uuid[], p_strategy_ids uuid[])
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_has_archived boolean;
begin
    with locked as (
        select strategies.status
        from public.strategies
        where
            (strategies.user_id, strategies.id) in (
                select
                    touched.user_id,
                    touched.strategy_id
                from unnest(p_user_ids, p_strategy_ids) as touched (user_id, strategy_id)
            )
        order by strategies.user_id, strategies.id
        for no key update
    )
    select coalesce(bool_or(locked.status = 'archived'), false) into v_has_archived from locked;

    update public.strategies
    set
        status = case
            when now_is.has_running then 'backtesting'
            else coalesce(strategies.status_before_backtesting, 'ready')
        end,
        status_before_backtesting = case when now_is.has_running then strategies.status end,
        last_activity_at = greatest(strategies.last_activity_at, now())
    from (
        select distinct
            touched.user_id,
            touched.strategy_id,
            exists (
                select
                from public.backtest_jobs
                where
                    backtest_jobs.user_id = touched.user_id
                    and backtest_jobs.strategy_id = touched.strategy_id
                    and backtest_jobs.status = 'running'
            ) as has_running
        from unnest(p_user_ids, p_strategy_ids) as touched (user_id, strategy_id)
    ) as now_is
    where
        strategies.user_id = now_is.user_id
        and strategies.id = now_is.strategy_id
        and now_is.has_running = (strategies.status <> 'backtesting')
        and (
            not now_is.has_running
            -- What may be backtested is data, too: an archived one may not.
            or exists (
                select
                from internal.status_transitions as known
                where
                    known.table_name = 'strategies'
                    and known.from_status = strategies.status
                    and known.to_status = 'backtesting'
            )
        );
    return v_has_archived;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.settle_strategies(uuid[], uuid[]) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.settle_strategies(uuid[], uuid[])
from public, anon, authenticated, service_role;

comment on function internal.settle_strategies(uuid[], uuid[]) is
'Puts strategies with running jobs in backtesting, and those without back where they were.';

-- purpose:    Jobs that begin or end to run take their strategies along. A job of an archived
--             strategy does not begin: it is cancelled.
-- security:   definer: writers of jobs may not write strategies.
-- complexity: one statement for n rows that neither begin nor end; three at most, whatever n is,
--             and a fourth when strategies were archived.
-- callers:    trigger t50_follow_updated on public.backtest_jobs.
-- order:      internal.settle_strategies() locks in the order of ids. Archiving locks a strategy
--             before its jobs and this the other way round: it passes over locked jobs, and
--             they are cancelled here, once the strategy can be seen to be archived.
-- raises:     nothing; the update it may make on its own table finds no job that begins to run.

create or replace function internal.follow_updated_jobs_trigger()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_user_ids pg_catalog.uuid[];
    v_strategy_ids pg_catalog.uuid[];
begin
    select
        array_agg(new_rows.user_id),
        array_agg(new_rows.strategy_id)
    into v_user_ids, v_strategy_ids
    from new_rows
    inner join old_rows
        on old_rows.user_id = new_rows.user_id and old_rows.id = new_rows.id
    where (old_rows.status = 'running') <> (new_rows.status = 'running');
    if v_user_ids is null then
        return null;
    end if;

    if internal.settle_strategies(v_user_ids, v_strategy_ids) then
        update public.backtest_jobs
        set status = 'cancelled', finished_at = now()
        from new_rows
        inner join old_rows
            on old_rows.user_id = new_rows.user_id and old_rows.id = new_rows.id
        inner join public.strategies
            on strategies.user_id = new_rows.user_id and strategies.id = new_rows.strategy_id
        where
            backtest_jobs.user_id = new_rows.user_id
            and backtest_jobs.id = new_rows.id
            and backtest_jobs.status = 'running'
            and old_rows.status <> 'running'
            and strategies.status = 'archived';
    end if;
    return null;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.follow_updated_jobs_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.follow_updated_jobs_trigger()
from public, anon, authenticated, service_role;

comment on function internal.follow_updated_jobs_trigger() is
'Takes strategies along when their jobs begin or end to run.';

-- purpose:    A running job that is deleted takes its strategy back where it was.
-- security:   definer: who deletes jobs may not write strategies.
-- complexity: one statement for n rows of which none is running; three otherwise.
-- callers:    trigger t50_follow_deleted on public.backtest_jobs. Strategies that go with jobs
--             are not there any more, and nothing is done.
-- order:      internal.settle_strategies() locks in the order of ids.

create or replace function internal.follow_deleted_jobs_trigger()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_user_ids pg_catalog.uuid[];
    v_strategy_ids pg_catalog.uuid[];
begin
    select
        array_agg(old_rows.user_id),
        array_agg(old_rows.strategy_id)
    into v_user_ids, v_strategy_ids
    from old_rows
    where old_rows.status = 'running';
    if v_user_ids is not null then
        perform internal.settle_strategies(v_user_ids, v_strategy_ids);
    end if;
    return null;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.follow_deleted_jobs_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.follow_deleted_jobs_trigger()
from public, anon, authenticated, service_role;

comment on function internal.follow_deleted_jobs_trigger() is
'Takes strategies back where they were when their running jobs are deleted.';

-- purpose:    Jobs that wait for an archived strategy are cancelled with it. Running ones go on:
--             whoever runs them ends them.
-- security:   definer: users may archive their strategies, but not write jobs.
-- complexity: one statement for n rows of which none was archived; otherwise two.
-- callers:    trigger t50_cancel_archived on public.strategies.
-- order:      locks jobs by (user_id, id), and passes over those that somebody is about to begin:
--             they hold their job and wait for our strategy. internal.follow_updated_jobs_trigger()
--             cancels them as soon as it has it.

create or replace function internal.cancel_archived_jobs_trigger()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_user_ids pg_catalog.uuid[];
    v_strategy_ids pg_catalog.uuid[];
begin
    select
        array_agg(new_rows.user_id),
        array_agg(new_rows.id)
    into v_user_ids, v_strategy_ids
    from new_rows
    inner join old_rows
        on old_rows.user_id = new_rows.user_id and old_rows.id = new_rows.id
    where new_rows.status = 'archived' and old_rows.status <> 'archived';
    if v_user_ids is null then
        return null;
    end if;

    with waiting as materialized (
        select
            backtest_jobs.user_id,
            backtest_jobs.id
        from public.backtest_jobs
        where
            backtest_jobs.status = 'queued'
            and (backtest_jobs.user_id, backtest_jobs.strategy_id) in (
                select
                    archived.user_id,
                    archived.strategy_id
                from unnest(v_user_ids, v_strategy_ids) as archived (user_id, strategy_id)
            )
        order by backtest_jobs.user_id, backtest_jobs.id
        for no key update skip locked
    )
    update public.backtest_jobs
    set status = 'cancelled', finished_at = now()
    from waiting
    where backtest_jobs.user_id = waiting.user_id and backtest_jobs.id = waiting.id;
    return null;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.cancel_archived_jobs_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.cancel_archived_jobs_trigger()
from public, anon, authenticated, service_role;

comment on function internal.cancel_archived_jobs_trigger() is
'Cancels the queued jobs of strategies that were archived.';

-- purpose:    A strategy goes from one status to another as internal.status_transitions says.
-- security:   runs as hephaitos_internal, which owns internal.check_status_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any update on public.strategies.
-- order:      rank 10, after the record of its name, before cascades (50).

create or replace trigger t10_validate_status
after update on public.strategies
referencing old table as old_rows new table as new_rows
for each statement
execute function internal.check_status_trigger();

-- purpose:    A job goes from one status to another as internal.status_transitions says.
-- security:   runs as hephaitos_internal, which owns internal.check_status_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any update on public.backtest_jobs.
-- order:      rank 10, after the record of its name, before cascades (50).

create or replace trigger t10_validate_status
after update on public.backtest_jobs
referencing old table as old_rows new table as new_rows
for each statement
execute function internal.check_status_trigger();

-- purpose:    The queued jobs of a strategy that is archived are cancelled.
-- security:   runs as hephaitos_internal, which owns internal.cancel_archived_jobs_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any update on public.strategies.
-- order:      rank 50, after the record and the check (10).

create or replace trigger t50_cancel_archived
after update on public.strategies
referencing old table as old_rows new table as new_rows
for each statement
execute function internal.cancel_archived_jobs_trigger();

-- purpose:    A strategy is in backtesting while a job of it runs, and back afterwards.
-- security:   runs as hephaitos_internal, which owns internal.follow_updated_jobs_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any update on public.backtest_jobs.
-- order:      rank 50, after the record and the check (10).

create or replace trigger t50_follow_updated
after update on public.backtest_jobs
referencing old table as old_rows new table as new_rows
for each statement
execute function internal.follow_updated_jobs_trigger();

-- purpose:    A strategy is back where it was when its running job is deleted.
-- security:   runs as hephaitos_internal, which owns internal.follow_deleted_jobs_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any delete on public.backtest_jobs, cascades included.
-- order:      rank 50, after the record (10).

create or replace trigger t50_follow_deleted
after delete on public.backtest_jobs
referencing old table as old_rows
for each statement
execute function internal.follow_deleted_jobs_trigger();
