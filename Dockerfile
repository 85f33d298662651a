# One image for web, worker and migrations; docker-compose.yml says which part runs. Not tried by `make check`:
# tests/test_house.py only reads it.

FROM node:22-bookworm-slim AS browser
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts
COPY setup/vendor.sh setup/
RUN setup/vendor.sh

FROM python:3.11-slim-bookworm AS program
WORKDIR /build
RUN python -m venv /opt/trygghetsforum
ENV PATH=/opt/trygghetsforum/bin:$PATH
COPY requirements/run.txt requirements/
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements/run.txt
COPY pyproject.toml README.md ./
COPY forum forum
COPY mapping mapping
COPY api api
COPY dashboards dashboards
COPY --from=browser /build/dashboards/static/vendor dashboards/static/vendor
RUN pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --system --gid 10001 trygghetsforum \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent trygghetsforum \
    && install -d -m 0700 -o 10001 -g 10001 /anchors
COPY --from=program /opt/trygghetsforum /opt/trygghetsforum
ENV PATH=/opt/trygghetsforum/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    MPLCONFIGDIR=/tmp/matplotlib
USER 10001:10001
EXPOSE 8000
ENTRYPOINT ["trygghetsforum"]
CMD ["serve", "--host", "0.0.0.0"]
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
