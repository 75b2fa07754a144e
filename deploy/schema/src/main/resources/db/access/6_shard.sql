-- The rollup job of one shard reads and writes through the tables of the shard's database, which have no rows of their own:
-- the rights above on the local tables decide what it may insert. Nobody else may use them.
GRANT${on_cluster} SELECT, INSERT ON `${shard_database}`.* TO quarry_refiner;
