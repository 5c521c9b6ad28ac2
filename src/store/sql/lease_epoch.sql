-- Tells the present epoch.
select epoch from lease where id = 1
