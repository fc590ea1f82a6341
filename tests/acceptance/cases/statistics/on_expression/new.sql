create table t (at timestamptz);
create statistics by_day on (date_trunc('day', at at time zone 'UTC')) from t;
