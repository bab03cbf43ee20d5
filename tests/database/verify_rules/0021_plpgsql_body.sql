-- fault: a column that is not there
-- finds: internal.planted()
create function internal.planted() returns text language plpgsql stable
set search_path = '' as
'begin return (select users.nickname from auth.users limit 1); end';

-- fault: an unqualified name
-- finds: internal.planted()
create function internal.planted() returns text language plpgsql stable
set search_path = '' as
'begin return (select users.email::text from users limit 1); end';

-- fault: one of the tables of a trigger function
-- finds: internal.planted() on internal.bare
create table internal.notes (user_id uuid, id integer, body text);
create table internal.bare (id integer);
create function internal.planted() returns trigger language plpgsql set search_path = '' as $$
begin
    new.body := 'read';
    return new;
end;
$$;
create trigger t30_planted before insert on internal.notes
for each row execute function internal.planted();
create trigger t30_planted before insert on internal.bare
for each row execute function internal.planted();

-- fault: a transition table
-- finds: internal.planted() on internal.notes
create table internal.notes (user_id uuid, id integer, body text);
create function internal.planted() returns trigger language plpgsql
set search_path = '' as
'begin perform from fresh where fresh.nickname is null; return null; end';
create trigger t10_planted after insert on internal.notes referencing new table as fresh
for each statement execute function internal.planted();

-- fault: no trigger
-- finds: internal.planted()
create function internal.planted() returns trigger language plpgsql set search_path = '' as $$
begin
    new.body := 'read';
    return new;
end;
$$;

-- fault: on a partitioned table, and not on each of its partitions
-- finds: internal.planted() on internal.logs
create table internal.logs (id integer) partition by list (id);
create table internal.logs_1 partition of internal.logs default;
create function internal.planted() returns trigger language plpgsql set search_path = '' as $$
begin
    new.body := 'read';
    return new;
end;
$$;
create trigger t30_planted before insert on internal.logs
for each row execute function internal.planted();
