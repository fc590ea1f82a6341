"""GitHub Markdown: comments on pull requests and issues."""
