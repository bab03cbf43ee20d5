-- fault: a function
-- finds: internal.planted(text)
create function internal.planted(text) returns integer language sql as 'select 1';
grant execute on function internal.planted(text) to public;

-- fault: a procedure
-- finds: internal.planted()
create procedure internal.planted() language sql as 'select 1';
grant execute on procedure internal.planted() to public;

-- harmless: the functions of an extension
create extension citext schema internal;
