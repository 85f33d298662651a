#!/bin/sh
# Copies what the browser loads from node_modules into dashboards/static/vendor/, with its licences.
set -eu
cd "$(dirname "$0")/.."
from=node_modules/maplibre-gl
to=dashboards/static/vendor/maplibre-gl

rm -rf dashboards/static/vendor
mkdir -p $to
for file in maplibre-gl.mjs maplibre-gl-worker.mjs maplibre-gl.css; do
    # without the address of the source map: it stays behind, and nothing shall ask for it
    grep -v '^//# sourceMappingURL=' $from/dist/$file >$to/$file
done
cp $from/LICENSE.txt $to/

from=node_modules/@fontsource-variable/inter
to=dashboards/static/vendor/inter
mkdir -p $to
cp $from/files/inter-latin-wght-normal.woff2 $from/LICENSE $to/

from=node_modules/leaflet
to=dashboards/static/vendor/leaflet
mkdir -p $to
grep -v '^//# sourceMappingURL=' $from/dist/leaflet.js >$to/leaflet.js
cp $from/dist/leaflet.css $from/LICENSE $to/
