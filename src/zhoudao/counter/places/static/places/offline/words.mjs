// Times, lengths and journeys as the house says them (core/look/words.py, places/journeys/words.py). `say` holds the sentences in the
// reader's language, with %(name)s where values go.

export class Words {
  constructor(language, zone, say) {
    this.chinese = language.startsWith("zh");
    this.zone = zone;
    this.say = say;
    this.clock = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone, year: "numeric", month: "numeric", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    });
  }

  sentence(name, values = {}) {
    return this.say[name].replace(/%\((\w+)\)s/g, (_, value) => values[value]);
  }

  parts(moment) {
    return Object.fromEntries(this.clock.formatToParts(new Date(moment * 1000)).map(({ type, value }) => [type, value]));
  }

  time(moment) {
    const { hour, minute } = this.parts(moment);
    return `${hour}:${minute}`;
  }

  dayKey(moment) {
    const { year, month, day } = this.parts(moment);
    return `${year}-${month}-${day}`;
  }

  /** "11月24日 周二", "Tue 24 Nov"; with the year where it is another. */
  day(moment, now) {
    const { year, month, day, weekday } = this.parts(moment);
    const otherYear = year !== this.parts(now).year;
    if (this.chinese) {
      const named = { Mon: "周一", Tue: "周二", Wed: "周三", Thu: "周四", Fri: "周五", Sat: "周六", Sun: "周日" }[weekday];
      return `${otherYear ? `${year}年` : ""}${month}月${day}日 ${named}`;
    }
    const name = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][month - 1];
    return `${weekday} ${day} ${name}${otherYear ? ` ${year}` : ""}`;
  }

  /** As short as it is still clear: "15:52", "tomorrow 08:30", "Mon 30 Nov, 08:30". */
  when(moment, now) {
    const time = this.time(moment);
    if (this.dayKey(moment) === this.dayKey(now)) return time;
    if (this.dayKey(moment) === this.dayKey(now + 86400)) return this.sentence("tomorrow", { time });
    return `${this.day(moment, now)}${this.chinese ? " " : ", "}${time}`;
  }

  span(seconds) {
    if (seconds > 0 && seconds < 60) return this.chinese ? "不到 1 分钟" : "under a minute";
    const minutes = Math.floor(seconds / 60) + (seconds % 60 >= 30 ? 1 : 0);
    const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
    const parts = this.chinese
      ? [days && `${days} 天`, hours && `${hours} 小时`, rest && `${rest} 分钟`]
      : [days && `${days} day${days > 1 ? "s" : ""}`, hours && `${hours} h`, rest && `${rest} min`];
    const said = parts.slice(0, days ? 2 : 3).filter(Boolean).join(" ");
    return said || (this.chinese ? "0 分钟" : "0 min");
  }

  /** A name by language, or the feed's own. */
  name(names) {
    const wanted = this.chinese ? "zh" : "en";
    const code = Object.keys(names).find((each) => each && each.split("-")[0] === wanted);
    return code ? names[code] : (names[""] ?? Object.values(names)[0] ?? "");
  }

  place(spot, question, texts) {
    if (spot.here) return this.sentence("here");
    if (spot.point !== undefined) return texts.points[spot.point].name;
    return this.name(question.network.data.stops.name[spot.stop]);
  }
}

export const WORTH_SAYING = 120; // waits shorter than this are no step of their own, seconds

/** The next full minute: who arrives at 16:00:02 isn't there at 16:00. */
export function inFull(moment) {
  return moment + ((60 - (moment % 60)) % 60);
}

/** A journey step by step, with its waits, to the moment one is served: {kind, at, text}. */
export function story(way, words, texts) {
  if (way.served === Infinity) return [];
  const { question } = way;
  const journey = way.unhurried;
  const steps = [];
  let ready = journey?.depart ?? question.when;
  for (const leg of journey?.legs ?? []) {
    if (leg.depart - ready >= WORTH_SAYING) {
      steps.push({ kind: "wait", at: ready, text: words.sentence(leg.mode === "ferry" ? "wait_boat" : "wait_bus", { span: words.span(leg.depart - ready) }) });
    }
    const said = {
      span: words.span(leg.arrive - leg.depart), to: words.place(leg.to, question, texts), from: words.place(leg.from, question, texts),
      line: leg.line ? words.name(leg.line.name) : "",
    };
    const sentence = leg.mode === "walk" || leg.mode === "ferry" ? leg.mode : "bus";
    steps.push({ kind: sentence, at: leg.depart, text: words.sentence(sentence, said) });
    ready = leg.arrive;
  }
  if (way.opens !== null && way.opens - ready >= WORTH_SAYING) {
    steps.push({ kind: "wait", at: ready, text: words.sentence("opens", { when: words.when(way.opens, question.when) }) });
  }
  steps.push({ kind: "arrive", at: inFull(way.served), text: words.sentence("served_at", { place: texts.points[way.point].name }) });
  return steps;
}

/** The journey in one line: "8 min on foot", "1 h 5 min, with boat Dinghai-Panzhi". */
export function byWhat(way, words) {
  const journey = way.unhurried;
  if (!journey) return "";
  if (!journey.legs.length) return words.sentence("there_already");
  const span = words.span(journey.arrive - journey.depart);
  const rides = journey.legs.filter(({ line }) => line);
  if (!rides.length) return words.sentence("on_foot", { span });
  const lines = rides.map((leg) => words.sentence(leg.mode === "ferry" ? "by_boat" : "by_bus", { line: words.name(leg.line.name) }));
  return words.sentence("with_lines", { span, lines: lines.join(words.sentence("comma")) });
}

/** When to set out, for somebody who need not go at once. */
export function leave(way, words) {
  const journey = way.unhurried;
  const { when } = way.question;
  if (!journey?.legs.length || journey.depart - when < WORTH_SAYING) return "";
  return words.sentence("leave", { when: words.when(journey.depart, when) });
}

/** What to know of the way home; empty for a short way on foot. */
export function wayBack(way, words, texts) {
  const SHORT_WALK = 30 * 60;
  if (way.served === Infinity || (way.homeOnFoot !== null && way.homeOnFoot <= SHORT_WALK)) return "";
  const journey = way.lastBack;
  if (!journey) return way.homeOnFoot !== null ? "" : words.sentence("no_way_back");
  const rides = journey.legs.filter(({ line }) => line);
  const ride = rides.find(({ mode }) => mode === "ferry") ?? rides[0];
  const { question } = way;
  const values = {
    leave: words.when(journey.depart, question.when), line: words.name(ride.line.name),
    pier: words.place(ride.from, question, texts), time: words.time(ride.depart),
  };
  return words.sentence(ride.mode === "ferry" ? "last_boat" : "last_bus", values);
}
