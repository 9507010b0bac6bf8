// Made from the types in `src-tauri/crates/desktop/src/page.rs`; `UPDATE=1 cargo test --package desktop` writes it anew.

export type Question = { "kind": "frame" } | { "kind": "status" } | { "kind": "activity" } | { "kind": "blocked", search: string, filter: BlockedFilter, from: number, count: number } | { "kind": "looked" } | { "kind": "verdict", id: string } | { "kind": "policy" } | { "kind": "explain", image: string } | { "kind": "engines", again: boolean } | { "kind": "images" } | { "kind": "settings" } | { "kind": "checks" } | { "kind": "signIn" } | { "kind": "signOut" } | { "kind": "requestAccess", id: string } | { "kind": "browse", url: string };

export type Answer = { "kind": "frame" } & Frame | { "kind": "status" } & StatusPage | { "kind": "activity" } & ActivityPage | { "kind": "blocked" } & BlockedPage | { "kind": "looked" } | { "kind": "verdict" } & VerdictPage | { "kind": "policy" } & PolicyPage | { "kind": "explain" } & Explanation | { "kind": "engines" } & EnginesPage | { "kind": "images" } & ImagesPage | { "kind": "settings" } & SettingsPage | { "kind": "checks" } & ChecksPage | { "kind": "signIn" } | { "kind": "signOut", sentence: string } | { "kind": "requestAccess" } | { "kind": "browse" };

export type Problem = { sentence: string, hint: string | null };

export type Frame = { gate: Gate, standing: string, organization: string | null, account: string | null, session: Session | null, blocked: number, problem: Problem | null, place: Place, asked: number };

export type Gate = "enforcing" | "signInNeeded" | "attention" | "notEnforcing" | "notRunning";

export type Session = "signIn" | "signOut";

export type Place = { tab: Tab, id: string | null };

export type Tab = "status" | "blocked" | "policy" | "engines" | "images" | "settings" | "checks";

export type StatusPage = { headline: string, more: Array<string>, news: News | null, waiting: Waiting | null, conditions: Array<ConditionRow>, quiet: boolean, facts: Array<Fact> };

export type News = { sentence: string, since: string };

export type Waiting = { sentence: string, since: string, url: string | null };

export type ConditionRow = { code: string, tone: Tone, sentence: string, since: string, action: string | null };

export type Tone = "notice" | "attention" | "critical";

export type ActivityPage = { days: Array<ActivityDay>, checked: number, blocked: number, reasons: Array<ReasonCount>, last: Array<BlockedRow> };

export type ActivityDay = { date: string, checked: number, blocked: number };

export type BlockedFilter = { engine: string | null, reason: ReasonKind | null, period: Period | null };

export type Period = "today" | "week" | { "day": string };

export type BlockedPage = { total: number, matching: number, week: number, today: number, engines: Array<string>, reasons: Array<ReasonCount>, from: number, rows: Array<BlockedRow> };

export type BlockedRow = { id: string, image: string, outcome: Outcome, reason: ReasonKind, cause: string, engine: string, instead: string | null, last: string, count: number };

export type ReasonKind = "class" | "registry" | "version" | "name" | "push" | "signIn" | "policy" | "exception";

export type ReasonCount = { reason: ReasonKind | null, name: string, count: number };

export type VerdictPage = { id: string, image: string, isPush: boolean, outcome: Outcome, why: string, until: string | null, beyond: string | null, first: string, last: string, count: number, waysOn: WaysOn, requested?: Requested, ladder: Ladder | null, facts: Array<Fact>, text: string, json: string };

export type Requested = { at: string, allowed: string | null, command: string | null };

export type Ladder = { rungs: Array<LadderRung>, otherwise: string | null };

export type LadderRung = { name: string, detail: string | null, state: LadderState };

export type LadderState = "passed" | "silent" | "allowed" | "recorded" | "stopped" | "notAsked";

export type PolicyPage = { opening: Array<string>, facts: Array<Fact>, groups: Array<PolicyGroup>, warnings: Array<string>, canExplain: boolean };

export type PolicyGroup = { heading: string, lines: Array<PolicyLine> };

export type PolicyLine = { text: string, until: string | null };

export type Explanation = { image: string, outcome: Outcome, why: string, until: string | null, waysOn: WaysOn, facts: Array<Fact> };

export type EnginesPage = { rows: Array<EngineRow> };

export type EngineRow = { engine: string, name: string, routed: Routed, why: string | null, proved: string | null, repaired: string | null, details: Array<string>, conditions: Array<ConditionRow> };

export type Routed = "yes" | "partly" | "no" | "unproved" | "stopped";

export type ImagesPage = { summary: string, rows: Array<ImageRow>, unlisted: Array<UnlistedRow> };

export type ImageRow = { image: string | null, outcome: Outcome, cause: string, until: string | null, place: string, size: string | null, built: string | null, id: string, running: Array<string> };

export type UnlistedRow = { place: string, problem: string };

export type ChecksPage = { rows: Array<CheckRow> };

export type CheckRow = { sentence: string, problem: Tone | null, action: string | null };

export type SettingsPage = { opening: string, said: Array<Fact>, rows: Array<SettingRow>, facts: Array<Fact>, diagnostics: string };

export type SettingRow = { key: string, value: string, locked: boolean, origin: string };

export type WaysOn = { instead: string | null, insteadIs: string | null, step: string | null, message: string | null, request: string | null, ask: string | null };

export type Fact = { name: string, value: string, kind: FactKind };

export type FactKind = "words" | "literal" | "time";

export type Outcome = "allowed" | "recorded" | "blocked" | "unknown";
