
begin
    select t.columns, t.rest into columns, rest from (
{query}
    ) t (schema, columns, rest);
end
