create table internal.parents (a integer, b integer, primary key (a, b));
create table internal.children (
    a integer, b integer, c integer, foreign key (a, b) references internal.parents
);

-- fault: no index
-- finds: constraint children_a_b_fkey on internal.children

-- fault: an index that begins otherwise
-- finds: constraint children_a_b_fkey on internal.children
create index on internal.children (a, c, b);

-- fault: an index of some rows
-- finds: constraint children_a_b_fkey on internal.children
create index on internal.children (a, b) where c > 0;

-- fault: an index that compares otherwise
-- finds: constraint children_a_b_fkey on internal.children
create index on internal.children using brin (a, b);

-- fault: an index that is not valid, on a table and not on each of its partitions
-- finds: constraint children_a_b_fkey on internal.children
drop table internal.children;
create table internal.children (
    a integer, b integer, foreign key (a, b) references internal.parents
) partition by list (a);
create table internal.children_1 partition of internal.children default;
create index on only internal.children (a, b);

-- harmless: an index in another order, with more behind
create index on internal.children (b, a, c);

-- harmless: an index without the keys that are null
drop table internal.children, internal.parents;
create table internal.parents (a integer primary key);
create table internal.children (a integer references internal.parents);
create index on internal.children (a) where a is not null;

-- harmless: a hash index
drop table internal.children, internal.parents;
create table internal.parents (a integer primary key);
create table internal.children (a integer references internal.parents);
create index on internal.children using hash (a);
