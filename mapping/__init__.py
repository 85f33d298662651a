"""What the ground shows: pure spatial functions and file formats (kartan som beräkning)."""

from __future__ import annotations

import os

LEFT_OUT = (
    "ADBC,AVCBin,AVCE00,AIVector,AmigoCloud,CSV,CSW,Carto,DGN,DXF,EDIGEO,EEDA,ESRIJSON,Elasticsearch,GDALG,GPSBabel,"
    "GPX,GTFS,GeoJSONSeq,GeoRSS,HTTP,Idrisi,JML,JSONFG,LVBAG,MBTiles,MVT,MapInfo File,MapML,MiraMonVector,NGW,OAPIF,"
    "ODS,OGCAPI,OGR_GMT,OGR_PDS,OGR_VRT,OSM,OpenFileGDB,PCIDSK,PDF,PDS4,PGDUMP,PLSCENES,PMTiles,S57,SQLite,SXF,"
    "Selafin,TopoJSON,VDV,VFK,VICAR,WAsP,WFS,XLSX"
)
"""GDAL's drivers that nothing of ours opens.

GDAL asks them all who knows a file by its content: a GeoJSON with `<OGRVRTDataSource` in a name is taken by the
VRT driver, which reads any local file that it names. A driver that is not there cannot be fooled. GDAL reads the
setting once, when pyogrio is loaded; a test shows that no other driver is left.
"""

os.environ["OGR_SKIP"] = LEFT_OUT
