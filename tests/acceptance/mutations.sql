-- Changes made by hand to the rich tenant (rich.sql), one change each. In front of each stands
-- the kind and the name of the fact that must be told; then which of the ways is blocked: "undo",
-- from the changed tenant back to the rich one, or "redo", from the rich one to the changed one;
-- and "hidden" where pg_dump does not tell the change.

-- table: added
create table added (id integer primary key, what text);

-- table: log
drop table log;

-- table: ova
alter table eggs rename to ova;

-- table: log
alter table log set logged;

-- table: mixed
alter table mixed set unlogged;

-- table: wide
alter table wide set access method heap;

-- table: far_away
alter foreign table far_away options (set path '/c', drop "Weird");

-- table: near
create foreign table near (a integer) server far;

-- table: far_away
drop foreign table far_away;

-- of type: typed
alter table typed not of;

-- inherits: cats
alter table cats no inherit owned;

-- inherits: dogs
alter table dogs no inherit animals;

-- inherits: cats
alter table cats inherit brood;

-- storage parameters: "Order"
alter table "Order" set (fillfactor = 71);

-- storage parameters: "Order"
alter table "Order" reset (toast.autovacuum_enabled);

-- storage parameters: mixed
alter table mixed set (autovacuum_vacuum_threshold = 5);

-- storage parameters: items_pkey
alter index items_pkey set (fillfactor = 81);

-- storage parameters: empty_mv
alter materialized view empty_mv reset (fillfactor);

-- replica identity: log
alter table log replica identity nothing;

-- replica identity: items
alter table items replica identity default;

-- replica identity: mixed
alter table mixed replica identity full;

-- row security: items
alter table items disable row level security;

-- row security: mixed
alter table mixed enable row level security;

-- forced row security: items
alter table items no force row level security;

-- cluster: items
alter table items set without cluster;

-- cluster: mixed
alter table mixed cluster on filled;

-- tablespace: mixed
alter table mixed set tablespace elsewhere;

-- tablespace: brin
alter index brin set tablespace elsewhere;

-- tablespace: items_pkey
alter index items_pkey set tablespace elsewhere;

-- tablespace: mv
alter materialized view mv set tablespace elsewhere;

-- partition: parts_2020
alter table parts detach partition parts_2020;

-- partition: parts_def
alter table parts detach partition parts_def;

-- partition: parts_2021
alter table parts detach partition parts_2021;

-- partition: parts_2020 -- blocked: undo redo, hidden
update pg_inherits set inhdetachpending = true where inhrelid = 'parts_2020'::regclass;

-- table: hashed_1
drop table hashed_1;

-- partition: "free FOR VALUES standing"
alter table hashed_again attach partition "free FOR VALUES standing" for values with
    (modulus 3, remainder 2);

-- table: parts_2022
create table parts_2022 partition of parts for values from ('2022-01-01') to ('2023-01-01');

-- index: hashed_k
drop index hashed_k;

-- index attachment: unattached
alter index hashed_k attach partition unattached;

-- index: parts_v
drop index parts_v;

-- index: parts_id
create index parts_id on parts (id);

-- index: "only here"
drop index "only here";

-- default: parts_2021.v
alter table parts_2021 alter v drop default;

-- constraint: parts_2021.own
alter table parts_2021 drop constraint own;

-- constraint: parts_2020.mine
alter table parts_2020 add constraint mine check (id > 1);

-- constraint: parts.vlen
alter table parts drop constraint vlen;

-- constraint: parts.parts_pkey
alter table parts drop constraint parts_pkey cascade;

-- column: parts.extra
alter table parts add column extra integer default 3;

-- column: hashed.k
alter table hashed alter k type varchar(30);

-- column: mixed.d
alter table mixed add column d text;

-- column: mixed.d
alter table mixed add column d integer not null default 7;

-- column: mixed.b
alter table mixed drop column b;

-- column: mixed.e
alter table mixed rename column b to e;

-- column: mixed.b
alter table mixed alter b type bigint;

-- column: mixed.b
alter table mixed alter b type text;

-- column: mixed.b
alter table mixed alter b type integer[] using array[b];

-- column: mixed.c
alter table mixed alter c type numeric(5, 1);

-- column: wide.two
alter table wide alter two type text collate "C";

-- column: wide.two
alter table wide alter two type text collate plain;

-- column: "Order"."Weird ""Col"
drop function typed_items;
alter table "Order" alter "Weird ""Col" type text;
create function typed_items(o "Order") returns setof items language sql
    begin atomic select * from items where order_id = (o).id; end;

-- column: animals.age
alter table animals alter age type bigint;

-- column: animals.age
alter table animals drop column age;

-- column: animals.weight
alter table animals add column weight integer;

