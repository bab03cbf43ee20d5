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
