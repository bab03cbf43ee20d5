set local lock_timeout = '2s';

-- changes: 1 table made, 4 functions made, 4 triggers made
-- locks:   share row exclusive on public.backtest_results and public.strategies
-- loses:   nothing

-- change:
create table public.strategy_stats (
    user_id uuid not null,
    strategy_id uuid not null,
    backtest_count bigint not null default 0,
    sharpe_count bigint not null default 0,
    sharpe_total numeric not null default 0,
    cagr_count bigint not null default 0,
    cagr_total numeric not null default 0,
    return_total numeric not null default 0,
    last_backtest_at timestamptz not null,
    constraint strategy_stats_pkey primary key (user_id, strategy_id),
    constraint strategy_stats_user_id_strategy_id_fkey
    foreign key (user_id, strategy_id) references public.strategies (user_id, id)
    on delete cascade,
    constraint strategy_stats_backtest_count_check check (backtest_count >= 0),
    constraint strategy_stats_sharpe_count_check
    check (sharpe_count between 0 and backtest_count),
    constraint strategy_stats_sharpe_total_check check (sharpe_count > 0 or sharpe_total = 0),
    constraint strategy_stats_cagr_count_check check (cagr_count between 0 and backtest_count),
    constraint strategy_stats_cagr_total_check check (cagr_count > 0 or cagr_total = 0)
)
-- Rows are updated on every result: with room on the page the new version needs no index entry.
with (fillfactor = 80);

comment on table public.strategy_stats is
'Count, totals and newest of backtest_results per strategy, kept by triggers: reading costs the '
'number of strategies, not of backtests. A strategy without results has no row.';

-- file: sql/functions/internal/count_inserted_results_trigger.sql
-- purpose:    Add new results to the totals of their strategies.
-- security:   definer: writers of results may not write totals. Reads only the rows at hand.
-- complexity: O(n) for n new rows, one upsert per strategy; independent of the results there are.
-- callers:    trigger t50_count_inserted_results on public.backtest_results.
-- order:      locks totals by (user_id, strategy_id), as its siblings do: single statements cannot
--             deadlock on them. A transaction of several statements should keep that order too.

create or replace function internal.count_inserted_results_trigger()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
    if not exists (select from new_rows) then
        return null;
    end if;

    insert into public.strategy_stats as stats (
        user_id, strategy_id, backtest_count, sharpe_count, sharpe_total, cagr_count, cagr_total,
        return_total, last_backtest_at
    )
    select
        new_rows.user_id,
        new_rows.strategy_id,
        count(*),
        count(new_rows.sharpe_ratio),
        coalesce(sum(new_rows.sharpe_ratio), 0),
        count(new_rows.cagr),
        coalesce(sum(new_rows.cagr), 0),
        sum(new_rows.total_return),
        max(new_rows.created_at)
    from new_rows
    group by new_rows.user_id, new_rows.strategy_id
    order by new_rows.user_id, new_rows.strategy_id
    on conflict (user_id, strategy_id) do update
    set
        backtest_count = stats.backtest_count + excluded.backtest_count,
        sharpe_count = stats.sharpe_count + excluded.sharpe_count,
        sharpe_total = stats.sharpe_total + excluded.sharpe_total,
        cagr_count = stats.cagr_count + excluded.cagr_count,
        cagr_total = stats.cagr_total + excluded.cagr_total,
        return_total = stats.return_total + excluded.return_total,
        last_backtest_at = greatest(stats.last_backtest_at, excluded.last_backtest_at);
    return null;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.count_inserted_results_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.count_inserted_results_trigger()
from public, anon, authenticated, service_role;

comment on function internal.count_inserted_results_trigger() is
'Adds inserted results to public.strategy_stats.';

