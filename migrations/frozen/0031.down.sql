set local lock_timeout = '2s';

drop function audit.versions_of(regclass, jsonb);
drop view audit.differences;
drop function internal.diff_rows(jsonb, jsonb);
