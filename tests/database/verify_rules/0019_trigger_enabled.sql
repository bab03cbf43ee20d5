create table internal.notes (user_id uuid, id integer, body text);
create function internal.planted() returns trigger language plpgsql set search_path = '' as $$
begin
    new.body := 'read';
    return new;
end;
$$;
create trigger t30_planted before insert on internal.notes
for each row execute function internal.planted();

-- fault: disabled
-- finds: trigger t30_planted on internal.notes
alter table internal.notes disable trigger t30_planted;

-- fault: for replication only
-- finds: trigger t30_planted on internal.notes
alter table internal.notes enable replica trigger t30_planted;
