/** What receivers can be configured with. Source: Alertmanager, config/config.go and config/notifiers.go. */

/** Channels of Alertmanager's that Haltwatch does not send to. */
export const UNSENT_CHANNELS: ReadonlySet<string> = new Set(
  (
    "discord dingtalk googlechat gotify incidentio jira jsmops kafka mattermost msteams msteamsv2 opsgenie pushover rocketchat " +
    "sns victorops webex wechat"
  ).split(" "),
);

const TEMPLATED = "Haltwatch writes its messages itself, templates are not used";
const HTTP = "Haltwatch sends with its own HTTP settings";
const TLS = "Haltwatch trusts the system's certificates";

/** Keys of Alertmanager's that Haltwatch leaves out, where a channel's own schema does not take them. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  ...because(
    TEMPLATED,
    "actions callback_id class client client_url color component description details fallback fields footer group headers html " +
      "image_url images link_names links message message_text mrkdwn_in payload pretext severity short_fields source text " +
      "thumb_url title title_link threading",
  ),
  ...because(HTTP, "http_config timeout"),
  ...because(TLS, "tls_config"),
  ...because("Haltwatch names the oldest alerts of a large group", "max_alerts"),
  ...because("Haltwatch uses incoming webhooks", "app_token app_token_file app_url update_message"),
  ...because("Haltwatch signs in with a password", "auth_secret auth_secret_file auth_identity"),
  ...because("it has no meaning for Haltwatch", "hello force_implicit_tls parse_mode disable_notifications"),
};

function because(reason: string, keys: string): Record<string, string> {
  return Object.fromEntries(keys.split(" ").map((key) => [key, reason]));
}

/** Keys of `global` that are another's default: `[channel, key there]`. A file's key stands beside the literal's. */
export const GLOBAL_DEFAULTS: ReadonlyMap<string, readonly [kind: string, key: string]> = new Map([
  ["http_config", ["webhook", "http_config"]],
  ["slack_api_url", ["slack", "api_url"]],
  ["slack_api_url_file", ["slack", "api_url_file"]],
  ["telegram_api_url", ["telegram", "api_url"]],
  ["telegram_bot_token", ["telegram", "bot_token"]],
  ["telegram_bot_token_file", ["telegram", "bot_token_file"]],
  ["pagerduty_url", ["pagerduty", "url"]],
  ["smtp_from", ["email", "from"]],
  ["smtp_hello", ["email", "hello"]],
  ["smtp_smarthost", ["email", "smarthost"]],
  ["smtp_auth_username", ["email", "auth_username"]],
  ["smtp_auth_password", ["email", "auth_password"]],
  ["smtp_auth_password_file", ["email", "auth_password_file"]],
  ["smtp_auth_secret", ["email", "auth_secret"]],
  ["smtp_auth_secret_file", ["email", "auth_secret_file"]],
  ["smtp_auth_identity", ["email", "auth_identity"]],
  ["smtp_require_tls", ["email", "require_tls"]],
  ["smtp_tls_config", ["email", "tls_config"]],
  ["smtp_force_implicit_tls", ["email", "force_implicit_tls"]],
]);

/** Keys of `global` that Haltwatch has no use for. */
export const GLOBAL_LEFT_OUT: ReadonlySet<string> = new Set(
  (
    "jira_api_url mattermost_webhook_url mattermost_webhook_url_file opsgenie_api_key opsgenie_api_key_file " +
    "opsgenie_api_url rocketchat_api_url rocketchat_token rocketchat_token_file rocketchat_token_id rocketchat_token_id_file " +
    "slack_app_token slack_app_token_file slack_app_url victorops_api_key victorops_api_key_file victorops_api_url webex_api_url " +
    "wechat_api_corp_id wechat_api_secret wechat_api_secret_file wechat_api_url"
  ).split(" "),
);

/** Keys of these mappings that Haltwatch leaves out, wherever a channel takes such a mapping. */
export const NESTED_LEFT_OUT: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    "http_config",
    new Set(
      (
        "bearer_token bearer_token_file enable_http2 no_proxy oauth2 proxy_connect_header proxy_from_environment proxy_url " +
        "tls_config"
      ).split(" "),
    ),
  ],
  [
    "tls_config",
    new Set("ca ca_file ca_ref cert cert_file cert_ref key key_file key_ref max_version min_version".split(" ")),
  ],
]);
