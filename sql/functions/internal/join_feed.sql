-- purpose:    Begin to read the feed of changes, or begin again.
-- security:   invoker; the caller needs insert and update on internal.feed_consumers.
-- complexity: one row.
-- callers:    consumers, once; again when told to. Load the state after this has committed: what
--             was committed by then is in what you load, the rest will be in the feed.
-- raises:     55000 when the database came from another cluster since the epoch began.

create or replace function internal.join_feed(p_consumer text, p_from_start boolean default false)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_epoch constant internal.feed_epochs := internal.get_feed_epoch();
begin
    insert into internal.feed_consumers as known (consumer, epoch, xact_id, seq)
    values (
        p_consumer,
        v_epoch.epoch,
        case
            when p_from_start then '0'::pg_catalog.xid8
            else pg_snapshot_xmin(pg_current_snapshot())
        end,
        0
    )
    on conflict (consumer) do update
    set
        epoch = excluded.epoch,
        xact_id = excluded.xact_id,
        seq = 0,
        joined_at = now(),
        confirmed_at = null;
end;
$$;

revoke all on function internal.join_feed(text, boolean)
from public, anon, authenticated, service_role;
grant execute on function internal.join_feed(text, boolean) to hephaitos_internal;

comment on function internal.join_feed(text, boolean) is
'Remembers a consumer from now on, or from the beginning of the epoch.';