-- file: sql/functions/internal/count_updated_results_trigger.sql
-- purpose:    Follow corrected results, and results that move between strategies, in the totals.
-- security:   definer: writers of results have no right to write totals.
-- complexity: O(n) for n updated rows; returns before any lock when no counted column changed;
--             where the newest moved away, one index probe for the next newest.
-- callers:    trigger t50_count_updated_results on public.backtest_results.
-- order:      locks totals by (user_id, strategy_id), as its siblings do, both sides of a move in
--             one go and before it reads results.

create or replace function internal.count_updated_results_trigger()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
    if not exists (
        select user_id, strategy_id, created_at, sharpe_ratio, cagr, total_return from new_rows
        except all
        select user_id, strategy_id, created_at, sharpe_ratio, cagr, total_return from old_rows
    ) then
        return null;
    end if;

    -- Lock what is there, make what is missing, in one order; "where false" leaves rows as they are.
    insert into public.strategy_stats (user_id, strategy_id, last_backtest_at)
    select keys.user_id, keys.strategy_id, '-infinity'
    from (
        select old_rows.user_id, old_rows.strategy_id from old_rows
        union
        select new_rows.user_id, new_rows.strategy_id from new_rows
    ) as keys
    order by keys.user_id, keys.strategy_id
    on conflict (user_id, strategy_id) do update set backtest_count = 0 where false;

    with changed as (
        select user_id, strategy_id, created_at, sharpe_ratio, cagr, total_return, -1 as weight
        from old_rows
        union all
        select user_id, strategy_id, created_at, sharpe_ratio, cagr, total_return, 1 as weight
        from new_rows
    ),
    delta as (
        select
            changed.user_id,
            changed.strategy_id,
            sum(weight) as backtest_count,
            coalesce(sum(weight) filter (where sharpe_ratio is not null), 0) as sharpe_count,
            coalesce(sum(weight * sharpe_ratio), 0) as sharpe_total,
            coalesce(sum(weight) filter (where cagr is not null), 0) as cagr_count,
            coalesce(sum(weight * cagr), 0) as cagr_total,
            sum(weight * total_return) as return_total,
            max(created_at) filter (where weight = -1) as gone_at,
            max(created_at) filter (where weight = 1) as come_at
        from changed
        group by changed.user_id, changed.strategy_id
    ),
    emptied as (
        delete from public.strategy_stats as stats
        using delta
        where stats.user_id = delta.user_id
            and stats.strategy_id = delta.strategy_id
            and stats.backtest_count + delta.backtest_count = 0
    )
    update public.strategy_stats as stats
    set
        backtest_count = stats.backtest_count + delta.backtest_count,
        sharpe_count = stats.sharpe_count + delta.sharpe_count,
        sharpe_total = stats.sharpe_total + delta.sharpe_total,
        cagr_count = stats.cagr_count + delta.cagr_count,
        cagr_total = stats.cagr_total + delta.cagr_total,
        return_total = stats.return_total + delta.return_total,
        last_backtest_at = case
            when delta.gone_at >= stats.last_backtest_at then (
                select max(backtest_results.created_at)
                from public.backtest_results
                where backtest_results.user_id = stats.user_id
                    and backtest_results.strategy_id = stats.strategy_id
            )
            else greatest(stats.last_backtest_at, delta.come_at)
        end
    from delta
    where stats.user_id = delta.user_id
        and stats.strategy_id = delta.strategy_id
        and stats.backtest_count + delta.backtest_count <> 0;
    return null;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.count_updated_results_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.count_updated_results_trigger()
from public, anon, authenticated, service_role;

comment on function internal.count_updated_results_trigger() is
'Follows updated results in public.strategy_stats.';

-- file: sql/functions/internal/count_deleted_results_trigger.sql
-- purpose:    Take deleted results out of the totals of their strategies.
-- security:   definer: writers of results have no right to write totals.
-- complexity: O(n) for n deleted rows; where the newest went, one index probe for the next newest.
-- callers:    trigger t50_count_deleted_results on public.backtest_results.
-- order:      locks totals by (user_id, strategy_id), as its siblings do, before it reads results:
--             whoever held a lock has committed, so that the next newest is seen.

