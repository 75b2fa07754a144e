#!/bin/sh
# Runs once, on a new volume. Creates Quarry's role and database, so that Quarry needs no superuser.
set -eu
psql --set=ON_ERROR_STOP=1 --set=password="$QUARRY_POSTGRES_PASSWORD" --username=postgres --dbname=postgres <<'SQL'
CREATE ROLE quarry LOGIN PASSWORD :'password';
CREATE DATABASE quarry OWNER quarry ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
REVOKE CONNECT, TEMPORARY ON DATABASE quarry FROM PUBLIC;
SQL
