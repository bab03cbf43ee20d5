-- Stands in for: schema storage: the tables of the storage service, what policies call, and the
--                refusal to delete a row whose file would stay behind.
-- Leaves out:    the service and its files; search and listing functions; analytics and vector
--                buckets beyond their names; lifecycle rules; the transitions of versioning.
-- Runs:          once in a fresh database; on a real Supabase the first statement fails.

create schema storage;
comment on schema storage is 'stand-in for Supabase Storage: rows only, there are no files';

grant all on schema storage to supabase_storage_admin;
grant usage on schema storage to anon, authenticated, service_role;
grant usage on schema storage to migrator with grant option;

set local role supabase_storage_admin;

create type storage.buckettype as enum ('STANDARD', 'ANALYTICS', 'VECTOR');

create table storage.buckets (
    id text not null,
    name text not null,
    owner uuid,
    created_at timestamptz default now(),
    updated_at timestamptz default now(),
    public boolean default false,
    avif_autodetection boolean default false,
    file_size_limit bigint,
    allowed_mime_types text[],
    owner_id text,
    type storage.buckettype not null default 'STANDARD',
    versioning_status text not null default 'DISABLED',
    constraint buckets_pkey primary key (id),
    constraint buckets_versioning_status_check check (
        versioning_status in ('DISABLED', 'ENABLED', 'SUSPENDED')
    ),
    constraint buckets_versioning_standard_only_check check (
        type = 'STANDARD' or versioning_status = 'DISABLED'
    )
);
create unique index bname on storage.buckets (name);
comment on column storage.buckets.owner is 'deprecated: use owner_id';

create table storage.objects (
    id uuid not null default gen_random_uuid(),
    bucket_id text,
    name text,
    owner uuid,
    created_at timestamptz default now(),
    updated_at timestamptz default now(),
    last_accessed_at timestamptz default now(),
    metadata jsonb,
    path_tokens text[] generated always as (string_to_array(name, '/')) stored,
    version text,
    owner_id text,
    user_metadata jsonb,
    archived_at timestamptz,
    is_delete_marker boolean not null default false,
    is_versioned boolean not null default false,
    constraint objects_pkey primary key (id),
    constraint "objects_bucketId_fkey" foreign key (bucket_id) references storage.buckets (id)
);
create unique index bucketid_objname on storage.objects (bucket_id, name);
create index idx_objects_bucket_id_name on storage.objects (bucket_id, name collate "C");
create index name_prefix_search on storage.objects (name text_pattern_ops);
comment on column storage.objects.owner is 'deprecated: use owner_id';

create table storage.s3_multipart_uploads (
    id text not null,
    in_progress_size bigint not null default 0,
    upload_signature text not null,
    bucket_id text not null,
    key text collate "C" not null,
    version text not null,
    owner_id text,
    created_at timestamptz not null default now(),
    user_metadata jsonb,
    metadata jsonb,
    constraint s3_multipart_uploads_pkey primary key (id),
    constraint s3_multipart_uploads_bucket_id_fkey
    foreign key (bucket_id) references storage.buckets (id)
);
create index idx_multipart_uploads_list
on storage.s3_multipart_uploads (bucket_id, key, created_at);

create table storage.s3_multipart_uploads_parts (
    id uuid not null default gen_random_uuid(),
    upload_id text not null,
    size bigint not null default 0,
    part_number integer not null,
    bucket_id text not null,
    key text collate "C" not null,
    etag text not null,
    owner_id text,
    version text not null,
    created_at timestamptz not null default now(),
    constraint s3_multipart_uploads_parts_pkey primary key (id),
    constraint s3_multipart_uploads_parts_bucket_id_fkey
    foreign key (bucket_id) references storage.buckets (id),
    constraint s3_multipart_uploads_parts_upload_id_fkey
    foreign key (upload_id) references storage.s3_multipart_uploads (id) on delete cascade
);

