-- Everything of a kind that the toolkit does not model: named and counted, its content unread.
with
found as (
    select
        'pg_operator'::regclass as catalog,
        pg_operator.oid as object,
        pg_operator.oprowner as owner
    from pg_catalog.pg_operator
    union all
    select 'pg_opclass'::regclass, pg_opclass.oid, pg_opclass.opcowner
    from pg_catalog.pg_opclass
    union all
    select 'pg_opfamily'::regclass, pg_opfamily.oid, pg_opfamily.opfowner
    from pg_catalog.pg_opfamily
    union all
    select 'pg_collation'::regclass, pg_collation.oid, pg_collation.collowner
    from pg_catalog.pg_collation
    union all
    select 'pg_conversion'::regclass, pg_conversion.oid, pg_conversion.conowner
    from pg_catalog.pg_conversion
    union all
    select 'pg_cast'::regclass, pg_cast.oid, null::oid
    from pg_catalog.pg_cast
    union all
    select 'pg_transform'::regclass, pg_transform.oid, null::oid
    from pg_catalog.pg_transform
    union all
    select 'pg_language'::regclass, pg_language.oid, pg_language.lanowner
    from pg_catalog.pg_language
    union all
    select 'pg_am'::regclass, pg_am.oid, null::oid
    from pg_catalog.pg_am
    union all
    select 'pg_ts_config'::regclass, pg_ts_config.oid, pg_ts_config.cfgowner
    from pg_catalog.pg_ts_config
    union all
    select 'pg_ts_dict'::regclass, pg_ts_dict.oid, pg_ts_dict.dictowner
    from pg_catalog.pg_ts_dict
    union all
    select 'pg_ts_parser'::regclass, pg_ts_parser.oid, null::oid
    from pg_catalog.pg_ts_parser
    union all
    select 'pg_ts_template'::regclass, pg_ts_template.oid, null::oid
    from pg_catalog.pg_ts_template
    union all
    select
        'pg_foreign_data_wrapper'::regclass,
        pg_foreign_data_wrapper.oid,
        pg_foreign_data_wrapper.fdwowner
    from pg_catalog.pg_foreign_data_wrapper
    union all
    select 'pg_foreign_server'::regclass, pg_foreign_server.oid, pg_foreign_server.srvowner
    from pg_catalog.pg_foreign_server
    union all
    select 'pg_user_mapping'::regclass, pg_user_mappings.umid, null::oid
    from pg_catalog.pg_user_mappings
    union all
    select 'pg_subscription'::regclass, pg_subscription.oid, pg_subscription.subowner
    from pg_catalog.pg_subscription
    inner join pg_catalog.pg_database
        on pg_subscription.subdbid = pg_database.oid
    where pg_database.datname = current_database()
    union all
    select
        'pg_largeobject'::regclass,
        pg_largeobject_metadata.oid,
        pg_largeobject_metadata.lomowner
    from pg_catalog.pg_largeobject_metadata
    union all
    select 'pg_class'::regclass, relations.oid, relations.relowner
    from relations
    where relations.relkind = 'f'
    union all
    select 'pg_type'::regclass, pg_type.oid, pg_type.typowner
    from pg_catalog.pg_type
    inner join namespaces
        on pg_type.typnamespace = namespaces.oid
    where
        (pg_type.typtype = 'p')
        or (
            pg_type.typtype = 'b'
            -- An array type is its element's.
            and not exists (
                select from pg_catalog.pg_type as element
                where element.typarray = pg_type.oid
            )
        )
)

select
    'unmodelled' as kind,
    coalesce(identified.schema, '') as schema,
    identified.type as name,
    identified.identity as part,
    found.catalog,
    found.object,
    0 as sub,
    null::oid as parent_catalog,
    null::oid as parent_object,
    null::int as parent_sub,
    json_build_object(
        'owner', case when found.owner is not null then pg_get_userbyid(found.owner) end
    ) as attributes
from found
cross join lateral pg_identify_object(found.catalog, found.object, 0) as identified
where
    -- Below are the objects that initdb makes.
    found.object >= 16384
    and not exists (
        select from members
        where members.classid = found.catalog and members.objid = found.object
    );
