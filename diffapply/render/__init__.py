"""Plans, drift, runs and history as text, SQL, JSON, Markdown, HTML, JUnit XML and more."""
