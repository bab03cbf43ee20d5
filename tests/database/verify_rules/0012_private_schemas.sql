-- fault: usage
-- finds: schema internal
grant usage on schema internal to authenticated;

-- fault: create, to PUBLIC
-- finds: schema audit
grant create on schema audit to public;
