-- Timeouts that protect a live database would disturb a rehearsal, and nothing in scratch has to be
-- durable. To compile a query of ours takes longer than to run it.
set synchronous_commit = off;
select set_config(name, case vartype when 'bool' then 'off' else '0' end, false)
from pg_settings
where name in ('default_transaction_read_only', 'idle_in_transaction_session_timeout',
    'idle_session_timeout', 'jit', 'lock_timeout', 'statement_timeout', 'transaction_timeout')
