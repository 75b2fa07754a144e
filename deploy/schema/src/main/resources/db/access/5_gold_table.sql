GRANT${on_cluster} INSERT ON `${database}`.${table} TO quarry_refiner;
