-- fault: waiting for its partitions
-- finds: internal.planted
create table internal.logs (id integer, day date) partition by list (day);
create table internal.logs_1 partition of internal.logs default;
create index planted on only internal.logs (id);
