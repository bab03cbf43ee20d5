-- purpose:    updated_at says when the profile last changed.
-- security:   internal.set_updated_at_trigger() runs as whoever writes.
-- complexity: O(1) per changed row; not called for a row that stays as it was.
-- callers:    any update on public.profiles.
-- order:      rank 30, after validation (10).

create or replace trigger t30_derive_updated_at
before update on public.profiles
for each row
when (old.* is distinct from new.*)
execute function internal.set_updated_at_trigger();
