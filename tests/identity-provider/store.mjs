// What the provider remembers: records in memory, by kind and id, each with its end.

const records = new Map();

const live = ({ ends }) => ends > Date.now();
const those = (kind, test) => [...records.values()].filter((it) => it.kind === kind && live(it) && test(it.payload));

/** How many records of a kind a subject has; tokens that were used up do not count. */
export const count = (kind, sub) => those(kind, (it) => it.accountId === sub && !it.consumed).length;

/** The tokens of a kind that a subject has, word for word; those that were used up do not count. */
export const tokens = (kind, sub) =>
  those(kind, (it) => it.accountId === sub && !it.consumed).map(({ id }) => id);

/** Ends every grant of a subject with all its tokens, and says how many there were. */
export function revoke(sub) {
  const grants = those('Grant', (it) => it.accountId === sub);
  for (const { id } of grants) {
    withdraw(id);
    records.delete(`Grant ${id}`);
  }
  return grants.length;
}

function withdraw(grantId) {
  for (const [key, { payload }] of records) if (payload.grantId === grantId) records.delete(key);
}

/** The storage that the provider's protocol side asks for. */
export class Store {
  #kind;

  constructor(kind) {
    this.#kind = kind;
  }

  #key(id) {
    return `${this.#kind} ${id}`;
  }

  async upsert(id, payload, seconds) {
    const ends = seconds ? Date.now() + seconds * 1000 : Infinity;
    records.set(this.#key(id), { kind: this.#kind, id, payload, ends });
  }

  async find(id) {
    const record = records.get(this.#key(id));
    return record && live(record) ? record.payload : undefined;
  }

  async findByUid(uid) {
    return those(this.#kind, (it) => it.uid === uid)[0]?.payload;
  }

  async findByUserCode(userCode) {
    return those(this.#kind, (it) => it.userCode === userCode)[0]?.payload;
  }

  async consume(id) {
    records.get(this.#key(id)).payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    records.delete(this.#key(id));
  }

  async revokeByGrantId(grantId) {
    withdraw(grantId);
  }
}
