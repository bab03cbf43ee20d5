-- Stands in for: schema realtime as far as a database can broadcast, and the two publications.
-- Leaves out:    the service; subscription and apply_rls, which check a change once a subscriber;
--                the janitor, which makes tomorrow's partitions: a server that is older than three
--                days loses what is sent, with a warning, exactly as an idle project does.
-- Runs:          once in a fresh database; on a real Supabase the first statement fails.

create schema realtime;
comment on schema realtime is 'stand-in for Supabase Realtime: messages are kept, not delivered';

grant usage on schema realtime to anon, authenticated, service_role;
grant usage on schema realtime to migrator with grant option;
grant create, usage on schema realtime to supabase_realtime_admin with grant option;

set local role supabase_realtime_admin;

create table realtime.messages (
    topic text not null,
    extension text not null,
    payload jsonb,
    event text,
    private boolean default false,
    updated_at timestamp not null default timezone('utc', now()),
    inserted_at timestamp not null default timezone('utc', now()),
    id uuid not null default gen_random_uuid(),
    binary_payload bytea,
    skip_broadcast boolean not null default false,
    constraint messages_pkey primary key (id, inserted_at),
    constraint messages_payload_exclusive check (payload is null or binary_payload is null)
) partition by range (inserted_at);

create index messages_inserted_at_topic_index
on realtime.messages (inserted_at desc, topic)
where extension = 'broadcast' and private;

-- Who may receive is decided by SELECT policies, who may send by INSERT policies; there are none.
alter table realtime.messages enable row level security;
grant select, insert, update on table realtime.messages to anon, authenticated, service_role;
grant all on table realtime.messages to migrator;
grant select, insert on table realtime.messages to migrator with grant option;

-- Yesterday to three days ahead; one partition a day, named messages_YYYY_MM_DD, for UTC days.
select
    pg_catalog.format(
        'create table realtime.%I partition of realtime.messages for values from (%L) to (%L)',
        pg_catalog.to_char(day.begins, '"messages_"YYYY_MM_DD'),
        day.begins,
        day.begins + interval '1 day'
    )
from
    pg_catalog.generate_series(
        pg_catalog.date_trunc('day', pg_catalog.timezone('utc', pg_catalog.now()))
        - interval '1 day',
        pg_catalog.date_trunc('day', pg_catalog.timezone('utc', pg_catalog.now()))
        + interval '3 days',
        interval '1 day'
    ) as day (begins)
order by day.begins
\gexec

-- The topic of the message being sent or the channel being joined; for policies.
create function realtime.topic()
returns text
language sql
stable
security invoker
begin atomic
    select nullif(current_setting('realtime.topic', true), '');
end;

-- Sending never fails the transaction that sends: whatever goes wrong is a warning.
create function realtime.send(
    payload jsonb,
    event text,
    topic text,
    private boolean default true
)
returns void
language plpgsql
volatile
security invoker
as $$
declare
    message_id constant uuid := gen_random_uuid();
begin
    perform set_config('realtime.topic', send.topic, true);
    insert into realtime.messages (id, payload, event, topic, private, extension)
    values (
        message_id,
        case
            when send.payload ? 'id' then send.payload
            else jsonb_set(send.payload, '{id}', to_jsonb(message_id))
        end,
        send.event,
        send.topic,
        send.private,
        'broadcast'
    );
exception
    when others then
        raise warning 'WarnSendingBroadcastMessage: %', sqlerrm;
end;
$$;

create function realtime.send_binary(
    payload bytea,
    event text,
    topic text,
    private boolean default true
)
returns void
language plpgsql
volatile
security invoker
as $$
begin
    perform set_config('realtime.topic', send_binary.topic, true);
    insert into realtime.messages (binary_payload, event, topic, private, extension)
    values (
        send_binary.payload,
        send_binary.event,
        send_binary.topic,
        send_binary.private,
        'broadcast'
    );
exception
    when others then
        raise warning 'WarnSendingBroadcastMessage: %', sqlerrm;
end;
$$;

-- For row triggers: hand over their new and old; a wrong call does fail the statement.
create function realtime.broadcast_changes(
    topic_name text,
    event_name text,
    operation text,
    table_name text,
    table_schema text,
    new record,
    old record,
    level text default 'ROW'
)
returns void
language plpgsql
volatile
security invoker
as $$
begin
    if broadcast_changes.level = 'STATEMENT' then
        raise exception 'changes can be broadcast for each row, not for each statement';
    end if;
    if broadcast_changes.operation not in ('INSERT', 'UPDATE', 'DELETE') then
        raise exception 'changes cannot be broadcast for operation %', broadcast_changes.operation;
    end if;
    perform realtime.send(
        jsonb_build_object(
            'operation', broadcast_changes.operation,
            'schema', broadcast_changes.table_schema,
            'table', broadcast_changes.table_name,
            'record', broadcast_changes.new,
            'old_record', broadcast_changes.old
        ),
        broadcast_changes.event_name,
        broadcast_changes.topic_name
    );
end;
$$;

reset role;

-- Changes of tables: empty at first, and the migrating role's own, as there.
create publication supabase_realtime;
alter publication supabase_realtime owner to migrator;

-- How the service itself learns of a broadcast.
create publication supabase_realtime_messages_publication for table realtime.messages;
