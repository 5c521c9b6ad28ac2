-- Records the version that a complete job brought the store to.
update source set version = :version where id = :source_id
