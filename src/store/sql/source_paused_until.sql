-- Tells until when a source's server wants to be left alone; 0 if it does not. Another source of
-- its kind may have been told so for it.
select coalesce(max(other.paused_until_ms), 0)
from source join source as other on other.kind = source.kind
where source.id = :source_id
