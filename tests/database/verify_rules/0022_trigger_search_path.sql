-- fault: none
-- finds: internal.planted()
create function internal.planted() returns trigger language plpgsql as $$
begin
    return new;
end;
$$;

-- fault: a schema of the project
-- finds: internal.planted()
create function internal.planted() returns trigger language plpgsql set search_path = internal as $$
begin
    return new;
end;
$$;

-- fault: another setting instead
-- finds: internal.planted()
create function internal.planted() returns trigger language plpgsql set work_mem = '1MB' as $$
begin
    return new;
end;
$$;

-- harmless: exactly nothing
create function internal.planted() returns trigger language plpgsql set search_path = '' as $$
begin
    return new;
end;
$$;

-- harmless: with its owner's rights, of which another rule speaks
create function internal.planted() returns trigger language plpgsql security definer as $$
begin
    return new;
end;
$$;

-- harmless: no trigger
create function internal.planted() returns integer language sql as 'select 1';
