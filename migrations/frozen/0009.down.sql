set local lock_timeout = '2s';

-- changes: 1 table dropped
-- locks:   none
-- loses:   all rows of audit.changes

-- change:
drop table audit.changes;
