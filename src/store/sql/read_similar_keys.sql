-- Lists keys that end in a text, for one mistyped.
select item.key from item where item.key like '%' || :text || '%' order by item.key limit 5
