set local lock_timeout = '2s';

-- changes: 1 table changed, 1 index dropped, 2 indexes made, 1 function made, 1 policy made
-- locks:   access exclusive on public.notifications, share on public.backtest_results
-- loses:   nothing

-- change:
-- The newest results of a user, of all strategies.
-- squawk-ignore require-concurrent-index-creation
create index backtest_results_user_id_created_at_id_idx
on public.backtest_results (user_id, created_at, id);

-- The newest that is unread, with an order that is whole.
-- squawk-ignore require-concurrent-index-creation
create index notifications_user_id_created_at_id_idx
on public.notifications (user_id, created_at, id) where read_at is null;
-- squawk-ignore require-concurrent-index-deletion
drop index public.notifications_user_id_created_at_idx;

-- file: sql/access/public/notifications.sql
-- purpose:    A user reads their notifications and marks them as read; services write them.
-- security:   users change read_at and nothing else, so that nobody can put words in our mouth.
--             hephaitos_api reads for the caller alone, or for service_role, whatever its functions
--             ask for.
-- complexity: one policy check per row, the caller's id and role read once per statement.
-- callers:    role authenticated and hephaitos_api through policies; service_role past them.

revoke all on public.notifications
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select, delete on public.notifications to authenticated;
grant update (read_at) on public.notifications to authenticated;
grant select, insert, update, delete on public.notifications to service_role;
grant select on public.notifications to hephaitos_api;

alter table public.notifications enable row level security;
alter table public.notifications force row level security;

drop policy if exists notifications_select_own on public.notifications;
create policy notifications_select_own on public.notifications
for select to authenticated
using (user_id = (select auth.uid()));

drop policy if exists notifications_update_own on public.notifications;
create policy notifications_update_own on public.notifications
for update to authenticated
using (user_id = (select auth.uid()))
with check (user_id = (select auth.uid()));

drop policy if exists notifications_delete_own on public.notifications;
create policy notifications_delete_own on public.notifications
for delete to authenticated
using (user_id = (select auth.uid()));

-- "case", not "or": see the policy of the same name on strategies.
drop policy if exists notifications_select_api on public.notifications;
create policy notifications_select_api on public.notifications
for select to hephaitos_api
using (
    case
        when (select current_setting('role')) = 'service_role' then true
        else user_id = (select auth.uid())
    end
);

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
