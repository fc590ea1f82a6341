"""Makes what a release consists of, in dist/: wheel, sdist and SBOM. Publishes nothing."""
