set local lock_timeout = '2s';

-- changes: 1 table changed, 2 functions made, 1 materialized view made, 1 policy made
-- locks:   access exclusive on public.strategies
-- loses:   nothing

-- file: sql/access/public/strategies.sql
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

-- file: sql/views/internal/strategy_performance_agg.sql
-- purpose:    The ranking: public strategies with three backtests or more, and their places by
--             sharpe ratio, by growth a year and by return. No place where the figure is unknown.
-- security:   materialized, so without row security: its schema keeps the API's roles out, and
--             public.get_leaderboard() reads it for them.
-- complexity: a refresh reads every public strategy and its totals once, never a backtest.
-- callers:    public.get_leaderboard().
-- order:      by the exact averages; of two equal ones the strategy with the lower id is ahead, so
--             that a place is one strategy's.

create materialized view internal.strategy_performance_agg as
with averages as (
    select
        strategies.id as strategy_id,
        strategies.user_id,
        stats.backtest_count,
        stats.last_backtest_at,
        stats.sharpe_total / nullif(stats.sharpe_count, 0) as sharpe,
        stats.cagr_total / nullif(stats.cagr_count, 0) as cagr,
        stats.return_total / stats.backtest_count as total_return
    from public.strategies
    inner join public.strategy_stats as stats
        on strategies.user_id = stats.user_id and strategies.id = stats.strategy_id
    where
        strategies.is_public
        and strategies.status <> 'archived'
        and stats.backtest_count >= 3
)

select
    strategy_id,
    user_id,
    backtest_count,
    last_backtest_at,
    round(sharpe, 2) as avg_sharpe,
    round(cagr, 2) as avg_cagr,
    round(total_return, 2) as avg_return,
    case
        when sharpe is not null
            then row_number() over (order by sharpe desc nulls last, strategy_id asc)
    end as sharpe_rank,
    case
        when cagr is not null
            then row_number() over (order by cagr desc nulls last, strategy_id asc)
    end as cagr_rank,
    row_number() over (order by total_return desc, strategy_id asc) as return_rank
from averages;

-- Whole and plain, as a refresh beside readers needs it. All four before anybody reads the view.
-- squawk-ignore require-concurrent-index-creation
create unique index strategy_performance_agg_strategy_id_idx
on internal.strategy_performance_agg (strategy_id);
-- squawk-ignore require-concurrent-index-creation
create index strategy_performance_agg_sharpe_rank_idx
on internal.strategy_performance_agg (sharpe_rank);
-- squawk-ignore require-concurrent-index-creation
create index strategy_performance_agg_cagr_rank_idx
on internal.strategy_performance_agg (cagr_rank);
-- squawk-ignore require-concurrent-index-creation
create index strategy_performance_agg_return_rank_idx
on internal.strategy_performance_agg (return_rank);

grant create on schema internal to hephaitos_internal;
alter materialized view internal.strategy_performance_agg owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on internal.strategy_performance_agg
from public, anon, authenticated, service_role, hephaitos_api;

comment on materialized view internal.strategy_performance_agg is
'The ranking of public strategies with three backtests or more, as of its last refresh.';

-- file: sql/functions/internal/is_signed_in.sql
-- purpose:    Is the caller a user, or service_role? Never null.
-- security:   invoker. service_role counts by the role in force, which a claim cannot forge and a
--             definer function does not change.
-- complexity: O(1), no table; inlined into the statement that asks.
-- callers:    hephaitos_internal, first thing in every function that tells all users the same.
-- raises:     22P02 when the caller's claim holds something else than a uuid.

create or replace function internal.is_signed_in()
returns boolean
language sql
stable
security invoker
begin atomic
    select current_setting('role') = 'service_role' or auth.uid() is not null;
end;

revoke all on function internal.is_signed_in() from public, anon, authenticated, service_role;
grant execute on function internal.is_signed_in() to hephaitos_internal;

comment on function internal.is_signed_in() is
'True when the caller is a user or service_role.';

-- file: sql/functions/public/get_leaderboard.sql
-- purpose:    One page of the ranking of public strategies, best first.
-- security:   definer, since nobody else may read the ranking; every signed-in caller gets the
--             same. Figures and names only: no config, no user. Whatever stopped being public
--             since the last refresh is left out at once.
-- complexity: O(page), wherever the page begins: a range of places by an index of
--             internal.strategy_performance_agg, each strategy by its primary key.
-- callers:    the web application: rpc('get_leaderboard', {p_sort_by: 'sharpe', p_limit: 50}).
-- raises:     42501 before anything is read, without a user who is signed in;
--             22023 for a p_sort_by other than sharpe, cagr and return. p_limit is taken to be from
--             1 to 100, p_offset to be 0 at least.

create or replace function public.get_leaderboard(
    p_sort_by text default 'sharpe',
    p_limit integer default 50,
    p_offset integer default 0
)
returns table (
    rank bigint,
    strategy_id uuid,
    name text,
    avg_sharpe numeric,
    avg_cagr numeric,
    avg_return numeric,
    backtest_count bigint,
    last_backtest_at timestamptz
)
language plpgsql
stable
security definer
cost 1000
rows 50
set search_path = ''
as $$
declare
    v_first bigint := 1 + greatest(coalesce(p_offset, 0), 0)::bigint;
    v_last bigint := v_first - 1 + least(greatest(coalesce(p_limit, 50), 1), 100);
begin
    if not internal.is_signed_in() then
        raise exception 'permission denied for the ranking'
            using errcode = 'insufficient_privilege',
                  detail = 'The caller is neither a user nor service_role.',
                  hint = 'Sign in first.';
    end if;
    if (p_sort_by in ('sharpe', 'cagr', 'return')) is not true then
        raise exception 'the ranking has no such order'
            using errcode = 'invalid_parameter_value',
                  detail = 'p_sort_by is none of sharpe, cagr and return.',
                  hint = 'Pass one of them.';
    end if;

    return query
    with page as (
        select
            ranking.*,
            case p_sort_by
                when 'sharpe' then ranking.sharpe_rank
                when 'cagr' then ranking.cagr_rank
                else ranking.return_rank
            end as place
        from internal.strategy_performance_agg as ranking
        where
            (p_sort_by = 'sharpe' and ranking.sharpe_rank between v_first and v_last)
            or (p_sort_by = 'cagr' and ranking.cagr_rank between v_first and v_last)
            or (p_sort_by = 'return' and ranking.return_rank between v_first and v_last)
    )

    select
        page.place,
        page.strategy_id,
        strategies.name,
        page.avg_sharpe,
        page.avg_cagr,
        page.avg_return,
        page.backtest_count,
        page.last_backtest_at
    from page
    inner join public.strategies
        on strategies.user_id = page.user_id and strategies.id = page.strategy_id
    where strategies.is_public and strategies.status <> 'archived'
    order by page.place;
end;
$$;

grant create on schema public to hephaitos_internal;
alter function public.get_leaderboard(text, integer, integer) owner to hephaitos_internal;
revoke create on schema public from hephaitos_internal;

revoke all on function public.get_leaderboard(text, integer, integer)
from public, anon, authenticated, service_role;
grant execute on function public.get_leaderboard(text, integer, integer)
to authenticated, service_role;

comment on function public.get_leaderboard(text, integer, integer) is
'One page of the ranking of public strategies: by sharpe, cagr or return, best first.';
