-- Publications and what they publish.
select
    'publication' as kind,
    '' as schema,
    pg_publication.pubname as name,
    '' as part,
    'pg_publication'::regclass as catalog,
    pg_publication.oid as object,
    0 as sub,
    null::oid as parent_catalog,
    null::oid as parent_object,
    null::int as parent_sub,
    json_build_object(
        'owner', pg_get_userbyid(pg_publication.pubowner),
        'all_tables', case when pg_publication.puballtables then true end,
        'publish',
        concat_ws(
            ', ',
            case when pg_publication.pubinsert then 'insert' end,
            case when pg_publication.pubupdate then 'update' end,
            case when pg_publication.pubdelete then 'delete' end,
            case when pg_publication.pubtruncate then 'truncate' end
        ),
        'via_partition_root', case when pg_publication.pubviaroot then true end,
        -- The column is younger than 15, and so is what it can say.
        'generated_columns',
        case to_json(pg_publication) ->> 'pubgencols' when 's' then 'stored' end
    ) as attributes
from pg_catalog.pg_publication
where
    not exists (
        select from members
        where
            members.classid = 'pg_publication'::regclass
            and members.objid = pg_publication.oid
    )

union all

select
    'publication member' as kind,
    '' as schema,
    pg_publication.pubname as name,
    'table ' || pg_publication_rel.prrelid::regclass as part,
    'pg_publication_rel'::regclass as catalog,
    pg_publication_rel.oid as object,
    0 as sub,
    'pg_publication'::regclass as parent_catalog,
    pg_publication.oid as parent_object,
    0 as parent_sub,
    json_build_object(
        'row_filter', pg_get_expr(pg_publication_rel.prqual, pg_publication_rel.prrelid),
        'columns', (
            select json_agg(pg_attribute.attname order by pg_attribute.attname)
            from pg_catalog.pg_attribute
            where
                pg_attribute.attrelid = pg_publication_rel.prrelid
                and pg_attribute.attnum = any(pg_publication_rel.prattrs)
        )
    ) as attributes
from pg_catalog.pg_publication_rel
inner join pg_catalog.pg_publication
    on pg_publication_rel.prpubid = pg_publication.oid

union all

select
    'publication member' as kind,
    '' as schema,
    pg_publication.pubname as name,
    'schema ' || pg_publication_namespace.pnnspid::regnamespace as part,
    'pg_publication_namespace'::regclass as catalog,
    pg_publication_namespace.oid as object,
    0 as sub,
    'pg_publication'::regclass as parent_catalog,
    pg_publication.oid as parent_object,
    0 as parent_sub,
    json_build_object() as attributes
from pg_catalog.pg_publication_namespace
inner join pg_catalog.pg_publication
    on pg_publication_namespace.pnpubid = pg_publication.oid;
