"""Plan, drift, run and history as text, SQL, JSON, Markdown, workflow commands and JUnit XML."""
