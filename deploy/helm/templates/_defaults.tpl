{{- /* Written by deploy/helm/generate. */ -}}
{{- define "quarry.defaults" -}}
{{- toYaml (dict
  "QUARKUS_HTTP_PORT" "8080"
  "QUARKUS_LOG_CONSOLE_JSON_ENABLED" "true"
  "QUARRY_REQUEST_LOG_ENABLED" "true"
  "QUARKUS_DATASOURCE_USERNAME" "quarry"
  "QUARRY_CLICKHOUSE_DATABASE" "quarry"
  "QUARRY_CLICKHOUSE_USER" "quarry_reader"
  "QUARRY_CLICKHOUSE_TENANT_SETTING" "quarry_tenant"
  "QUARRY_ROLLUP_USER" "quarry_refiner"
  "QUARRY_AUTH_TRUSTED_PROXIES" "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"
) }}
{{- end }}
{{- define "quarry.tracingDefaults" -}}
{{- toYaml (dict
  "QUARKUS_OTEL_SDK_DISABLED" "false"
  "QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT" "http://otel-collector.observability:4317"
  "QUARKUS_OTEL_TRACES_SAMPLER_ARG" "0.1"
) }}
{{- end }}
{{- define "quarry.migratorDefaults" -}}
{{- toYaml (dict
  "QUARRY_CLICKHOUSE_DATABASE" "quarry"
  "QUARRY_CLICKHOUSE_USER" "quarry_migrator"
  "QUARRY_POSTGRES_USER" "quarry"
  "QUARRY_MIGRATE_WAIT_SECONDS" "300"
) }}
{{- end }}
{{- define "quarry.gatewayDefaults" -}}
{{- toYaml (dict
  "QUARRY_GATEWAY_PORT" "8080"
  "QUARRY_GATEWAY_HEALTH_PORT" "8081"
  "QUARRY_GATEWAY_WORKERS" "2"
  "QUARRY_GATEWAY_TRUSTED" "127.0.0.1/32"
  "QUARRY_GATEWAY_RATE" "50"
  "QUARRY_GATEWAY_BURST" "100"
  "QUARRY_GATEWAY_ADDRESS_RATE" "500"
  "QUARRY_GATEWAY_ADDRESS_BURST" "1000"
  "QUARRY_GATEWAY_CONNECTIONS" "50"
  "QUARRY_GATEWAY_CORS_ORIGINS" ""
  "QUARRY_GATEWAY_TIMEOUT" "120s"
  "QUARRY_GATEWAY_TRACED" "100%"
  "QUARRY_GATEWAY_COUNTS" "/dev/null"
  "QUARRY_APPS_UPSTREAM" "apps-analytics-service:8080"
  "QUARRY_METRICS_UPSTREAM" "product-metrics-service:8080"
  "QUARRY_INTEGRATIONS_UPSTREAM" "integration-analytics-service:8080"
  "QUARRY_ORGS_UPSTREAM" "org-analytics-service:8080"
  "QUARRY_GATEWAY_PAGE" "/usr/share/quarry/page"
) }}
{{- end }}
{{- define "quarry.gatewayMetricsDefaults" -}}
{{- toYaml (dict
  "QUARRY_GATEWAY_COUNTS" "syslog:server=127.0.0.1:5514,nohostname"
) }}
{{- end }}
