-- Since when a session `a` is in its state: a time, and the day as well if it is long ago.
to_char(a.state_change at time zone 'UTC', case
    when a.state_change > now() - interval '12 hours' then 'HH24:MI:SS'
    else 'YYYY-MM-DD HH24:MI:SS'
end)
