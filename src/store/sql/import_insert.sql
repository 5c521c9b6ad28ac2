-- States one import.
insert into owl_import (item_id, ordinal, iri, line) values (:item_id, :ordinal, :iri, :line)