create or replace function internal.count_deleted_results_trigger()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
    if not exists (select from old_rows) then
        return null;
    end if;

    -- No totals are left when the strategy itself goes: then nothing below finds a row.
    perform from public.strategy_stats as stats
    where (stats.user_id, stats.strategy_id)
        in (select old_rows.user_id, old_rows.strategy_id from old_rows)
    order by stats.user_id, stats.strategy_id
    for update;

    with gone as (
        select
            old_rows.user_id,
            old_rows.strategy_id,
            count(*) as backtest_count,
            count(old_rows.sharpe_ratio) as sharpe_count,
            coalesce(sum(old_rows.sharpe_ratio), 0) as sharpe_total,
            count(old_rows.cagr) as cagr_count,
            coalesce(sum(old_rows.cagr), 0) as cagr_total,
            sum(old_rows.total_return) as return_total,
            max(old_rows.created_at) as last_backtest_at
        from old_rows
        group by old_rows.user_id, old_rows.strategy_id
    ),
    emptied as (
        delete from public.strategy_stats as stats
        using gone
        where stats.user_id = gone.user_id
            and stats.strategy_id = gone.strategy_id
            and stats.backtest_count = gone.backtest_count
    )
    update public.strategy_stats as stats
    set
        backtest_count = stats.backtest_count - gone.backtest_count,
        sharpe_count = stats.sharpe_count - gone.sharpe_count,
        sharpe_total = stats.sharpe_total - gone.sharpe_total,
        cagr_count = stats.cagr_count - gone.cagr_count,
        cagr_total = stats.cagr_total - gone.cagr_total,
        return_total = stats.return_total - gone.return_total,
        last_backtest_at = case
            when gone.last_backtest_at < stats.last_backtest_at then stats.last_backtest_at
            else (
                select max(backtest_results.created_at)
                from public.backtest_results
                where backtest_results.user_id = stats.user_id
                    and backtest_results.strategy_id = stats.strategy_id
            )
        end
    from gone
    where stats.user_id = gone.user_id
        and stats.strategy_id = gone.strategy_id
        and stats.backtest_count <> gone.backtest_count;
    return null;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.count_deleted_results_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.count_deleted_results_trigger()
from public, anon, authenticated, service_role;

comment on function internal.count_deleted_results_trigger() is
'Takes deleted results out of public.strategy_stats.';

-- file: sql/functions/internal/count_truncated_results_trigger.sql
-- purpose:    No results are left, so no totals are.
-- security:   definer: who empties results has no right to write totals.
-- complexity: O(s) for s strategies; TRUNCATE itself keeps every other writer away.
-- callers:    trigger t50_count_truncated_results on public.backtest_results.

create or replace function internal.count_truncated_results_trigger()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
    -- Not TRUNCATE: "truncate strategies cascade" still holds strategy_stats open here.
    delete from public.strategy_stats;
    return null;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.count_truncated_results_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.count_truncated_results_trigger()
from public, anon, authenticated, service_role;

comment on function internal.count_truncated_results_trigger() is
'Empties public.strategy_stats after its results were truncated.';

-- file: sql/access/public/strategy_stats.sql
-- purpose:    A user reads the totals of their strategies; only triggers write them.
-- security:   derived rows, so not even service_role writes. hephaitos_api reads for the caller
--             alone, or for service_role, whatever its functions ask for.
-- complexity: one policy check per row, the caller's id and role read once per statement.
-- callers:    role authenticated, hephaitos_api and hephaitos_internal through policies;
--             service_role past them.

revoke all on public.strategy_stats
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select on public.strategy_stats to authenticated, service_role, hephaitos_api;
grant select, insert, update, delete on public.strategy_stats to hephaitos_internal;

alter table public.strategy_stats enable row level security;
alter table public.strategy_stats force row level security;

