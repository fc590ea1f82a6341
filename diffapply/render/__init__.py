"""Plans, drift, runs and history as text, SQL, JSON, Markdown, workflow commands, JUnit XML."""
