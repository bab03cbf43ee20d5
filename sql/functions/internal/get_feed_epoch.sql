-- purpose:    The epoch of the feed that is under way.
-- security:   invoker; the caller needs select on internal.feed_epochs.
-- complexity: one index probe.
-- callers:    the functions of the feed.
-- raises:     55000 when the database came from another cluster since the epoch began.

create or replace function internal.get_feed_epoch()
returns internal.feed_epochs
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
    v_epoch internal.feed_epochs;
begin
    select feed_epochs.epoch, feed_epochs.cluster, feed_epochs.floor_seq, feed_epochs.began_at
    into v_epoch
    from internal.feed_epochs
    order by feed_epochs.epoch desc
    limit 1;
    if v_epoch.cluster is distinct from internal.identify_cluster() then
        raise exception 'the feed of changes belongs to another cluster'
            using errcode = 'object_not_in_prerequisite_state',
                  detail = format(
                      'It began on %s; this is %s. A restore has turned transactions back.',
                      coalesce(v_epoch.cluster, 'none'), internal.identify_cluster()
                  ),
                  hint = 'Run select internal.begin_feed_epoch(), then let every consumer join '
                      'again and load its state anew.';
    end if;
    return v_epoch;
end;
$$;

revoke all on function internal.get_feed_epoch()
from public, anon, authenticated, service_role;
grant execute on function internal.get_feed_epoch() to hephaitos_internal;

comment on function internal.get_feed_epoch() is
'The newest epoch; refuses when the database was restored since.';