drop policy if exists strategy_stats_select_own on public.strategy_stats;
create policy strategy_stats_select_own on public.strategy_stats
for select to authenticated
using (user_id = (select auth.uid()));

-- "case", not "or": see the policy of the same name on strategies.
drop policy if exists strategy_stats_select_api on public.strategy_stats;
create policy strategy_stats_select_api on public.strategy_stats
for select to hephaitos_api
using (
    case
        when (select current_setting('role')) = 'service_role' then true
        else user_id = (select auth.uid())
    end
);

drop policy if exists strategy_stats_select_internal on public.strategy_stats;
create policy strategy_stats_select_internal on public.strategy_stats
for select to hephaitos_internal
using (true);

drop policy if exists strategy_stats_insert_internal on public.strategy_stats;
create policy strategy_stats_insert_internal on public.strategy_stats
for insert to hephaitos_internal
with check (true);

drop policy if exists strategy_stats_update_internal on public.strategy_stats;
create policy strategy_stats_update_internal on public.strategy_stats
for update to hephaitos_internal
using (true)
with check (true);

drop policy if exists strategy_stats_delete_internal on public.strategy_stats;
create policy strategy_stats_delete_internal on public.strategy_stats
for delete to hephaitos_internal
using (true);

-- file: sql/triggers/public/backtest_results.t50_count_inserted_results.sql
-- purpose:    strategy_stats follows inserted results in the same transaction.
-- security:   runs as hephaitos_internal, which owns internal.count_inserted_results_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any insert on public.backtest_results, cascades included.
-- order:      rank 50, after the record (10).

create or replace trigger t50_count_inserted_results
after insert on public.backtest_results
referencing new table as new_rows
for each statement
execute function internal.count_inserted_results_trigger();

-- file: sql/triggers/public/backtest_results.t50_count_updated_results.sql
-- purpose:    strategy_stats follows updated results in the same transaction.
-- security:   runs as hephaitos_internal, which owns internal.count_updated_results_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any update on public.backtest_results.
-- order:      rank 50, after the record (10).

create or replace trigger t50_count_updated_results
after update on public.backtest_results
referencing old table as old_rows new table as new_rows
for each statement
execute function internal.count_updated_results_trigger();

-- file: sql/triggers/public/backtest_results.t50_count_deleted_results.sql
-- purpose:    strategy_stats follows deleted results in the same transaction.
-- security:   runs as hephaitos_internal, which owns internal.count_deleted_results_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any delete on public.backtest_results, cascades included.
-- order:      rank 50, after the record (10).

create or replace trigger t50_count_deleted_results
after delete on public.backtest_results
referencing old table as old_rows
for each statement
execute function internal.count_deleted_results_trigger();

-- file: sql/triggers/public/backtest_results.t50_count_truncated_results.sql
-- purpose:    strategy_stats is empty when backtest_results is.
-- security:   runs as hephaitos_internal, which owns internal.count_truncated_results_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    truncate of public.backtest_results, also by cascade.
-- order:      rank 50, after the record (10).

create or replace trigger t50_count_truncated_results
after truncate on public.backtest_results
for each statement
execute function internal.count_truncated_results_trigger();

-- change:
-- With the triggers in place (and results locked by that) nothing is counted twice or missed.
insert into public.strategy_stats (
    user_id, strategy_id, backtest_count, sharpe_count, sharpe_total, cagr_count, cagr_total,
    return_total, last_backtest_at
)
select
    backtest_results.user_id,
    backtest_results.strategy_id,
    count(*),
    count(backtest_results.sharpe_ratio),
    coalesce(sum(backtest_results.sharpe_ratio), 0),
    count(backtest_results.cagr),
    coalesce(sum(backtest_results.cagr), 0),
    sum(backtest_results.total_return),
    max(backtest_results.created_at)
from public.backtest_results
group by backtest_results.user_id, backtest_results.strategy_id;
