/** Tells people of alerts: routes, groups, silences, a durable outbox, channels, pictures. */
export type { LabelMatcher } from "@haltwatch/store/labels";
export { type Alert, ENDED_WITHOUT_DATA, type GroupStatus, type Notification, type ReportText } from "./alert.ts";
export type { NewsLog, Outcome, Picture } from "./channels/channel.ts";
export type { ConfigPlaces, Place } from "./config/config-places.ts";
export {
  type NotifyConfig,
  type NotifyConfigOptions,
  type NotifyWarning,
  readAlertmanagerYml,
  readNotifyConfig,
} from "./config/notify-config.ts";
export type { ChannelConfig, ReceiverConfig } from "./config/receiver-config.ts";
export type { AlertGroup, AlertStatus, AlertWithStatus } from "./dispatch/alert-status.ts";
export { Dispatcher, type DispatcherOptions } from "./dispatch/dispatcher.ts";
export { type Level, levelOf } from "./message/level.ts";
export { NotifyError, type NotifyErrorCode } from "./notify-error.ts";
export { type ChannelCounts, type ChannelHealth, channelAlert } from "./outbox/channel-health.ts";
export { channelsOf } from "./outbox/channels-of.ts";
export { type AddressedChannel, Outbox, type OutboxSetup, type Sent } from "./outbox/outbox.ts";
export type { OutboxOptions } from "./outbox/outbox-options.ts";
export type { DeadLetter } from "./outbox/outbox-tables.ts";
export type { AlertChart, ChartSeries, ChartTheme, ChartThreshold } from "./picture/alert-chart.ts";
export { type PictureOutcome, PicturePainter, type PicturePainterOptions } from "./picture/picture-painter.ts";
export { PictureShelf } from "./picture/picture-shelf.ts";
export { type ReportColours, reportChartSvg } from "./picture/report-chart-svg.ts";
export type { ReportChart, ReportPicture, ReportTile } from "./picture/report-picture.ts";
export { formatValue, type Unit, unitOf } from "./picture/unit.ts";
export { Matchers, printMatcher } from "./routing/matcher.ts";
export { parseMatchers } from "./routing/parse-matchers.ts";
export { receiversOf } from "./routing/receivers-of.ts";
export type { Route } from "./routing/route.ts";
export type { Silence, SilenceRequest, SilenceState } from "./silence/silence.ts";
export { silenceStateAt } from "./silence/silence.ts";
export { type ApiMatcher, type ApiSilence, silenceFromApi, silenceToApi } from "./silence/silence-api.ts";
export { Silences } from "./silence/silences.ts";
