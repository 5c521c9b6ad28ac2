-- Adds one finding about an item.
insert into diagnostic (item_id, ordinal, level, code, line, message)
values (:item_id, :ordinal, :level, :code, :line, :message)
