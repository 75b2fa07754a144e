-- The rollup job checks how far the replicas are behind before it reads them.
GRANT${on_cluster} SELECT ON `${database}`.replicas TO quarry_refiner;
GRANT${on_cluster} SELECT ON system.replicas TO quarry_refiner;
