-- Makes all of a transaction visible, and as durable as the connection is set to.
commit
