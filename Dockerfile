# docker build -t diffapply . && docker run --rm -e DATABASE_URL -v "$PWD:/project" diffapply drift
# See docs/packages.md.
FROM python:3.13-slim-bookworm AS build
WORKDIR /source
RUN python -m venv /opt/diffapply
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY diffapply ./diffapply
RUN /opt/diffapply/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt .

FROM python:3.13-slim-bookworm
RUN useradd --create-home --uid 10001 diffapply
COPY --from=build /opt/diffapply /opt/diffapply
ENV PATH=/opt/diffapply/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1
USER diffapply
WORKDIR /project
ENTRYPOINT ["diffapply"]
CMD ["--help"]