-- column: dogs.collar
alter table dogs add column collar text;

-- default: mixed.b
alter table mixed alter b set default 5;

-- default: "Order".nr
alter table "Order" alter nr drop default;

-- default: "Order".m
alter table "Order" alter m set default 'sad';

-- default: v1.status
alter view v1 alter status drop default;

-- default: "table FOR VALUES in (1), DEFAULT"." DEFAULT"
alter table "table FOR VALUES in (1), DEFAULT" alter " DEFAULT" set default 2;

-- not null: mixed.b
alter table mixed alter b set not null;

-- not null: mixed.c
alter table mixed alter c drop not null;

-- not null: animals.name
alter table animals alter name drop not null;

-- identity: "Order".ident
alter table "Order" alter ident set generated by default;

-- identity: "Order".ident
alter table "Order" alter ident set increment by 3 set cycle;

-- identity: "Order".ident2
alter table "Order" alter ident2 drop identity;

-- identity: mixed.c
alter table mixed alter c drop default, alter c add generated always as identity
    (sequence name odd start 9);

-- identity: "Order".ident2
alter sequence "Order_ident2_seq" rename to "a ) b";

-- identity: "Order".ident2
alter sequence "Order_ident2_seq" set unlogged;

-- column: "Order".total
alter table "Order" alter total drop expression;

-- column: "Order".total
alter table "Order" drop column total;

-- column: mixed.g
alter table mixed add g integer generated always as (c * 2) stored;

-- column storage: "Order".tags
alter table "Order" alter tags set storage main;

-- column storage: wide.three
alter table wide alter three set storage plain;

-- column storage: "Order".n
alter table "Order" alter n set storage external;

-- column compression: wide.three
alter table wide alter three set compression pglz;

-- column compression: "Order"."Weird ""Col"
alter table "Order" alter "Weird ""Col" set compression default;

-- column statistics: "Order".tags
alter table "Order" alter tags set statistics 51;

-- column statistics: mixed.b
alter table mixed alter b set statistics 0;

-- column options: "Order".n
alter table "Order" alter n reset (n_distinct);

-- column options: mixed.b
alter table mixed alter b set (n_distinct = -0.5, n_distinct_inherited = 3);

-- foreign column options: far_away.id
alter foreign table far_away alter id options (drop name, add "A, B" 'x''y');

-- constraint: mixed.odd
alter table mixed add constraint odd check (c % 2 = 1);

-- constraint: mixed.mixed_pkey
alter table mixed add primary key (c);

-- constraint: mixed.u
alter table mixed add constraint u unique nulls not distinct (b);

-- constraint: mixed.u
alter table mixed add constraint u unique (b) include (c) with
    (fillfactor = 44) deferrable initially deferred;

-- constraint: items.later
alter table items validate constraint later;

-- constraint: items.later
alter table items drop constraint later;

-- constraint: items.positive
alter table items rename constraint positive to negative;

-- constraint: items.items_order_id_fkey
alter table items alter constraint items_order_id_fkey not deferrable;

-- constraint: items.items_order_id_fkey
alter table items alter constraint items_order_id_fkey deferrable initially immediate;

-- constraint: items.items_country_fkey
alter table items drop constraint items_country_fkey;

-- constraint: eggs.eggs_chicken_fkey
alter table eggs drop constraint eggs_chicken_fkey;

-- constraint: chicken.chicken_pkey
alter table chicken drop constraint chicken_pkey cascade;

-- constraint: refers.refers_part_at_fkey
alter table refers drop constraint refers_part_at_fkey;

-- constraint: "Order"."Order_s_excl"
alter table "Order" drop constraint "Order_s_excl";

-- constraint: "table FOR VALUES in (1), DEFAULT"." CHECK ("
alter table "table FOR VALUES in (1), DEFAULT" drop constraint " CHECK (";

-- constraint: animals.animals_age_check
alter table animals drop constraint animals_age_check;

-- index: i
create index i on mixed (b desc nulls last);

-- index: brin
drop index brin;

-- index: brin
alter index brin set (pages_per_range = 5);

-- index: filled
alter index filled reset (deduplicate_items);

-- index: brun
alter index brin rename to brun;

-- index statistics: "Idx ON x".2
alter index "Idx ON x" alter column 2 set statistics 78;

-- index statistics: items_lower.1
alter index items_lower alter column 1 set statistics 5;

-- index: one_null
drop index one_null;

-- index validity: brin -- blocked: redo
update pg_index set indisvalid = false where indexrelid = 'brin'::regclass;

-- index validity: parts_v -- blocked: redo, hidden
update pg_index set indisvalid = false where indexrelid = 'parts_v'::regclass;

-- index: pairs_sorted
drop index pairs_sorted;

-- sequence: counter
alter sequence counter as integer;

