{{- define "quarry.tag" -}}
{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- /* The variables of a dictionary, as strings. */ -}}
{{- define "quarry.variables" -}}
{{- range $name, $value := . }}
{{ $name }}: {{ $value | toString | quote }}
{{- end }}
{{- end }}

{{- define "quarry.settings" -}}
{{- $settings := include "quarry.defaults" . | fromYaml }}
{{- $_ := set $settings "QUARKUS_DATASOURCE_REACTIVE_URL" (printf "postgresql://%s" .Values.stores.postgres) }}
{{- $_ := set $settings "QUARRY_CLICKHOUSE_URL" .Values.stores.clickHouse }}
{{- if .Values.tracing.enabled }}
{{- $settings = mergeOverwrite $settings (include "quarry.tracingDefaults" . | fromYaml) }}
{{- $_ := set $settings "QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT" .Values.tracing.endpoint }}
{{- end }}
{{- include "quarry.variables" (mergeOverwrite $settings .Values.settings) }}
{{- end }}

{{- define "quarry.migratorSettings" -}}
{{- $settings := include "quarry.migratorDefaults" . | fromYaml }}
{{- $_ := set $settings "QUARRY_POSTGRES_URL" (printf "jdbc:postgresql://%s" .Values.stores.postgres) }}
{{- $_ := set $settings "QUARRY_CLICKHOUSE_URL" .Values.stores.clickHouse }}
{{- include "quarry.variables" (mergeOverwrite $settings .Values.migratorSettings) }}
{{- end }}

{{- /* nginx does not start with a name that it cannot resolve. Nothing listens at this address, so it answers 502. */ -}}
{{- define "quarry.gatewaySettings" -}}
{{- $settings := include "quarry.gatewayDefaults" . | fromYaml }}
{{- if .Values.nginxGateway.metrics }}
{{- $settings = mergeOverwrite $settings (include "quarry.gatewayMetricsDefaults" . | fromYaml) }}
{{- end }}
{{- range $family, $upstream := dict "apps-analytics" "APPS" "product-metrics" "METRICS" "integration-analytics" "INTEGRATIONS" "org-analytics" "ORGS" }}
{{- if not (index $.Values.families $family).enabled }}
{{- $_ := set $settings (printf "QUARRY_%s_UPSTREAM" $upstream) "127.0.0.1:9" }}
{{- end }}
{{- end }}
{{- include "quarry.variables" (mergeOverwrite $settings .Values.nginxGateway.settings) }}
{{- end }}

{{- /* Whether the autoscalers use the requests in flight: true or false. */ -}}
{{- define "quarry.requestsInFlight" -}}
{{ kindIs "bool" .Values.autoscaling.requestsInFlight | ternary .Values.autoscaling.requestsInFlight .Values.monitoring.enabled }}
{{- end }}
