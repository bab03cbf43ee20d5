set local lock_timeout = '2s';

-- changes: 4 cron jobs dropped
-- locks:   row exclusive on cron.job
-- loses:   nothing

-- plan:
select cron.unschedule(job.jobid) from cron.job where job.jobname = 'internal.detach_audit_partitions' and job.username = current_user;
select cron.unschedule(job.jobid) from cron.job where job.jobname = 'internal.make_audit_partitions' and job.username = current_user;
select cron.unschedule(job.jobid) from cron.job where job.jobname = 'internal.refresh_all_views' and job.username = current_user;
select cron.unschedule(job.jobid) from cron.job where job.jobname = 'internal.refresh_dirty_views' and job.username = current_user;