-- sequence: counter
alter sequence counter start 8;

-- sequence: counter
alter sequence counter increment -5;

-- sequence: counter
alter sequence counter no minvalue maxvalue 301;

-- sequence: counter
alter sequence counter cache 4;

-- sequence: counter
alter sequence counter no cycle;

-- sequence: counter
alter sequence counter set unlogged;

-- sequence: counter
drop sequence counter;

-- sequence: another
create sequence another;

-- sequence: "Order_id_seq"
alter sequence "Order_id_seq" as bigint;

-- sequence owner: counter
alter sequence counter owned by mixed.b;

-- sequence owner: "Order_id_seq"
alter sequence "Order_id_seq" owned by none;

-- default: "Order".id
alter table "Order" alter id drop default;

-- enum: mood
alter type mood add value 'angry' before 'happy';

-- enum: mood
alter type mood rename value 'sad' to 'gloomy';

-- enum: unused
alter type unused add value 'three';

-- enum: fresh
create type fresh as enum ('x'', y', 'z');

-- enum: unused
drop type unused;

-- composite type: address
alter type address add attribute country text;

-- composite type: address
alter type address drop attribute zip;

-- composite type: address
alter type address rename attribute zip to code;

-- composite type: halves
create type halves as ("a, b" numeric(10, 2), c text collate "C");

-- composite type: "Row.Type"
alter type "Row.Type" add attribute c integer cascade;

-- domain: fresh
create domain fresh as integer;

-- domain not null: email
alter domain email drop not null;

-- domain not null: posint
alter domain posint set not null;

-- domain default: email
alter domain email drop default;

-- domain default: email
alter domain email set default 'c@d';

-- domain default: posint
alter domain posint set default 3;

-- domain constraint: email.has_at
alter domain email drop constraint has_at;

-- domain constraint: posint.big
alter domain posint add constraint big check (value > 9);

-- domain constraint: posint.big
alter domain posint add constraint big check (value > 9) not valid;

-- domain constraint: email.hat
alter domain email rename constraint has_at to hat;

-- range type: pairs_range
create type pairs_range as range (subtype = date);

-- range type: textspan
drop type textspan;

-- collation: another
create collation another (provider = libc, locale = 'POSIX');

-- collation: plain
drop collation plain cascade;

-- base type: stub
create type stub;

-- base type: shell
drop type shell;

-- base type: tiny -- blocked: undo redo
alter type tiny set (typmod_in = numerictypmodin);

-- routine: next_no()
create or replace function next_no() returns integer language sql stable as 'select 2';

-- routine: next_no()
alter function next_no() immutable;

-- routine: next_no()
alter function next_no() leakproof;

-- routine: next_no()
alter function next_no() parallel restricted;

-- routine: next_no()
alter function next_no() cost 7;

-- routine: next_no()
alter function next_no() strict;

-- routine: next_no()
alter function next_no() set work_mem = '1MB';

-- routine: touch()
alter function touch() security invoker;

-- routine: touch()
alter function touch() reset all;

-- routine: many(address[],mood[])
alter function many(address[], mood[]) rows 8;

-- routine: many(address[],mood[])
drop function many(address[], mood[]);

-- routine: proc(integer,text)
drop procedure proc;

-- routine: proc(integer,text)
create or replace procedure proc(a integer, inout b text default 'r')
    language plpgsql as $$ begin null; end $$;

-- routine: typed_items("Order")
drop function typed_items;

-- routine: f(text)
create function f(text) returns text language sql immutable return $1 || 'x';

-- routine: w(integer)
create function w(integer) returns bigint window language internal as 'window_row_number';

-- routine: su(text)
create function su(text) returns boolean language internal support textlike_support as 'textlike';

-- aggregate: summe(integer)
drop aggregate summe(integer);

-- aggregate: summe(integer)
create or replace aggregate summe(integer) (sfunc = int4pl, stype = integer, initcond = '1');

-- aggregate: how_many()
drop aggregate how_many(*);

-- aggregate: middle(double precision,anyelement)
drop aggregate middle(double precision order by anyelement);

-- operator: <<<(pair,pair)
alter operator <<< (pair, pair) set (restrict = none);

-- operator: |+|(pair,pair)
drop operator |+| (pair, pair);

-- operator: =>>(pair,integer)
create operator =>> (function = pair_integer_cmp, leftarg = pair, rightarg = integer);

-- operator family: another USING hash
create operator family another using hash;

-- operator class: pair_class USING btree
drop operator class pair_class using btree cascade;

-- operator family member: pair_family USING btree FUNCTION 1 (pair, integer)
alter operator family pair_family using btree drop function 1 (pair, integer);

-- operator family member: pair_family USING btree OPERATOR 5 (integer, integer)
alter operator family pair_family using btree add operator 5 < (integer, integer);

