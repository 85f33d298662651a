DROP TABLE steps;
DROP TABLE place_links;
DROP TABLE places;
DROP FUNCTION may_lead();
