set local lock_timeout = '2s';

-- changes: 2 functions changed
-- locks:   none
-- loses:   nothing

-- change:
drop function public.get_dashboard(uuid);

-- file: sql/functions/public/get_dashboard.sql
-- purpose:    All that the front page of a user shows, in one call. Keys of the answer:
--             strategies      the newest 10: id, name, status, created_at, updated_at, avg_sharpe,
--                             avg_cagr, avg_return (two digits; null where unknown),
--                             backtest_count, last_backtest_at
--             active_jobs     queued and running ones, up to 50, newest first: see
--                             internal.describe_job()
--             latest_results  up to 10, newest first: see internal.describe_result()
--             unread          the newest 10 notifications not read yet: id, kind, title, body,
--                             data, created_at
--             unread_count    how many there are, no further than 100
-- security:   definer, so that one check up front replaces one per row: the caller is the user
--             asked for, or service_role. The owner's policies hold the same line once more.
-- complexity: O(1), whatever the user has piled up: one statement, each part by an index that
--             begins with the newest, and none looks at more than 100 entries.
-- callers:    the web application: rpc('get_dashboard', {p_user_id}).
-- raises:     42501 before anything is read, the same for a foreign, an absent and a null user.

create or replace function public.get_dashboard(p_user_id uuid)
returns jsonb
language plpgsql
stable
security definer
cost 1000
set search_path = ''
as $$
begin
    if not internal.can_act_for(p_user_id) then
        raise exception 'permission denied for the dashboard of this user'
            using errcode = 'insufficient_privilege',
                  detail = 'The caller is neither the user asked for nor service_role.',
                  hint = 'Sign in, and pass the id of the user who is signed in.';
    end if;

    return jsonb_build_object(
        'strategies', (
            select
                coalesce(
                    jsonb_agg(
                        jsonb_build_object(
                            'id', newest.id,
                            'name', newest.name,
                            'status', newest.status,
                            'created_at', newest.created_at,
                            'updated_at', newest.updated_at,
                            'avg_sharpe',
                            round(stats.sharpe_total / nullif(stats.sharpe_count, 0), 2),
                            'avg_cagr', round(stats.cagr_total / nullif(stats.cagr_count, 0), 2),
                            'avg_return', round(stats.return_total / stats.backtest_count, 2),
                            'backtest_count', coalesce(stats.backtest_count, 0),
                            'last_backtest_at', stats.last_backtest_at
                        )
                        order by newest.created_at desc, newest.id desc
                    ),
                    '[]'
                )
            from (
                select strategies.*
                from public.strategies
                where strategies.user_id = p_user_id
                order by strategies.created_at desc, strategies.id desc
                limit 10
            ) as newest
            left join public.strategy_stats as stats
                on stats.user_id = newest.user_id and stats.strategy_id = newest.id
        ),
        'active_jobs', (
            select
                coalesce(
                    jsonb_agg(active.shown order by active.created_at desc, active.id desc), '[]'
                )
            from (
                select
                    backtest_jobs.created_at,
                    backtest_jobs.id,
                    internal.describe_job(backtest_jobs) as shown
                from public.backtest_jobs
                where
                    backtest_jobs.user_id = p_user_id
                    and backtest_jobs.status in ('queued', 'running')
                order by backtest_jobs.created_at desc, backtest_jobs.id desc
                limit 50
            ) as active
        ),
        'latest_results', (
            select
                coalesce(
                    jsonb_agg(latest.shown order by latest.created_at desc, latest.id desc), '[]'
                )
            from (
                select
                    backtest_results.created_at,
                    backtest_results.id,
                    internal.describe_result(backtest_results) as shown
                from public.backtest_results
                where backtest_results.user_id = p_user_id
                order by backtest_results.created_at desc, backtest_results.id desc
                limit 10
            ) as latest
        ),
        'unread', (
            select
                coalesce(
                    jsonb_agg(
                        jsonb_build_object(
                            'id', latest.id,
                            'kind', latest.kind,
                            'title', latest.title,
                            'body', latest.body,
                            'data', latest.data,
                            'created_at', latest.created_at
                        )
                        order by latest.created_at desc, latest.id desc
                    ),
                    '[]'
                )
            from (
                select notifications.*
                from public.notifications
                where notifications.user_id = p_user_id and notifications.read_at is null
                order by notifications.created_at desc, notifications.id desc
                limit 10
            ) as latest
        ),
        'unread_count', (
            select count(*)
            from (
                select
                from public.notifications
                where notifications.user_id = p_user_id and notifications.read_at is null
                limit 100
            ) as counted
        )
    );
end;
$$;

grant create on schema public to hephaitos_api;
alter function public.get_dashboard(uuid) owner to hephaitos_api;
revoke create on schema public from hephaitos_api;

revoke all on function public.get_dashboard(uuid) from public, anon, authenticated, service_role;
grant execute on function public.get_dashboard(uuid) to authenticated, service_role;