-- cast: (pair AS text)
drop cast (pair as text);

-- cast: (address AS text)
create cast (address as text) with inout as implicit;

-- cast: (wide AS address)
create cast (wide as address) with inout;

-- transform: FOR address LANGUAGE sql
create transform for address language sql (from sql with function dsimple_init(internal));

-- conversion: latin
drop conversion latin;

-- conversion: utf
create default conversion utf for 'UTF8' to 'LATIN2' from utf8_to_iso8859;

-- text search dictionary: stems
alter text search dictionary stems (language = 'german', stopwords);

-- text search dictionary: more
create text search dictionary more (template = simple);

-- text search configuration: more
create text search configuration more (copy = search);

-- text search mapping: search.word
alter text search configuration search alter mapping for word with words;

-- text search mapping: search."int"
alter text search configuration search drop mapping for int;

-- text search mapping: search.email
alter text search configuration search add mapping for email with stems;

-- text search parser: letters
drop text search parser letters;

-- text search template: plain_template
drop text search template plain_template;

-- view: v
create view v as select 1 as one;

-- view: v1
create or replace view v1 as select id, status from "Order" where nr > 1;

-- view: v3
drop view v3;

-- view: v1
drop view v1 cascade;

-- view: v1
alter view v1 rename column id to number;

-- view: v2
alter view v2 reset (security_barrier);

-- view: v2
alter view v2 set (security_invoker = true);

-- view: v2
alter view v2 set (check_option = cascaded);

-- view: counting
drop view counting;

-- materialized view: mv
drop materialized view mv;

-- materialized view: mv2
create materialized view mv2 as select id from "Order";

-- unpopulated: mv -- hidden
refresh materialized view mv with no data;

-- index: mv_m
drop index mv_m;

-- trigger: "Order".touch
drop trigger touch on "Order";

-- trigger: mixed.t
create trigger t before truncate on mixed execute function touch('x');

-- trigger: v1.instead
drop trigger instead on v1;

-- trigger: items.ct
drop trigger ct on items;

-- trigger: parts."of parts"
drop trigger "of parts" on parts;

-- trigger state: items.touch2
alter table items enable trigger touch2;

-- trigger state: items.ct
alter table items enable always trigger ct;

-- trigger state: "Order".touch
alter table "Order" enable replica trigger touch;

-- trigger state: parts_2020."of parts"
alter table parts_2020 enable trigger "of parts";

-- trigger state: parts_def."of parts"
alter table parts_def enable always trigger "of parts";

-- constraint state: refers.refers_part_at_fkey -- hidden
alter table refers disable trigger all;

-- constraint state: eggs.eggs_chicken_fkey -- hidden
alter table chicken disable trigger all;

-- rule: log.r
create or replace rule r as on insert to log do also notify y;

-- rule: log.quiet
drop rule quiet on log;

-- rule state: log.quiet
alter table log enable always rule quiet;

-- rule state: log.r
alter table log enable replica rule r;

-- policy: items.p
alter policy p on items using (pos > 2);

-- policy: items.p
alter policy p on items to "rich reader";

-- policy: items.q
drop policy q on items;

-- policy: mixed.n
create policy n on mixed for insert with check (b > 0);

-- extended statistics: st
drop statistics st;

-- extended statistics: more
create statistics more (mcv) on b, c from mixed;

-- extended statistics: of_expression
drop statistics of_expression;

-- extended statistics target: st
alter statistics st set statistics 101;

-- extended statistics target: of_expression
alter statistics of_expression set statistics 9;

-- extension dependency: FUNCTION next_no() DEPENDS ON EXTENSION plpgsql
alter function next_no() no depends on extension plpgsql;

-- extension dependency: TRIGGER touch ON "Order" DEPENDS ON EXTENSION plpgsql
alter trigger touch on "Order" no depends on extension plpgsql;

-- extension dependency: INDEX brin DEPENDS ON EXTENSION plpgsql
alter index brin depends on extension plpgsql;

-- extension dependency: MATERIALIZED VIEW mv DEPENDS ON EXTENSION plpgsql
alter materialized view mv depends on extension plpgsql;

-- comment: TABLE mixed
comment on table mixed is 'new';

-- comment: COLUMN mv.c
comment on column mv.c is 'new';

-- comment: CONSTRAINT items_pkey ON items
comment on constraint items_pkey on items is 'k';

-- comment: TYPE span
comment on type span is 'new';

-- comment: TRIGGER touch ON "Order"
comment on trigger touch on "Order" is 'new';

-- validated constraint: hashed_0.not_empty
alter table hashed_0 validate constraint not_empty;

-- validated constraint: dogs.mortal -- hidden
alter table dogs validate constraint mortal;
