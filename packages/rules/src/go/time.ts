/** Times as Go has them, in UTC: how they print and what their methods give. Source: Go, time/format.go. */

export interface GoTime {
  readonly kind: "time";
  /** Unix nanoseconds. */
  readonly ns: bigint;
}

const SHORT_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const LONG_MONTHS = "January February March April May June July August September October November December".split(" ");
const LONG_DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

export interface DateParts {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  /** 0 for Sunday. */
  readonly weekday: number;
  /** 1 to 366. */
  readonly yearDay: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanosecond: number;
}

export function dateParts({ ns }: GoTime): DateParts {
  const nanosecond = ((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const date = new Date(Number((ns - nanosecond) / 1_000_000n));
  const year = date.getUTCFullYear();
  return {
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    yearDay: Math.floor((date.getTime() - Date.UTC(year, 0, 1)) / 86_400_000) + 1,
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    nanosecond: Number(nanosecond),
  };
}

/** `2006-01-02 15:04:05.999999999 +0000 UTC` */
export function timeText(time: GoTime): string {
  return formatTime(time, "2006-01-02 15:04:05.999999999 -0700 MST");
}

const LAYOUT =
  /January|Jan|Monday|Mon|MST|2006|__2|_2|002|01|02|03|04|05|06|15|-07:00:00|-07:00|-070000|-0700|-07|Z07:00:00|Z07:00|Z070000|Z0700|Z07|PM|pm|[.,]0+(?!\d)|[.,]9+(?!\d)|1|2|3|4|5/g;

/** In a layout written as Go's reference time. */
export function formatTime(time: GoTime, layout: string): string {
  const parts = dateParts(time);
  return layout.replaceAll(LAYOUT, (code) => formatted(parts, code));
}

function formatted(parts: DateParts, code: string): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const twelve = parts.hour % 12 === 0 ? 12 : parts.hour % 12;
  switch (code) {
    case "January":
      return LONG_MONTHS[parts.month - 1] ?? "";
    case "Jan":
      return SHORT_MONTHS[parts.month - 1] ?? "";
    case "Monday":
      return LONG_DAYS[parts.weekday] ?? "";
    case "Mon":
      return (LONG_DAYS[parts.weekday] ?? "").slice(0, 3);
    case "MST":
      return "UTC";
    case "2006":
      return parts.year < 0 ? `-${String(-parts.year).padStart(4, "0")}` : String(parts.year).padStart(4, "0");
    case "06":
      return two(parts.year % 100);
    case "01":
      return two(parts.month);
    case "1":
      return String(parts.month);
    case "02":
      return two(parts.day);
    case "_2":
      return String(parts.day).padStart(2, " ");
    case "2":
      return String(parts.day);
    case "002":
      return String(parts.yearDay).padStart(3, "0");
    case "__2":
      return String(parts.yearDay).padStart(3, " ");
    case "15":
      return two(parts.hour);
    case "03":
      return two(twelve);
    case "3":
      return String(twelve);
    case "04":
      return two(parts.minute);
    case "4":
      return String(parts.minute);
    case "05":
      return two(parts.second);
    case "5":
      return String(parts.second);
    case "PM":
      return parts.hour >= 12 ? "PM" : "AM";
    case "pm":
      return parts.hour >= 12 ? "pm" : "am";
    default:
      return zoneOrFraction(parts, code);
  }
}

function zoneOrFraction({ nanosecond }: DateParts, code: string): string {
  if (code.startsWith("Z")) return "Z";
  if (code.startsWith("-")) return code.replace("-", "+").replaceAll("7", "0");
  const digits = code.slice(1);
  const fraction = String(nanosecond).padStart(9, "0").slice(0, digits.length);
  if (digits.startsWith("0")) return `${code[0]}${fraction}`;
  const kept = fraction.replace(/0+$/, "");
  return kept === "" ? "" : `${code[0]}${kept}`;
}
