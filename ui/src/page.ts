// Made from the types in `src-tauri/crates/desktop/src/page.rs`; `UPDATE=1 cargo test --package desktop` writes it anew.

export type Question = { "kind": "frame" } | { "kind": "status" } | { "kind": "blocked", search: string, from: number, count: number } | { "kind": "verdict", id: string } | { "kind": "policy" } | { "kind": "explain", image: string } | { "kind": "engines", again: boolean } | { "kind": "images" } | { "kind": "settings" } | { "kind": "signIn" } | { "kind": "signOut" } | { "kind": "requestAccess", id: string } | { "kind": "browse", url: string };

export type Answer = { "kind": "frame" } & Frame | { "kind": "status" } & StatusPage | { "kind": "blocked" } & BlockedPage | { "kind": "verdict" } & VerdictPage | { "kind": "policy" } & PolicyPage | { "kind": "explain" } & Explanation | { "kind": "engines" } & EnginesPage | { "kind": "images" } & ImagesPage | { "kind": "settings" } & SettingsPage | { "kind": "signIn" } | { "kind": "signOut", sentence: string } | { "kind": "requestAccess" } | { "kind": "browse" };

export type Problem = { sentence: string, hint: string | null };

export type Frame = { gate: Gate, standing: string, organization: string | null, account: string | null, session: Session | null, blocked: number, problem: Problem | null, place: Place, asked: number };

export type Gate = "enforcing" | "signInNeeded" | "attention" | "notEnforcing" | "notRunning";

export type Session = "signIn" | "signOut";

export type Place = { tab: Tab, id: string | null };

export type Tab = "status" | "blocked" | "policy" | "engines" | "images" | "settings";

export type StatusPage = { headline: string, more: Array<string>, waiting: Waiting | null, conditions: Array<ConditionRow>, quiet: boolean, facts: Array<Fact> };

export type Waiting = { sentence: string, since: string, url: string | null };

export type ConditionRow = { code: string, tone: Tone, sentence: string, since: string, action: string | null };

export type Tone = "notice" | "attention" | "critical";

export type BlockedPage = { total: number, matching: number, from: number, rows: Array<BlockedRow> };

export type BlockedRow = { id: string, image: string, outcome: Outcome, reason: ReasonKind, cause: string, last: string, count: number };

export type ReasonKind = "class" | "registry" | "version" | "name" | "push" | "signIn" | "policy" | "exception";

export type VerdictPage = { id: string, image: string, isPush: boolean, outcome: Outcome, why: string, beyond: string | null, first: string, last: string, count: number, waysOn: WaysOn, requested?: Requested, facts: Array<Fact>, text: string, json: string };

export type Requested = { at: string, allowed: string | null, command: string | null };

export type PolicyPage = { opening: Array<string>, facts: Array<Fact>, groups: Array<PolicyGroup>, warnings: Array<string>, canExplain: boolean };

export type PolicyGroup = { heading: string, lines: Array<PolicyLine> };

export type PolicyLine = { text: string, until: string | null };

export type Explanation = { image: string, outcome: Outcome, why: string, waysOn: WaysOn, facts: Array<Fact> };

export type EnginesPage = { rows: Array<EngineRow> };

export type EngineRow = { engine: string, name: string, routed: Routed, why: string | null, proved: string | null, repaired: string | null, details: Array<string>, conditions: Array<ConditionRow> };

export type Routed = "yes" | "partly" | "no" | "unproved" | "stopped";

export type ImagesPage = { summary: string, rows: Array<ImageRow>, unlisted: Array<UnlistedRow> };

export type ImageRow = { image: string | null, outcome: Outcome, cause: string, place: string, size: string | null, built: string | null, id: string, running: Array<string> };

export type UnlistedRow = { place: string, problem: string };

export type SettingsPage = { opening: string, rows: Array<SettingRow>, facts: Array<Fact> };

export type SettingRow = { key: string, value: string, locked: boolean, origin: string };

export type WaysOn = { instead: string | null, insteadIs: string | null, step: string | null, message: string | null, request: string | null, ask: string | null };

export type Fact = { name: string, value: string, kind: FactKind };

export type FactKind = "words" | "literal" | "time";

export type Outcome = "allowed" | "recorded" | "blocked" | "unknown";
