-- purpose:    How long to wait after a failure: p_first, doubled by each further attempt up to
--             p_longest, and up to half of that taken off by chance, so that what failed together
--             does not come back together.
-- security:   invoker; a calculation.
-- complexity: O(1), no table; inlined into the statement that asks.
-- callers:    internal.fail_messages().

create or replace function internal.get_retry_delay(
    p_attempts integer, p_first interval, p_longest interval
)
returns interval
language sql
volatile
security invoker
begin atomic
    select
        least(
            get_retry_delay.p_longest,
            -- No further than a million times, where an interval would overflow.
            get_retry_delay.p_first
            * power(2, least(greatest(get_retry_delay.p_attempts, 1), 21) - 1)
        ) * (1 - random() / 2);
end;

revoke all on function internal.get_retry_delay(integer, interval, interval)
from public, anon, authenticated, service_role;
grant execute on function internal.get_retry_delay(integer, interval, interval)
to hephaitos_internal;

comment on function internal.get_retry_delay(integer, interval, interval) is
'How long to wait after a failure: doubling, bounded, with jitter.';
