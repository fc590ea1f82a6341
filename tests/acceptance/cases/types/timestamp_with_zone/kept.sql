select at = '2024-01-02 03:04:05+00' and day = '2024-01-02 00:00+00' from audits
