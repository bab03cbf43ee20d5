-- purpose:    audit.changes has every truncate of public.strategies.
-- security:   runs as hephaitos_internal, which owns internal.record_truncate_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    truncate of public.strategies, also by cascade.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_truncate
after truncate on public.strategies
for each statement
execute function internal.record_truncate_trigger();

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.strategies enable always trigger t10_record_truncate;
