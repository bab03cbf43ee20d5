-- purpose:    What a user did in a week: backtests, the strategies they were of, the best figures,
--             and strategies that are new.
-- security:   invoker; reads what its caller may read.
-- complexity: O(s log n) for s strategies of the user with n results, by the index of results by
--             strategy and time.
-- callers:    internal.enqueue_weekly_digests().

create or replace function internal.describe_week(
    p_user_id uuid, p_from timestamptz, p_to timestamptz
)
returns jsonb
language sql
stable
security invoker
begin atomic
    select
        jsonb_build_object(
            'from', describe_week.p_from,
            'to', describe_week.p_to,
            'backtests', count(results.id),
            'strategies', count(distinct results.strategy_id),
            'best_sharpe', round(max(results.sharpe_ratio), 2),
            'best_return', round(max(results.total_return), 2),
            'new_strategies',
            count(distinct strategies.id) filter (
                where
                strategies.created_at >= describe_week.p_from
                and strategies.created_at < describe_week.p_to
            )
        )
    from public.strategies
    left join public.backtest_results as results
        on
        strategies.user_id = results.user_id
        and strategies.id = results.strategy_id
        and results.created_at >= describe_week.p_from
        and results.created_at < describe_week.p_to
    where strategies.user_id = describe_week.p_user_id;
end;

grant create on schema internal to hephaitos_internal;
alter function internal.describe_week(uuid, timestamptz, timestamptz) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.describe_week(uuid, timestamptz, timestamptz)
from public, anon, authenticated, service_role;

comment on function internal.describe_week(uuid, timestamptz, timestamptz) is
'What a user did in a week, as the digest tells it.';
