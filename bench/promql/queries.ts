/**
 * Queries from rules and dashboards that people run: node-exporter's mixin, kube-prometheus, Prometheus's own mixin, and what
 * dashboards of trading bots ask.
 */
export const QUERIES: readonly string[] = [
  "up == 0",
  "sum by (job) (up)",
  "rate(http_requests_total[5m])",
  "sum(rate(http_requests_total[5m])) by (handler)",
  'sum(rate(http_requests_total{code=~"5.."}[5m])) by (instance) / sum(rate(http_requests_total[5m])) by (instance)',
  "histogram_quantile(0.95, sum(rate(http_request_duration_seconds_bucket[5m])) by (le))",
  "histogram_quantile(0.99, sum by (instance, handler, le) (rate(http_request_duration_seconds_bucket[5m])))",
  "histogram_quantile(0.9, rate(http_request_duration_seconds_bucket[5m]))",
  "rate(http_request_duration_seconds_sum[5m]) / rate(http_request_duration_seconds_count[5m])",
  '1 - avg without (cpu) (sum without (mode) (rate(node_cpu_seconds_total{job="node",mode=~"idle|iowait|steal"}[5m])))',
  'sum by (instance, mode) (irate(node_cpu_seconds_total{mode!="idle"}[2m]))',
  "1 - (node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)",
  '(node_filesystem_avail_bytes{fstype!=""} / node_filesystem_size_bytes{fstype!=""} * 100 < 40 and predict_linear(node_filesystem_avail_bytes{fstype!=""}[30m], 24*60*60) < 0 and node_filesystem_readonly{fstype!=""} == 0)',
  "max_over_time(node_load1[10m]) > 1",
  "avg_over_time(spread_net_bps[5m])",
  "increase(orders_failed_total[1m]) > 0",
  "sum(increase(orders_failed_total[5m])) by (venue) / sum(increase(orders_total[5m])) by (venue)",
  "topk(5, sum by (bot) (rate(volume_total[5m])))",
  "portfolio_value_usdt - portfolio_value_usdt offset 10m",
  "quantile_over_time(0.95, spread_net_bps[15m])",
  "stddev_over_time(portfolio_value_usdt[10m]) / avg_over_time(portfolio_value_usdt[10m])",
  "(portfolio_value_usdt - max_over_time(portfolio_value_usdt[30m])) / max_over_time(portfolio_value_usdt[30m])",
  "histogram_quantile(0.5, sum by (le, bot) (rate(latency_seconds_bucket[1m])))",
  'count({__name__=~".+"}) by (__name__)',
  "max_over_time(sum(rate(orders_total[1m]))[10m:30s])",
  "changes(portfolio_value_usdt[5m])",
  'label_replace(rate(orders_total[5m]), "host", "$1", "instance", "(.*):.*")',
  "delta(portfolio_value_usdt[15m])",
];
