// The other side of the bridge, played inside the page from a scene. Stands alone: it is handed over as text.

export function playService(scene) {
  const held = new Map();
  const listeners = new Map();
  const callbacks = new Map();
  let last = 0;

  const service = {
    scene,
    /** Every question, in its order. */
    asked: [],
    /** Holds back the answers to the questions that match, until they are let go. */
    hold: (kind) => held.set(kind, []),
    letGo(kind) {
      const waiting = held.get(kind) ?? [];
      held.delete(kind);
      for (const go of waiting) go();
    },
    /** Lets one of the held answers go, the oldest being the first. */
    letOneGo: (kind, index) => held.get(kind)?.splice(index, 1)[0]?.(),
    waiting: (kind) => held.get(kind)?.length ?? 0,
    emitChanged() {
      for (const [id, event] of listeners) if (event === 'changed') callbacks.get(id)?.({ event, id, payload: null });
    },
    find: (kind) => service.scene.find(({ question }) => question.kind === kind),
  };

  const deeds = { signIn: {}, signOut: { sentence: 'The session of `ada` has ended' }, requestAccess: {}, browse: {}, looked: {} };

  const isSame = (one, other) =>
    one === other ||
    (typeof one === 'object' &&
      typeof other === 'object' &&
      Object.keys(one).length === Object.keys(other).length &&
      Object.keys(one).every((key) => isSame(one[key], other[key])));

  /** Whether a row is of a period, on the clock of this window. */
  function isWithin(row, period) {
    const midnight = new Date().setHours(0, 0, 0, 0);
    const begins = { today: midnight, week: new Date(midnight).setDate(new Date().getDate() - 6) }[period];
    return period?.day ? row.last.startsWith(period.day) : !begins || Date.parse(row.last) >= begins;
  }

  function blocked({ search, filter, from, count }) {
    const { answer, problem } = service.find('blocked');
    if (problem) return { problem };
    const words = search.toLowerCase().split(' ').filter(Boolean);
    const holds = (row) => words.every((word) => `${row.image} ${row.cause} ${row.id}`.toLowerCase().includes(word));
    const { reason, engine, period } = filter;
    const isChosen = (row) => (!reason || row.reason === reason) && (!engine || row.engine === engine) && isWithin(row, period);
    const rows = answer.rows.filter((row) => holds(row) && isChosen(row));
    return { answer: { ...answer, matching: rows.length, from, rows: rows.slice(from, from + count) } };
  }

  function lookUp(question) {
    const found = service.scene.find((entry) => isSame(entry.question, question));
    if (question.kind === 'blocked') return blocked(question);
    if (found) return found;
    if (question.kind === 'engines') return lookUp({ ...question, again: false });
    if (question.kind in deeds) return { answer: { kind: question.kind, ...deeds[question.kind] } };
    return { problem: { sentence: `Nobody plays an answer to \`${JSON.stringify(question)}\``, hint: null } };
  }

  async function ask({ question }) {
    service.asked.push(question);
    const { answer, problem } = structuredClone(lookUp(question));
    const waiting = held.get(question.kind);
    if (waiting) await new Promise((go) => waiting.push(go));
    if (problem) throw problem;
    return answer;
  }

  const commands = {
    ask,
    'plugin:event|listen': async ({ event, handler }) => (listeners.set(handler, event), handler),
    'plugin:event|unlisten': async ({ eventId }) => void listeners.delete(eventId),
  };

  window.service = service;
  window.__TAURI_EVENT_PLUGIN_INTERNALS__ = { unregisterListener: (_event, id) => listeners.delete(id) };
  window.__TAURI_INTERNALS__ = {
    invoke: async (command, given) => {
      if (!commands[command]) throw new Error(`the window may not call ${command}`);
      return commands[command](given);
    },
    transformCallback: (callback) => (callbacks.set(++last, callback), last),
    unregisterCallback: (id) => callbacks.delete(id),
  };
}