comment on function public.get_dashboard(uuid) is
'The front page of a user: newest strategies, active jobs, latest results, what is unread.';

-- file: sql/functions/internal/find_config_fault.sql
-- purpose:    What is wrong with the config of a backtest, as a sentence; null when nothing is.
--             symbols           1 to 100 different names of 1 to 32 characters
--             start_on          first day, like 2024-01-31, in the years 1900 to 2099
--             end_on            last day, not before the first
--             timeframe         optional: 1m, 5m, 15m, 1h, 4h or 1d
--             initial_capital   optional: above 0, at most 1e12
--             fee_percent       optional: 0 to 10, of what a trade is worth
--             slippage_percent  optional: 0 to 10, of the price
--             parameters        optional: an object, the strategy's own business
--             Nothing else: a misspelt key would be a setting that silently is not there.
-- security:   invoker; looks at its argument only.
-- complexity: O(length), and no more than 16 kB are looked into; no table.
-- callers:    public.create_backtest_job().
-- order:      the first fault counts, so a rule may rely on those above it. A rule that cannot be
--             decided is broken.

create or replace function internal.find_config_fault(p_config jsonb)
returns text
language sql
immutable
security invoker
begin atomic
    with rules (place, holds, fault) as (
        values
        (1, '$.type() == "object"', 'It is not an object.'),
        (
            2,
            '!exists($.keyvalue() ? (!(@.key like_regex "^(symbols|start_on|end_on|timeframe'
            '|initial_capital|fee_percent|slippage_percent|parameters)$")))',
            'It has a key that no backtest knows.'
        ),
        (
            3,
            '$.symbols.type() == "array" && $.symbols.size() >= 1 && $.symbols.size() <= 100',
            'symbols is not a list of 1 to 100.'
        ),
        (
            4,
            -- strict: a list within the list is not taken for what it holds.
            'strict !exists($.symbols[*]'
            ' ? (!(@.type() == "string" && @ like_regex "^.{1,32}$" flag "s")))',
            'symbols holds something else than names of 1 to 32 characters.'
        ),
        (
            5,
            '$.start_on.type() == "string"'
            ' && $.start_on like_regex "^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"'
            ' && exists($.start_on.datetime("YYYY-MM-DD"))',
            'start_on is not a day like 2024-01-31 in the years 1900 to 2099.'
        ),
        (
            6,
            '$.end_on.type() == "string"'
            ' && $.end_on like_regex "^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"'
            ' && exists($.end_on.datetime("YYYY-MM-DD"))',
            'end_on is not a day like 2024-01-31 in the years 1900 to 2099.'
        ),
        (
            7,
            '$.start_on.datetime("YYYY-MM-DD") <= $.end_on.datetime("YYYY-MM-DD")',
            'end_on is before start_on.'
        ),
        (
            8,
            '!exists($.timeframe) || $.timeframe.type() == "string"'
            ' && $.timeframe like_regex "^(1m|5m|15m|1h|4h|1d)$"',
            'timeframe is none of 1m, 5m, 15m, 1h, 4h and 1d.'
        ),
        (
            9,
            '!exists($.initial_capital) || $.initial_capital.type() == "number"'
            ' && $.initial_capital > 0 && $.initial_capital <= 1000000000000',
            'initial_capital is not a number above 0 and up to 1e12.'
        ),
        (
            10,
            '!exists($.fee_percent) || $.fee_percent.type() == "number"'
            ' && $.fee_percent >= 0 && $.fee_percent <= 10',
            'fee_percent is not a number from 0 to 10.'
        ),
        (
            11,
            '!exists($.slippage_percent) || $.slippage_percent.type() == "number"'
            ' && $.slippage_percent >= 0 && $.slippage_percent <= 10',
            'slippage_percent is not a number from 0 to 10.'
        ),
        (
            12,
            '!exists($.parameters) || $.parameters.type() == "object"',
            'parameters is not an object.'
        )
    )

    select
        coalesce(
            case
                when octet_length(find_config_fault.p_config::text) > 16384
                    then 'It is longer than 16384 bytes.'
            end,
            (
                select rules.fault
                from rules
                where
                    jsonb_path_match(
                        find_config_fault.p_config, rules.holds::jsonpath, '{}', true
                    ) is distinct from true
                order by rules.place
                limit 1
            ),
            (
                select 'symbols names one of them twice.'
                from
                    jsonb_array_elements(find_config_fault.p_config -> 'symbols')
                        as entries (symbol)
                having count(entries.symbol) > count(distinct entries.symbol)
            )
        );
end;

revoke all on function internal.find_config_fault(jsonb)
from public, anon, authenticated, service_role;
grant execute on function internal.find_config_fault(jsonb) to hephaitos_api;

comment on function internal.find_config_fault(jsonb) is
'What is wrong with the config of a backtest, as a sentence; null when nothing is.';
