-- Remembers until when a source's server wants to be left alone.
update source set paused_until_ms = :until_ms where id = :source_id
