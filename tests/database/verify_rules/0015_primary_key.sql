-- fault: none
-- finds: internal.notes
create table internal.notes (user_id uuid, id integer, body text);

-- fault: a partitioned table
-- finds: internal.logs
create table internal.logs (id integer, day date) partition by list (day);
create table internal.logs_1 partition of internal.logs default;
