DROP POLICY categories_create ON categories;
CREATE POLICY categories_create ON categories FOR INSERT TO trygg_app WITH CHECK (
    (SELECT i_am_operator()) OR (forum_id = (SELECT my_forum()) AND (SELECT my_role()) = 'administrator')
);
DROP TABLE method_uses, methods;
