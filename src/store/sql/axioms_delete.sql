-- Takes back the axioms of an item.
delete from axiom where id between :first and :last
