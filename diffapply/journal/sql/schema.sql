-- A database administrator may have made the schema for a role that may not create one; CREATE
-- SCHEMA IF NOT EXISTS would ask for that privilege all the same. Another session may be faster.
do $$
begin
    if pg_catalog.to_regnamespace('diffapply') is null then
        create schema diffapply;
    end if;
exception when duplicate_schema or unique_violation then
    null;
end
$$;