-- Policies are the only guard: everybody holds every right on the two tables below.
alter table storage.buckets enable row level security;
alter table storage.objects enable row level security;
alter table storage.s3_multipart_uploads enable row level security;
alter table storage.s3_multipart_uploads_parts enable row level security;

grant all on table storage.buckets, storage.objects to anon, authenticated, service_role;
grant all on table storage.s3_multipart_uploads, storage.s3_multipart_uploads_parts
to service_role;
grant select on table storage.s3_multipart_uploads, storage.s3_multipart_uploads_parts
to anon, authenticated;
grant all on all tables in schema storage to migrator with grant option;

-- Paths: 'a/b/c.csv' has folders {a,b}, file name c.csv and extension csv. An object at the root
-- has no folder at all, so `(foldername(name))[1] = …` is NULL and a policy denies it.
create function storage.foldername(name text)
returns text[]
language sql
immutable
security invoker
begin atomic
    select
        (string_to_array(foldername.name, '/'))[
            : array_length(string_to_array(foldername.name, '/'), 1) - 1
        ];
end;

create function storage.filename(name text)
returns text
language sql
immutable
security invoker
begin atomic
    select split_part(filename.name, '/', -1);
end;

create function storage.extension(name text)
returns text
language sql
immutable
security invoker
begin atomic
    select split_part(storage.filename(extension.name), '.', -1);
end;

-- What the service is about to do, for policies that allow a download but no listing.
create function storage.operation()
returns text
language sql
stable
security invoker
begin atomic
    select current_setting('storage.operation', true);
end;

create function storage.allow_any_operation(expected_operations text[])
returns boolean
language sql
stable
security invoker
begin atomic
    select exists (
        select
        from unnest(allow_any_operation.expected_operations) as expected (operation)
        where
            expected.operation <> ''
            and regexp_replace(expected.operation, '^storage\.', '')
            = regexp_replace(storage.operation(), '^storage\.', '')
    );
end;

create function storage.allow_only_operation(expected_operation text)
returns boolean
language sql
stable
security invoker
begin atomic
    select storage.allow_any_operation(array[allow_only_operation.expected_operation]);
end;

create function storage.enforce_bucket_name_length()
returns trigger
language plpgsql
volatile
security invoker
as $$
begin
    if length(new.name) > 100 then
        raise exception 'bucket name "%" is too long (% characters), 100 are allowed',
            new.name, length(new.name);
    end if;
    return new;
end;
$$;

create function storage.update_updated_at_column()
returns trigger
language plpgsql
volatile
security invoker
as $$
begin
    new.updated_at := now();
    return new;
end;
$$;

-- The service deletes the file, then the row; a row deleted alone leaves the file, and its bill.
create function storage.protect_delete()
returns trigger
language plpgsql
volatile
security invoker
as $$
begin
    if current_setting('storage.allow_delete_query', true) is distinct from 'true' then
        raise exception 'a row of %.% cannot be deleted by SQL', tg_table_schema, tg_table_name
            using errcode = 'insufficient_privilege',
                  detail = 'The file that it describes would stay behind.',
                  hint = 'Delete it through the Storage API.';
    end if;
    return null;
end;
$$;

create trigger enforce_bucket_name_length_trigger
before insert or update of name on storage.buckets
for each row
execute function storage.enforce_bucket_name_length();

create trigger update_objects_updated_at
before update on storage.objects
for each row
execute function storage.update_updated_at_column();

create trigger protect_buckets_delete
before delete on storage.buckets
for each statement
execute function storage.protect_delete();

create trigger protect_objects_delete
before delete on storage.objects
for each statement
execute function storage.protect_delete();

create trigger protect_s3_multipart_uploads_delete
before delete on storage.s3_multipart_uploads
for each statement
execute function storage.protect_delete();

create trigger protect_s3_multipart_uploads_parts_delete
before delete on storage.s3_multipart_uploads_parts
for each statement
execute function storage.protect_delete();

reset role;
