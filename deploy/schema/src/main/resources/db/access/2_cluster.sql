-- The rollup job checks how far the replicas are behind before it reads them.
GRANT${on_cluster} SELECT ON `${database}`.replicas TO quarry_refiner;
GRANT${on_cluster} SELECT ON system.replicas TO quarry_refiner;
-- It also checks that each shard has a job.
GRANT${on_cluster} SELECT ON system.clusters TO quarry_refiner;
