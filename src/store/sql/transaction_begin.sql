-- Begins a transaction that writes: whoever only reads at first may be refused later.
begin immediate
