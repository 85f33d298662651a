#!/bin/sh
# Runs in the database's container after roles.sql: gives the two roles their passwords, from the environment.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set app="$TRYGG_APP_PASSWORD" --set owner="$TRYGG_OWNER_PASSWORD" <<'SQL'
ALTER ROLE trygg_app PASSWORD :'app';
ALTER ROLE trygg_owner PASSWORD :'owner';
SQL
