-- Scheduled jobs: known by name and role, and run as that role.

-- case: a job comes and goes
-- on: platform
-- there: create cron job app of @migrator; 1 statement
-- back: drop cron job app of @migrator; 1 statement
-- a
-- b
select cron.schedule('app', '5 * * * *', 'select 1');

-- case: schedule and command change in one statement
-- on: platform
-- both: 1 statement; alter cron job app of @migrator
-- a
select cron.schedule('app', '5 * * * *', 'select 1');
-- b
select cron.schedule('app', '0 2 * * *', 'select ''it''''s''');

-- case: a job is paused
-- on: platform
-- both: 1 statement; alter cron job app of @migrator; never drop
-- common
select cron.schedule('app', '5 * * * *', 'select 1');
-- a
-- b
select cron.alter_job(job.jobid, active => false) from cron.job where jobname = 'app';

-- case: a paused job is changed and stays paused
-- on: platform
-- both: never drop; never create
-- a
select cron.schedule('app', '5 * * * *', 'select 1');
select cron.alter_job(job.jobid, active => false) from cron.job where jobname = 'app';
-- b
select cron.schedule('app', '6 * * * *', 'select 1');
select cron.alter_job(job.jobid, active => false) from cron.job where jobname = 'app';

-- case: a job is renamed
-- on: platform
-- there: drop cron job app of @migrator; create cron job app_2 of @migrator; 2 statements
-- a
select cron.schedule('app', '5 * * * *', 'select 1');
-- b
select cron.schedule('app_2', '5 * * * *', 'select 1');

-- case: a job of another role is changed as that role
-- on: platform
-- both: says set role authenticator; says reset role; alter cron job app of authenticator
-- common
grant usage on schema cron to authenticator;
grant execute on all functions in schema cron to authenticator;
-- a
set local role authenticator;
select cron.schedule('app', '5 * * * *', 'select 1');
set local role migrator;
-- b
set local role authenticator;
select cron.schedule('app', '6 * * * *', 'select 1');
set local role migrator;

-- case: a job changes hands
-- on: platform
-- there: drop cron job app of @migrator; create cron job app of authenticator
-- back: drop cron job app of authenticator; create cron job app of @migrator
-- common
grant usage on schema cron to authenticator;
grant execute on all functions in schema cron to authenticator;
-- a
select cron.schedule('app', '5 * * * *', 'select 1');
-- b
set local role authenticator;
select cron.schedule('app', '5 * * * *', 'select 1');
set local role migrator;

-- case: a job comes after the procedure that it calls, and goes before it
-- on: platform
-- there: create procedure app.run(); create cron job app of @migrator; 2 statements
-- back: drop cron job app of @migrator; drop procedure app.run(); 2 statements
-- a
-- b
create procedure app.run() language plpgsql as 'begin end';
select cron.schedule('app', '5 * * * *', 'call app.run()');
